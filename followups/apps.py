from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Tell privacy what of ours is hashed, and what is kept for how long."""
        from followups import checks  # noqa: F401
        from followups.retention import RULES
        from privacy import key_rotation, retention

        key_rotation.keep_hash("followups.wrongnumber", "phone_hash", kind="phone", of="phone")
        for rule in RULES:
            retention.register(rule)
