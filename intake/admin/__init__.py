"""The staff desk: what intake staff see and press. Every button calls one action."""

from django.contrib import admin

from intake.admin import front_door
from intake.admin.family import FamilyMessageAdmin
from intake.admin.on_paper import RecordPrintAdmin
from intake.admin.requests import RequestAdmin
from intake.admin.staff_places import PlacesOfStaffAdmin
from intake.models import CallbackRequest, FamilyMessage, PlacesOfStaff, RecordPrint

front_door.fit(admin.site)
admin.site.register(CallbackRequest, RequestAdmin)
admin.site.register(FamilyMessage, FamilyMessageAdmin)
admin.site.register(PlacesOfStaff, PlacesOfStaffAdmin)
admin.site.register(RecordPrint, RecordPrintAdmin)
