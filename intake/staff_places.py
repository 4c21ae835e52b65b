"""Limiting a member of staff to some places, and lifting that again (R-H8, docs/decisions/0018)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from intake import assigning, claims
from intake.models import Assignment, CallbackRequest, PlacesOfStaff
from intake.queries import nobody_works_there
from intake.states import OPEN
from privacy import audit
from scheduling.models import Location


def limit_to(places: Collection[Location], *, user_id: int, by: Any, now: datetime) -> PlacesOfStaff:
    """From now on this person sees requests of these towns and of "any town", and no others. What they had of other
    towns is free for their colleagues: the calls they are on, and the requests that were given to them."""
    with transaction.atomic():
        limit, _is_new = PlacesOfStaff.objects.get_or_create(user_id=user_id)
        limit.places.set(places)
        audit.record("staff.limited_to_places", by=by, subject=limit.user, now=now, fields=["places"])
        free_what_they_no_longer_see(limit.user, by=by, now=now)
        return limit


def lift_limit(*, user_id: int, by: Any, now: datetime) -> None:
    """From now on this person works for every place. Safe to do twice."""
    with transaction.atomic():
        limit = PlacesOfStaff.objects.select_for_update().filter(user=user_id).first()
        if limit is not None:
            audit.record("staff.limit_lifted", by=by, subject=limit.user, now=now)
            limit.delete()


def free_what_they_no_longer_see(person: Any, *, by: Any, now: datetime) -> None:
    """Of whoever left this is everything. Safe to do twice."""
    # First the few that are theirs, by their indexes: the many that they see or do not see are never gone through.
    called = CallbackRequest.objects.filter(claimed_by=person).values_list("pk", flat=True)
    theirs = {*called, *Assignment.objects.filter(to=person).values_list("request", flat=True)}
    seen = CallbackRequest.objects.for_staff(person).filter(pk__in=theirs).values_list("pk", flat=True)
    for request_id in sorted(theirs - {*seen}):
        claims.release_for(person, request_id=request_id, by=by, now=now)
        assigning.take_from(person, request_id=request_id, by=by, now=now)


def places_nobody_works_for() -> list[Location]:
    """Places that take people or have somebody who waits, and whose requests no active member of the intake staff sees.
    One query."""
    waited_for = CallbackRequest.objects.filter(status__in=OPEN).exclude(location=None)
    in_use = Q(pk__in=Location.objects.taking_people()) | Q(pk__in=waited_for.order_by().values("location"))
    return list(Location.objects.filter(in_use & nobody_works_there("pk")))
