"""The staff desk: what intake staff see and press. Every button calls one action."""

from django.contrib import admin
from django.contrib.auth.models import Group, User

from intake.admin import front_door
from intake.admin.family import FamilyMessageAdmin
from intake.admin.on_paper import RecordPrintAdmin
from intake.admin.requests import RequestAdmin
from intake.admin.sign_ins import SignInAdmin
from intake.admin.staff_places import PlacesOfStaffAdmin
from intake.models import CallbackRequest, FamilyMessage, PlacesOfStaff, RecordPrint

front_door.fit(admin.site)
admin.site.register(CallbackRequest, RequestAdmin)
admin.site.register(FamilyMessage, FamilyMessageAdmin)
admin.site.register(PlacesOfStaff, PlacesOfStaffAdmin)
admin.site.register(RecordPrint, RecordPrintAdmin)
admin.site.unregister([Group, User])  # what a role may do is part of the program, and no page changes it
admin.site.register(User, SignInAdmin)
