"""Plainly invented people in every state, and groups they could start, made by the same actions that real ones go
through, with dates counted from today, after a year of requests that are over; and a sign-in for each role. Safe to
run again."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinical.models import ReassessmentNote
from intake import actions, family, overrides, restarts
from intake.answers import Answers, Reach
from intake.calling import MOST_CALLS
from intake.choices import OverrideReason
from intake.models import CallbackRequest, FamilyMessage
from intake.on_offer import on_offer
from intake.outcomes import Outcome
from privacy import audit, roles
from reentry_portal.checks import DEMO_MARK
from reentry_portal.management import demo_groups, demo_notes, demo_year
from scheduling.models import FirstSession, Location, SeatClaim
from scheduling.models import Group as RestartGroup
from scheduling.picks import Kind

SIGN_INS = {
    "intake": ("Juno", roles.INTAKE_STAFF),
    "clinician": ("Rowan", roles.CLINICIAN),
    "manager": ("Marlo", roles.PROGRAM_MANAGER),
    "privacy": ("Linden", roles.PRIVACY_OFFICER),
    "admin": ("Aspen", None),
}


@dataclass(frozen=True)
class Plant:
    """One invented person: what they wrote, how many days ago, and what happened since."""

    name: str
    town: str
    days_ago: float
    reach: dict = field(default_factory=dict)
    wrote: dict = field(default_factory=dict)
    story: Callable[["Demo", int, datetime], object] = lambda demo, pk, received: None


class Demo:
    """The verbs a story is told with."""

    def __init__(self, caller, now: datetime):
        self.caller, self.now = caller, now

    def call(self, pk: int, outcome: str) -> datetime:
        """A call ten minutes into the next safe window, wherever that falls in the week. Returns when."""
        opens = CallbackRequest.objects.get(pk=pk).call_from
        at = min(opens + timedelta(minutes=10), self.now)
        if at < opens:  # a long weekend: nobody has been on since they wrote
            overrides.call_anyway(OverrideReason.ASKED, request_id=pk, by=self.caller, now=at)
        actions.log_attempt(outcome, request_id=pk, by=self.caller, now=at)
        return at

    def choose(self, pk: int, at: datetime, group: str, kind: Kind = Kind.NEW_TIME) -> SeatClaim:
        """Hold a seat in that group, from the first day on which it can be started."""
        there = on_offer(CallbackRequest.objects.get(pk=pk), at, on_their_own=False)
        (options,) = (one.options for one in there.kinds if one.kind == kind)
        number = RestartGroup.objects.get(name=group).pk
        pick = next(option.pick for option in options if option.pick.number == number)
        return restarts.choose(pick, request_id=pk, by=self.caller, now=at)

    def confirm(self, claim: SeatClaim, at: datetime) -> None:
        restarts.confirm(claim_id=claim.pk, request_id=claim.request_id, by=self.caller, now=at)


def _talked(demo: Demo, pk: int, received: datetime) -> datetime:
    return demo.call(pk, Outcome.TALKED)


def _chose(demo: Demo, pk: int, received: datetime) -> None:
    _talked(demo, pk, received)
    demo.choose(pk, demo.now, "Heron")


def _agreed(demo: Demo, pk: int, received: datetime) -> None:
    agreed_at = _talked(demo, pk, received) + timedelta(minutes=12)
    demo.confirm(demo.choose(pk, agreed_at, "Aster", Kind.WEEK_ONE), agreed_at)


def _returned(demo: Demo, pk: int, received: datetime) -> None:
    agreed_at = _talked(demo, pk, received) + timedelta(minutes=12)
    claim = demo.choose(pk, agreed_at, "Birch")
    demo.confirm(claim, agreed_at)
    first_day = {"claim_id": claim.pk, "request_id": pk, "by": demo.caller, "now": claim.session.end}
    restarts.mark_first_session(FirstSession.CAME, **first_day)


def _tried_once(demo: Demo, pk: int, received: datetime) -> None:
    demo.call(pk, Outcome.NO_ANSWER)


def _door_open(demo: Demo, pk: int, received: datetime) -> None:
    calls = [demo.call(pk, Outcome.NO_ANSWER) for _ in range(MOST_CALLS)]
    actions.make_move("pause_calls", request_id=pk, by=demo.caller, now=calls[-1] + timedelta(days=3))


def _resting(demo: Demo, pk: int, received: datetime) -> None:
    actions.rest(request_id=pk, weeks=2, by=audit.PERSON, now=received + timedelta(hours=5))


def _wrong_number(demo: Demo, pk: int, received: datetime) -> None:
    demo.call(pk, Outcome.WRONG_NUMBER)


def _withdrawn(demo: Demo, pk: int, received: datetime) -> None:
    actions.make_move("withdraw", request_id=pk, by=audit.PERSON, now=received + timedelta(hours=9))


def _erased(demo: Demo, pk: int, received: datetime) -> None:
    actions.erase(request_id=pk, by=audit.PERSON, now=received + timedelta(hours=1))


MORNINGS = {"times": ["morning"]}
PLANTS = [
    Plant("Teasel", "toledo", 1.4, MORNINGS, {"help_with": ["ride"], "options": ["week_one"]}),
    Plant(
        "Wren",
        "maumee",
        0.3,
        {"avoid_times": "Never on Fridays"},
        {
            "options": ["new_time", "new_therapist"],
            "help_with": ["ride", "work_hours"],
            "note": "Tuesdays are hard for me.",
        },
    ),
    Plant("Sorrel", "perrysburg", 0.1, {"voicemail": "name_only"}, {"help_with": ["interpreter"]}),
    Plant("Juniper", "any", 0.02, {"voicemail": "name_only", "text_ok": True}, {"options": ["unsure"]}),
    Plant("Fennel", "oregon", 0.2, {"times": ["afternoon"]}, {"options": ["individual"]}),
    Plant("Bryony", "toledo", 0.15, {"reach_by": "email", "phone": "", "email": "bryony@example.org"}),
    Plant("Tansy", "maumee", 0.25, {"reach_by": "text", "text_ok": True, "say_who": "yes"}),
    Plant("Alder", "toledo", 3.2, {"text_ok": True}, story=_tried_once),
    Plant("Linnea", "perrysburg", 3, story=_chose),
    Plant("Hazel", "maumee", 5, {"voicemail": "name_only"}, {"options": ["reassess"]}, story=_agreed),
    Plant("Rue", "maumee", 12, story=_returned),
    Plant("Yarrow", "oregon", 4, story=_resting),
    Plant("Mallow", "perrysburg", 6, story=_wrong_number),
    Plant("Clover", "maumee", 20, {"text_ok": True}, story=_door_open),
    Plant("Sedge", "toledo", 8, story=_withdrawn),
    Plant("Vetch", "any", 9, story=_erased),
]


class Command(BaseCommand):
    help = "Invented people in every state, and a sign-in for each role. Only in demo mode."

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data belongs in demo mode only: set DEMO=1.")
        self._sign_ins()
        if not RestartGroup.objects.exists():
            demo_groups.plant(by=get_user_model().objects.get(username="manager"), now=timezone.now())
        if not CallbackRequest.objects.exists():
            self._people(timezone.now())
        if not FamilyMessage.objects.exists():
            family.receive("What helps at home?", "419 555 0190", language="en", now=timezone.now())
        if not ReassessmentNote.objects.exists():
            demo_notes.plant(now=timezone.now())

    def _sign_ins(self) -> None:
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        for username, (first_name, role) in SIGN_INS.items():
            _sign_in(username, first_name, role, password)
        names = ", ".join(SIGN_INS)
        self.stdout.write(f"Demo sign-ins at {settings.SITE_URL}/staff/ : {names}\nPassword for each: {password}")

    def _people(self, now: datetime) -> None:
        """The past year first: lists with the newest on top begin with whom the desk is about."""
        demo = Demo(get_user_model().objects.get(username="intake"), now)
        demo_year.plant(demo_year.REQUESTS, by=demo.caller, now=now)
        for number, plant in enumerate(PLANTS):
            _plant(plant, number, demo, now)


def _sign_in(username: str, first_name: str, role: str | None, password: str) -> None:
    user, _ = get_user_model().objects.get_or_create(username=username)
    user.first_name, user.last_name = first_name, DEMO_MARK
    user.is_staff, user.is_superuser = True, role is None
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get(name=role)] if role else [])


def _plant(plant: Plant, number: int, demo: Demo, now: datetime) -> None:
    received = now - timedelta(days=plant.days_ago)
    reach = Reach(**{"reach_by": "call", "phone": f"+141955501{number + 10:02}", **plant.reach})
    place = Location.objects.filter(slug=plant.town).first()
    answers = Answers(name=plant.name, reach=reach, location=place, **plant.wrote)
    request, _token = actions.receive_request(
        answers, form_key=f"demo-{number}", page="demo", by=audit.PERSON, now=received
    )
    plant.story(demo, request.pk, received)
