"""The addresses of notes. No list to search, no history, no delete and no export of the admin's own (R-H8)."""

from django.http import HttpRequest
from django.urls import path

from clinical.access import is_clinician
from clinical.admin import day, draft, emergency, reading, sharing, signing
from privacy.admin import ReadOnlyAdmin

_PAGES = [
    ("", day.day, "changelist"),
    ("emergency/", emergency.emergency, "emergency"),
    ("booking/<int:pk>/open/", draft.open_booking, "open"),
    ("<int:pk>/change/", draft.note, "change"),
    ("<int:pk>/sign/", signing.sign, "sign"),
    ("<int:pk>/cosign/", signing.cosign, "cosign"),
    ("<int:pk>/addendum/", signing.addendum, "addendum"),
    ("<int:pk>/print/", reading.print_page, "print"),
    ("<int:pk>/beside/<int:other>/", reading.beside, "beside"),
    ("<int:pk>/share/", sharing.share, "share"),
    ("<int:pk>/consent/", sharing.consent, "consent"),
    ("consent/<int:pk>/revoke/", sharing.revoke, "revoke"),
]


class ReassessmentAdmin(ReadOnlyAdmin):
    """For clinicians: being a superuser is not enough. To everybody else these models do not exist."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_clinician(request.user)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_clinician(request.user)

    def get_urls(self):
        protect = self.admin_site.admin_view
        return [path(at, protect(view), name=f"clinical_reassessmentnote_{name}") for at, view, name in _PAGES]
