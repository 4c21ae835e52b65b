"""What happened so far, from the history and the calls, in words and in the person's local time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.choices import OverrideReason
from intake.clock import time_words
from intake.colleagues import name_of
from intake.models import CallAttempt, HistoryEntry
from intake.outcomes import MOVE_OF, Outcome
from intake.states import Actor
from scheduling.models import SeatClaim

WORDS = {
    "received": gettext_lazy("Note came in"),
    "contact_changed": gettext_lazy("Changed how to reach them"),
    "messages_stopped": gettext_lazy("Stopped all messages"),
    "texts_stopped": gettext_lazy("Stopped texts by a text"),
    "texts_again": gettext_lazy("Wants texts again"),
    "emails_stopped": gettext_lazy("Stopped emails"),
    "care_yes": gettext_lazy("Said yes to a kind note now and then"),
    "care_no": gettext_lazy("Wants no kind notes any more"),
    "said_it_fits": gettext_lazy("Answered that the time works"),
    "text_change": gettext_lazy("Answered that they want another time"),
    "text_wrote": gettext_lazy("Wrote us a text"),
    "text_perhaps_stop": gettext_lazy("Wrote a text that may mean: no more texts"),
    "text_wrong_number": gettext_lazy("A text said the number is somebody else’s"),
    "undelivered": "A message did not arrive",
    "undelivered_seen": "Seen to the message that did not arrive",
    "claimed": "Took this call",
    "claim_taken_over": "Took over this call",
    "claim_released": "Let go of this call",
    "call_taken_back": "Took back a call logged by mistake",
    "todo_made": "Wrote a to-do",
    "todo_done": "Did a to-do",
    "staff_note": "Wrote to colleagues",
    **{f"override_{reason}": f"Called anyway: {reason.label}" for reason in OverrideReason},
    "called_without_reason": "Called outside the rules of calling, and no reason was given",
    "text_seen": gettext_lazy("Seen to their text"),
    "reach": gettext_lazy("We talked"),
    "agree": gettext_lazy("Agreed on a restart"),
    "return": gettext_lazy("Came back"),
    "reassessed": gettext_lazy("Looked together at what fits"),
    "call_again": gettext_lazy("Put back on the list"),
    "rest": gettext_lazy("Asked us to wait"),
    "wake": gettext_lazy("Back on the list"),
    "lose_number": gettext_lazy("Wrong number"),
    "new_number": gettext_lazy("Gave another way to reach them"),
    "one_more_call": gettext_lazy("Back on the list for one more call"),
    "pause_calls": gettext_lazy("Calls stopped, the door stays open"),
    "withdraw": gettext_lazy("Taken back"),
    "erase": gettext_lazy("Erased what they wrote"),
    "offered": gettext_lazy("Starts offered"),
    "offers_taken_back": gettext_lazy("Offers taken back"),
    "choice_opened": gettext_lazy("May choose on their page"),
    "choice_closed": gettext_lazy("Sees only what is offered"),
    "wishes_changed": gettext_lazy("Said what would fit"),
    "avoids_changed": gettext_lazy("Changed what to keep away from"),
    "chose": gettext_lazy("A start chosen, a seat held"),
    "gave_back": gettext_lazy("Seat given back"),
    "cannot_make_it": gettext_lazy("Cannot make that start"),
    "hold_over": gettext_lazy("The time of the held seat ran out"),
    "seat_confirmed": gettext_lazy("Seat confirmed"),
    "first_day_moved": gettext_lazy("First day moved"),
    "first_day_came": gettext_lazy("Came to the first day"),
    "first_day_missed": gettext_lazy("We missed them on the first day"),
    "joined_list": gettext_lazy("Waits for a seat"),
    "left_list": gettext_lazy("Waits no more"),
    "day_accepted": gettext_lazy("Said yes to the new first day"),
    "assigned": "Given to a member of staff",
    "put_back": "Put back to nobody",
    "told_enough": gettext_lazy("Was told of three seats, waits no more"),
    "seat_kept": gettext_lazy("A seat came free and is kept for them"),
    "reopen": gettext_lazy("Needs another start"),
}


@dataclass(frozen=True)
class Chapter:
    """One thing that happened: when as the wall clock shows it, what, and by whom."""

    at: datetime
    when: str
    what: str
    by: str


def story(
    history: Iterable[HistoryEntry],
    attempts: Iterable[CallAttempt],
    moved: Iterable[SeatClaim] = (),
    *,
    reader: Any,
    now: datetime,
    zone: tzinfo,
) -> list[Chapter]:
    """Oldest first. A call and the move it made are one thing. Of `moved`, the claims whose first day was moved, those
    that no step tells of were moved by a manager who closed the day."""
    calls, history = list(attempts), list(history)
    names = _names_of(
        {entry.actor for entry in history if entry.actor_kind == Actor.STAFF}
        | {call.by.get_username() for call in calls},
        reader,
    )
    told_by_call = {(call.at, MOVE_OF[Outcome(call.outcome)]) for call in calls}
    moments = [
        (entry.at, _what(entry), _who(entry, names)) for entry in history if (entry.at, entry.what) not in told_by_call
    ]
    told = {entry_at for entry_at, _words, _by in moments}
    by_a_closed_day = [claim for claim in moved if claim.made_at not in told]
    moments += [(claim.made_at, str(WORDS["first_day_moved"]), _("closed day")) for claim in by_a_closed_day]
    moments += [(call.at, _call(call), names[call.by.get_username()]) for call in calls]
    moments.sort(key=lambda moment: moment[0])
    return [Chapter(at, _when(at, now, zone), what, by) for at, what, by in moments]


def _what(entry: HistoryEntry) -> str:
    return str(WORDS.get(entry.what, entry.get_to_status_display()))


def _call(call: CallAttempt) -> str:
    words = _("Call %(number)d: %(outcome)s") % {"number": call.number, "outcome": call.get_outcome_display()}
    return f"{words}. Logged by mistake" if hasattr(call, "correction") else words


def _who(entry: HistoryEntry, names: dict[str, str]) -> str:
    if entry.actor_kind == Actor.STAFF:
        return names[entry.actor]
    return _("the person") if entry.actor_kind == Actor.PERSON else _("by itself")


def _names_of(usernames: set[str], reader: Any) -> dict[str, str]:
    """What staff are called, by the sign-in name that is kept with each step. One query."""
    there = get_user_model().objects.filter(username__in=usernames)
    names = {username: username for username in usernames} | {one.get_username(): name_of(one) for one in there}
    return names | {reader.get_username(): _("you")}


def _when(at: datetime, now: datetime, zone: tzinfo) -> str:
    wall, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (today - wall.date()).days
    day = _("Today") if days == 0 else in_words(wall, "l" if 0 < days < 7 else "l, F j")
    return _("%(day)s, %(time)s") % {"day": day, "time": time_words(at, zone)}
