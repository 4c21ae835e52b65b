from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Requests"

    def ready(self) -> None:
        """Tell privacy what of ours is hashed, and what is kept for how long; it knows nothing about requests."""
        from intake.family import RULE
        from intake.retention import RULES
        from privacy import key_rotation, retention

        for kind in ("phone", "email"):
            key_rotation.keep_hash("intake.contactpreference", f"{kind}_hash", kind=kind, of=kind)
        key_rotation.keep_hash("intake.familymessage", "words_hash", kind="family", of="words")
        for rule in (*RULES, RULE):
            retention.register(rule)
