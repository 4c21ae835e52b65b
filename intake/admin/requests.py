"""All requests as a plain list: no names, no numbers, nothing to edit (R-H8)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from intake import assigning
from intake.admin import card, card_buttons, claim_buttons, desk, on_paper, rows, search, seat_buttons
from intake.admin.assigning import MOST_AT_ONCE, assign, page
from intake.clock import when_words
from intake.colleagues import full_name_of
from intake.models import CallbackRequest
from privacy.admin import ReadOnlyAdmin


class WhoseFilter(admin.SimpleListFilter):
    """By whom it is with: me, or nobody. No query: there is nothing to look up."""

    title, parameter_name = "with whom", "with"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("me", "Me"), ("nobody", "Nobody")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"me": {"assignment__to": request.user.pk}, "nobody": {"assignment": None}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


class RequestAdmin(ReadOnlyAdmin):
    """Reads only. What changes a request is a button on its card."""

    list_title = _("All requests")
    list_display = ["reference", "initial", "town", "status", "waiting_since", "calls_so_far", "with_whom"]
    list_display_links = ["reference"]
    list_filter = ["status", "location", WhoseFilter]
    list_select_related = ["location", "assignment__to"]
    ordering = ["-id"]
    actions = ["give_to_somebody"]
    empty_value_display = _("Any town")  # the only field of the list that can be empty
    preserve_filters = False  # addresses of cards stay short and neutral

    @admin.display(description=_("call them"))
    def initial(self, request: CallbackRequest) -> str:
        return rows.initial_of(request.name)

    @admin.display(description=_("town"), ordering="location")
    def town(self, request: CallbackRequest) -> str:
        return rows.town_of(request)

    @admin.display(description=_("waiting since"), ordering="round_started_at")
    def waiting_since(self, request: CallbackRequest) -> str:
        since = when_words(request.round_started_at, timezone.now(), request.zone())
        return capfirst(since)

    @admin.display(description=_("calls so far"), ordering="calls")
    def calls_so_far(self, request: CallbackRequest) -> int:
        return request.calls

    @admin.display(description="with whom", ordering="assignment__to__username", empty_value="–")
    def with_whom(self, request: CallbackRequest) -> str | None:
        given = getattr(request, "assignment", None)
        return full_name_of(given.to) if given else None

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(assigning.MAY_WORK)

    @admin.action(description="Give to somebody, or put back", permissions=["work"])
    def give_to_somebody(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Leads to a look at what would happen; nothing has happened yet."""
        return page(request, list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1]))

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).for_staff(request.user).with_calls_counted().defer("note", "answers_hash")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters: anything else could ask about a person through the address bar (R-H8)."""
        return lookup in {"status__exact", "location__id__exact", "location__isnull", WhoseFilter.parameter_name}

    def get_urls(self):
        """The list, the desk, the card and its two kinds of button; no editor, no history page of the admin."""
        protect = self.admin_site.admin_view
        return [
            path("", protect(self.changelist_view), name="intake_callbackrequest_changelist"),
            path("desk/", protect(desk.desk), name="intake_callbackrequest_desk"),
            path("desk/counts/", protect(desk.counts), name="intake_callbackrequest_counts"),
            path("<int:pk>/claim/", protect(claim_buttons.claim), name="intake_callbackrequest_claim"),
            path("<int:pk>/release/", protect(claim_buttons.release), name="intake_callbackrequest_release"),
            path("<int:pk>/anyway/", protect(card_buttons.override), name="intake_callbackrequest_override"),
            path(
                "<int:pk>/back/<int:attempt_id>/", protect(card_buttons.take_back), name="intake_callbackrequest_back"
            ),
            path("<int:pk>/todo/", protect(card_buttons.todo), name="intake_callbackrequest_todo"),
            path("<int:pk>/todo/<int:todo_id>/", protect(card_buttons.todo_done), name="intake_callbackrequest_done"),
            path("<int:pk>/note/", protect(card_buttons.note), name="intake_callbackrequest_note"),
            path("assign/", protect(assign), name="intake_callbackrequest_assign"),
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
            path("<int:pk>/print/", protect(on_paper.print_record), name="intake_callbackrequest_print"),
            path(
                "<int:pk>/restrictions/",
                protect(on_paper.restrictions),
                name="intake_callbackrequest_restrictions",
            ),
            path(
                "<int:pk>/restrictions/<int:restriction_id>/end/",
                protect(on_paper.end_restriction),
                name="intake_callbackrequest_end_restriction",
            ),
            path("<int:pk>/seen/", protect(card.seen), name="intake_callbackrequest_seen"),
            path("<int:pk>/arrived/", protect(card.seen_undelivered), name="intake_callbackrequest_seen_undelivered"),
            path("<int:pk>/move/<slug:name>/", protect(card.move), name="intake_callbackrequest_move"),
        ]
