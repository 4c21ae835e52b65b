"""The clinician's desk: booked hours, the note of each, and nothing for anybody else."""

from django.contrib import admin

from clinical.admin.reassessments import ReassessmentAdmin
from clinical.models import ReassessmentNote

admin.site.register(ReassessmentNote, ReassessmentAdmin)
