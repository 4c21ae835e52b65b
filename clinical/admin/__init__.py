"""The clinician's desk: booked hours, the note of each, and nothing for anybody else."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinical.access import is_clinician
from clinical.admin.reassessments import ReassessmentAdmin
from clinical.models import ReassessmentNote
from intake.admin.front_door import land_on
from intake.admin.pages import DeskPage, put_first

admin.site.register(ReassessmentNote, ReassessmentAdmin)
_DAY = DeskPage(
    _("My reassessments"),
    "admin:clinical_reassessmentnote_changelist",
    is_clinician,
    "Booked hours, and the note of each.",
    part="People",
)
put_first(_DAY)
land_on(admin.site, _DAY.address, is_clinician)
