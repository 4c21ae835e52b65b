"""Where a request can stand, and every move between two places. Data first; `docs/states.md` is drawn from it.

A move that is not in MOVES does not exist. Only `intake.moves` carries one out.
"""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    WAITING = "waiting", _("Waiting for the first call")
    TRYING = "trying", _("Tried, not reached yet")
    REACHED = "reached", _("We talked")
    AGREED = "agreed", _("Restart agreed")
    RETURNED = "returned", _("Came back")
    RESTING = "resting", _("Asked us to wait")
    NO_NUMBER = "no_number", _("No way to reach them")
    DOOR_OPEN = "door_open", _("Calls paused, door open")
    WITHDRAWN = "withdrawn", _("Taken back")
    ERASED = "erased", _("Erased")


class Actor(TextChoices):
    PERSON = "person", _("the person")
    STAFF = "staff", _("intake staff")
    CLOCK = "clock", _("the clock")


# Groups of states, named once here and never spelled out in a view.
TO_CALL = (Status.WAITING, Status.TRYING)
REST_WEEKS = (1, 2, 4)
OPEN = (*TO_CALL, Status.REACHED, Status.AGREED, Status.RESTING)
ENDED = (Status.RETURNED, Status.DOOR_OPEN, Status.WITHDRAWN, Status.ERASED, Status.NO_NUMBER)
CONTACT_CAN_CHANGE = (*OPEN, Status.NO_NUMBER, Status.DOOR_OPEN)
CAN_CHOOSE = (Status.WAITING, Status.TRYING, Status.REACHED, Status.AGREED)  # a start, and hold its seat
HAS_NO_SEAT = (Status.RESTING, Status.DOOR_OPEN, Status.WITHDRAWN, Status.ERASED)  # it is free for somebody else
MAY_HAVE_A_SEAT = tuple(status for status in Status if status not in HAS_NO_SEAT)
WAITS_FOR_NO_SEAT = (*HAS_NO_SEAT, Status.RETURNED)
PAGE_STILL_LIVES = tuple(status for status in Status if status != Status.ERASED)


@dataclass(frozen=True)
class Move:
    """One allowed move: its name, where it starts, where it ends, whose it is, and the words on its button."""

    name: str
    sources: tuple[Status, ...]
    target: Status
    actors: tuple[Actor, ...]
    label: Promise


_PERSON, _STAFF, _CLOCK = Actor.PERSON, Actor.STAFF, Actor.CLOCK

MOVES = {
    move.name: move
    for move in [
        Move("attempt", TO_CALL, Status.TRYING, (_STAFF,), _("Log a call that did not reach them")),
        Move(
            "reach",
            (*TO_CALL, Status.RESTING),
            Status.REACHED,
            (_STAFF,),
            _("We talked"),
        ),
        # Who waits for the call we promised gets it first; who was tried and chose on their page may be confirmed.
        Move("agree", (Status.TRYING, Status.REACHED), Status.AGREED, (_STAFF,), _("A restart is agreed")),
        # Who was missed and is called again may simply come: that they did is a fact, wherever the request stands.
        Move("return", (*TO_CALL, Status.REACHED, Status.AGREED), Status.RETURNED, (_STAFF,), _("They came back")),
        Move("reopen", (Status.AGREED,), Status.REACHED, (_PERSON, _STAFF), _("They need another start")),
        Move("call_again", (Status.REACHED, Status.AGREED), Status.WAITING, (_STAFF, _CLOCK), _("Call them again")),
        Move(
            "rest",
            (*TO_CALL, Status.REACHED, Status.AGREED, Status.RESTING),
            Status.RESTING,
            (_PERSON, _STAFF),
            _("Wait, and ask again later"),
        ),
        Move("wake", (Status.RESTING,), Status.WAITING, (_PERSON, _STAFF, _CLOCK), _("Put them back on the list")),
        Move(
            "got_in_touch",
            (Status.DOOR_OPEN, Status.NO_NUMBER, Status.WITHDRAWN),
            Status.REACHED,
            (_STAFF,),
            _("They got in touch with us"),
        ),
        # Weeks later, once more by a person, where nobody was reached (R-O). Not for whoever stopped us.
        Move("one_more_call", (Status.DOOR_OPEN,), Status.WAITING, (_STAFF,), _("Call them once more")),
        # Who stopped us is never brought back by us: either they ask here, or they get in touch and we talk.
        Move(
            "ask_again",
            (Status.DOOR_OPEN, Status.WITHDRAWN),
            Status.WAITING,
            (_PERSON,),
            _("They want to hear from us after all"),
        ),
        Move("lose_number", (*TO_CALL, Status.REACHED), Status.NO_NUMBER, (_STAFF, _CLOCK), _("Wrong number")),
        Move("new_number", (Status.NO_NUMBER,), Status.WAITING, (_PERSON,), _("Gave another way to reach them")),
        Move(
            "pause_calls",
            (Status.TRYING, Status.NO_NUMBER),
            Status.DOOR_OPEN,
            (_STAFF,),
            _("Stop calling, keep the door open"),
        ),
        Move(
            "withdraw",
            (*OPEN, Status.DOOR_OPEN, Status.NO_NUMBER),
            Status.WITHDRAWN,
            (_PERSON, _STAFF),
            _("They took it back"),
        ),
        Move("erase", PAGE_STILL_LIVES, Status.ERASED, (_PERSON, _CLOCK), _("Erase what they wrote")),
    ]
}


def moves_from(status: str, actor: Actor) -> list[Move]:
    """The moves this actor may make from here, in the order of the table."""
    return [move for move in MOVES.values() if status in move.sources and actor in move.actors]


def can(status: str, move_name: str, actor: Actor) -> bool:
    return any(move.name == move_name for move in moves_from(status, actor))


def drawing() -> str:
    """The table as a Markdown page with a Mermaid diagram; `manage.py draw_states` writes it to docs/states.md."""
    lines = [
        "# Where a request can stand",
        "",
        "Drawn from `intake/states.py` by `python manage.py draw_states`.",
        "",
    ]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> waiting: a person sends the form"]
    lines += [f"    {source} --> {move.target}: {move.name}" for move in MOVES.values() for source in move.sources]
    lines += ["```", "", "| state | in words |", "|---|---|"]
    lines += [f"| `{status.value}` | {status.label} |" for status in Status]
    lines += ["", "| move | from | to | who | on the button |", "|---|---|---|---|---|"]
    lines += [_row(move) for move in MOVES.values()]
    return "\n".join([*lines, ""])


def _row(move: Move) -> str:
    sources = ", ".join(f"`{source}`" for source in move.sources)
    actors = ", ".join(str(actor.label) for actor in move.actors)
    return f"| `{move.name}` | {sources} | `{move.target}` | {actors} | {move.label} |"
