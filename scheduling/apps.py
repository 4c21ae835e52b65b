from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Places and hours"

    def ready(self):
        from scheduling import checks  # noqa: F401  importing registers them
