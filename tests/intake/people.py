"""A small cast: people who ask to come back, made by the real actions, and the staff who call them."""

from dataclasses import fields
from datetime import UTC, datetime
from itertools import count

from django.contrib.auth.models import Group, User

from intake.actions import receive_request
from intake.answers import Answers, Reach
from intake.models import CallbackRequest
from privacy import audit
from privacy.roles import CLINICIAN, INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER
from scheduling.models import Location

# A Monday morning, 10:42 in Toledo, when every place is open.
MONDAY = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
ROLES = {
    "intake": INTAKE_STAFF,
    "clinician": CLINICIAN,
    "manager": PROGRAM_MANAGER,
    "privacy": PRIVACY_OFFICER,
}

_REACH = {field.name for field in fields(Reach)}
_form_keys = (f"form-{number}" for number in count(1))


def someone(**changes) -> tuple[CallbackRequest, str]:
    """A person and the token of their private link. `now` says when they wrote, `town` is a slug, and every other
    change is a field of the answers, such as `name="Wren"` or `voicemail="name_only"`."""
    given = {
        "name": "Wren Zebedee",
        "reach_by": "call",
        "phone": "+14195550117",
        "times": ["morning"],
        "town": "maumee",
    } | changes
    now, town = given.pop("now", MONDAY), given.pop("town")
    reach = Reach(**{name: value for name, value in given.items() if name in _REACH})
    rest = {name: value for name, value in given.items() if name not in _REACH}
    location = Location.objects.get(slug=town) if town else None
    answers = Answers(reach=reach, location=location, **rest)
    return receive_request(answers, form_key=next(_form_keys), page="start", by=audit.PERSON, now=now)


def staff(username: str = "juno", role: str = "intake", **changes) -> User:
    """A member of staff in one role; with role "nobody", one in none."""
    person = User.objects.create_user(username, is_staff=True, **({"first_name": "Juno"} | changes))
    if role in ROLES:
        person.groups.add(Group.objects.get(name=ROLES[role]))
    return person
