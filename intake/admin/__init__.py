"""The staff desk: what intake staff see and press. Every button calls one action."""

from django.contrib import admin

from intake.admin import front_door
from intake.admin.requests import RequestAdmin
from intake.models import CallbackRequest

front_door.fit(admin.site)
admin.site.register(CallbackRequest, RequestAdmin)
