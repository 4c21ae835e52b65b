"""All requests as a plain list: no names, no numbers, nothing to edit (R-H8)."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from intake.admin import card, desk, search, seat_buttons
from intake.clock import when_words
from intake.models import CallbackRequest
from privacy.admin import ReadOnlyAdmin


class RequestAdmin(ReadOnlyAdmin):
    """Reads only. What changes a request is a button on its card."""

    list_display = ["reference", "initial", "town", "status", "waiting_since", "calls_so_far"]
    list_display_links = ["reference"]
    list_filter = ["status", "location"]
    list_select_related = ["location"]
    ordering = ["-id"]
    actions = None
    empty_value_display = _("Any town")  # the only field of the list that can be empty
    show_facets = admin.ShowFacets.NEVER
    preserve_filters = False  # addresses of cards stay short and neutral

    @admin.display(description=_("call them"))
    def initial(self, request: CallbackRequest) -> str:
        return desk.initial_of(request.name)

    @admin.display(description=_("town"), ordering="location")
    def town(self, request: CallbackRequest) -> str:
        return desk.town_of(request)

    @admin.display(description=_("waiting since"), ordering="round_started_at")
    def waiting_since(self, request: CallbackRequest) -> str:
        since = when_words(request.round_started_at, timezone.now(), request.zone())
        return capfirst(since)

    @admin.display(description=_("calls so far"), ordering="calls")
    def calls_so_far(self, request: CallbackRequest) -> int:
        return request.calls

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).for_staff(request.user).with_calls_counted().defer("note", "answers_hash")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the two filters: anything else could ask about a person through the address bar (R-H8)."""
        return lookup.split("__")[0] in self.list_filter

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("All requests"), **(extra_context or {})})

    def get_urls(self):
        """The list, the desk, the card and its two kinds of button; no editor, no history page of the admin."""
        protect = self.admin_site.admin_view
        return [
            path("", protect(self.changelist_view), name="intake_callbackrequest_changelist"),
            path("desk/", protect(desk.desk), name="intake_callbackrequest_desk"),
            path("search/", protect(search.search), name="intake_callbackrequest_search"),
            path("<int:pk>/change/", protect(card.card), name="intake_callbackrequest_change"),
            path("<int:pk>/attempt/", protect(card.attempt), name="intake_callbackrequest_attempt"),
            path("<int:pk>/offer/", protect(seat_buttons.offer), name="intake_callbackrequest_offer"),
            path("<int:pk>/hold/", protect(seat_buttons.hold), name="intake_callbackrequest_hold"),
            path("<int:pk>/wait/", protect(seat_buttons.wait), name="intake_callbackrequest_wait"),
            path("<int:pk>/choice/", protect(seat_buttons.choice), name="intake_callbackrequest_choice"),
            path("<int:pk>/keep-away/", protect(seat_buttons.keep_away), name="intake_callbackrequest_keep_away"),
            path(
                "<int:pk>/seat/<int:claim_id>/<slug:verb>/",
                protect(seat_buttons.seat),
                name="intake_callbackrequest_seat",
            ),
            path("<int:pk>/seen/", protect(card.seen), name="intake_callbackrequest_seen"),
            path("<int:pk>/move/<slug:name>/", protect(card.move), name="intake_callbackrequest_move"),
        ]
