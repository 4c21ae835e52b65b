"""The clinician's desk: booked hours, the note of each, and nothing for anybody else."""

from django.contrib import admin

from clinical.access import is_clinician
from clinical.admin.reassessments import ReassessmentAdmin
from clinical.models import ReassessmentNote
from intake.admin.front_door import land_on

admin.site.register(ReassessmentNote, ReassessmentAdmin)
land_on(admin.site, "admin:clinical_reassessmentnote_changelist", is_clinician)
