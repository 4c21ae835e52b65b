"""The pages of the desk by name: the menu, the page of all of them, and what each is for. One list, for every role."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Belongs = Callable[[Any], bool]


@dataclass(frozen=True)
class DeskPage:
    """`words` is what it is called everywhere, `part` what it stands under on the page of all.

    Where it is not in the menu, a page that is in it leads there.
    """

    words: str | Promise
    address: str
    belongs: Belongs
    says: str
    part: str
    in_menu: bool = True

    @property
    def url(self) -> str:
        return reverse(self.address)


def whoever(*permissions: str) -> Belongs:
    """Who holds one of them."""
    return lambda user: any(user.has_perm(permission) for permission in permissions)


_WORKS = whoever("intake.view_callbackrequest")
_SENDS = whoever("followups.view_message")
_REPORTS = whoever("intake.report_callbackrequest")
_PEOPLE, _WRITING, _FIGURES, _PLACES = "People", "What we write", "Figures", "Places, groups and hours"
_PRIVACY, _SIGNING_IN = "Privacy", "Signing in"
_PAGES = [
    DeskPage(
        _("Call now"),
        "admin:intake_callbackrequest_desk",
        _WORKS,
        "Whom to call now, and who waits for a decision.",
        _PEOPLE,
    ),
    DeskPage(
        _("All requests"),
        "admin:intake_callbackrequest_changelist",
        _WORKS,
        "Everybody who asked, by town and state.",
        _PEOPLE,
    ),
    DeskPage(
        "Search",
        "admin:intake_callbackrequest_search",
        whoever("intake.view_callbackrequest", "intake.add_recordprint", "intake.add_restriction"),
        "One person, by reference, whole phone number or whole email. What may be printed or limited starts here.",
        _PEOPLE,
    ),
    DeskPage(
        "Family",
        "admin:intake_familymessage_changelist",
        whoever("intake.view_familymessage"),
        "What people close to somebody wrote, and what may be said to them.",
        _PEOPLE,
    ),
    DeskPage(
        _("Messages"),
        "admin:followups_message_changelist",
        _SENDS,
        "What is planned, what went, and what could not go.",
        _WRITING,
    ),
    DeskPage(
        "The coming seven days",
        "admin:followups_message_coming",
        _SENDS,
        "Who would get which message, and when.",
        _WRITING,
        in_menu=False,
    ),
    DeskPage(
        "The words of every message",
        "admin:followups_message_words",
        _SENDS,
        "Every message in every language, as it looks on a phone.",
        _WRITING,
        in_menu=False,
    ),
    DeskPage(
        _("When we write"),
        "admin:followups_cadence_changelist",
        whoever("followups.view_cadence"),
        "How soon and how often messages go out, for each place.",
        _WRITING,
    ),
    DeskPage("Report", "staff-report", _REPORTS, "How soon people get a first call, and how many come back.", _FIGURES),
    DeskPage(
        "Coverage",
        "staff-coverage",
        _REPORTS,
        "When people can be called, against when somebody is on.",
        _FIGURES,
        in_menu=False,
    ),
    DeskPage(
        _("Groups"),
        "admin:scheduling_group_calendar",
        whoever("scheduling.view_group"),
        "The week of every place, with seats taken and free.",
        _PLACES,
    ),
    DeskPage(
        "Therapists",
        "admin:scheduling_therapist_changelist",
        whoever("scheduling.view_therapist"),
        "Who leads groups and sees people one-to-one.",
        _PLACES,
        in_menu=False,
    ),
    DeskPage(
        _("Hours to book"),
        "admin:scheduling_appointmentslot_changelist",
        whoever("scheduling.view_appointmentslot"),
        "One-to-one hours: on offer, held and taken.",
        _PLACES,
    ),
    DeskPage(
        _("Places"),
        "admin:scheduling_location_changelist",
        whoever("scheduling.view_location"),
        "The towns, and the hours in which somebody is on.",
        _PLACES,
    ),
    DeskPage(
        _("Closed days"),
        "admin:scheduling_closure_changelist",
        whoever("scheduling.view_closure"),
        "Days on which a place is shut, and whom each of them touches.",
        _PLACES,
    ),
    DeskPage(
        "Who works where",
        "admin:intake_placesofstaff_changelist",
        whoever("intake.view_placesofstaff"),
        "Colleagues who see the requests of some towns only.",
        _PLACES,
    ),
    DeskPage(
        "On paper",
        "admin:intake_recordprint_changelist",
        whoever("intake.view_recordprint"),
        "Which records were printed, by whom, and why.",
        _PRIVACY,
    ),
    DeskPage(
        _("Who did what"),
        "admin:privacy_auditevent_changelist",
        whoever("privacy.view_auditevent"),
        "Who looked at what and who changed it. Nobody can edit it.",
        _PRIVACY,
    ),
    DeskPage(
        "Incidents",
        "admin:followups_incident_changelist",
        whoever("followups.view_incident"),
        "Messages that may have reached somebody else: to be weighed by a date.",
        _PRIVACY,
        in_menu=False,
    ),
    DeskPage(
        "Sign-ins",
        "admin:auth_user_changelist",
        whoever("auth.view_user"),
        "Who can sign in here, and in which role.",
        _SIGNING_IN,
        in_menu=False,
    ),
]


def put_first(page: DeskPage) -> None:
    """For a page of an app that stands above this one."""
    _PAGES.insert(0, page)


def pages_of(user: Any) -> Iterator[DeskPage]:
    return (page for page in _PAGES if page.belongs(user))
