from django.apps import AppConfig


class ClinicalConfig(AppConfig):
    name = "clinical"
    verbose_name = "Reassessments"

    def ready(self) -> None:
        """A request that a note hangs on is kept, and its sealed text may be sealed anew though it is signed (R-H9)."""
        from clinical.models import ReassessmentNote
        from clinical.signed_forever import SIGNED_TABLES, resealing
        from privacy import key_rotation, retention

        retention.hold("requests erased", lambda: ReassessmentNote.objects.values_list("request_id", flat=True))
        for model in SIGNED_TABLES:
            key_rotation.renew_inside(model, resealing)
