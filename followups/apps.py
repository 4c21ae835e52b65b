from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Messages"

    def ready(self) -> None:
        from followups import checks  # noqa: F401
