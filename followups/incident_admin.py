"""What whoever answers for privacy has to weigh, and by when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from followups.models import Incident
from intake.models import CallbackRequest
from privacy.admin import ReadOnlyAdmin


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """To read. What was weighed and decided is written where such decisions are kept, not here."""

    list_display = ["reference", "found_at", "assess_by"]
    fields = readonly_fields = list_display

    def get_queryset(self, request):
        """Without what the person wrote (R-H8). About people of their places only."""
        theirs = CallbackRequest.objects.for_staff(request.user).values("pk")
        incidents = super().get_queryset(request).filter(request__in=theirs)
        return incidents.select_related("request").defer("request__name", "request__note")

    @admin.display(description=_("note"))
    def reference(self, incident: Incident) -> str:
        return incident.request.reference
