"""The calendar file of a first day: a time, and one word that means nothing to somebody looking on (R-P2)."""

from datetime import datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from privacy.lookup import keyed_hash
from scheduling.models import SeatClaim

FILE_NAME = "appointment.ics"


def calendar_file(claim: SeatClaim, now: datetime) -> bytes:
    """One event in UTC. No place, no words of ours but “Appointment”, and a number that leads nowhere."""
    session, moves = claim.session, _moves_before(claim)
    event = Event()
    # A first day that moved is the same event, so that the old day does not stay in the calendar beside the new one.
    event.add("uid", keyed_hash("calendar", str(moves[-1].pk if moves else claim.pk)))
    event.add("sequence", len(moves))
    event.add("summary", _("Appointment"))
    event.add("dtstamp", now)
    event.add("dtstart", session.start)
    event.add("dtend", session.end)
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//calendar//EN")
    calendar.add_component(event)
    return calendar.to_ical()


def _moves_before(claim: SeatClaim) -> list[SeatClaim]:
    """The claims it was moved from, the newest first. One query each, and there is rarely one."""
    before: list[SeatClaim] = []
    while claim.moved_from:
        claim = claim.moved_from
        before.append(claim)
    return before
