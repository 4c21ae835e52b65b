from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "reentry_portal"

    def ready(self) -> None:
        from reentry_portal import checks  # noqa: F401  importing it registers them
