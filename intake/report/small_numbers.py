"""Which counts may be shown, so that no small one can be seen or worked out (R-O4, docs/decisions/0015). Pure.

A *ladder* puts everybody on exactly one rung. A *row* says how many stand on each rung, for one place, say. What is
shown of a row is its size, and how many stand above each *cut*: cut 1 lies below the first rung, cut 2 below the
second. The rows are a partition, and the same numbers are shown of their total.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

FEWEST = 11
Rungs = tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """What may be shown: the size (cut 0) and every cut, of the total and of each row."""

    total: tuple[bool, ...]
    rows: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class _Pool:
    """Rows of which only the sum can be known."""

    members: tuple[int, ...]
    rungs: Rungs


def is_small(count: int) -> bool:
    """1 to 10 people. Nobody at all is no secret."""
    return 0 < count < FEWEST


def suppress(rows: Sequence[Rungs]) -> Shown:
    """Hide every small count and every count that would give one away.

    A cut is open in a row when the people between it and the last open cut, and those below it, are none or at least
    11. Rows in which it is not open are pooled, with further ones until the same holds for the pool, which anyone can
    work out from the total. A row stays pooled at all later cuts. Of a hidden count anyone can therefore only know a
    range that is at least 11 wide.
    """
    total = _sum(rows)
    cuts = len(total)
    if is_small(sum(total)):
        return Shown((False,) * cuts, ((False,) * cuts,) * len(rows))
    pools = [_Pool((number,), tuple(rungs)) for number, rungs in enumerate(rows)]
    open_in_total, open_in_rows, last = [], [], 0
    for cut in range(cuts):
        is_open = not _is_unsafe(last, cut, total)
        if is_open:
            pools = _pooled(pools, partial(_is_unsafe, last, cut), last)
            last = cut
        alone = {pool.members[0] for pool in pools if len(pool.members) == 1}
        open_in_total.append(is_open)
        open_in_rows.append([is_open and number in alone for number in range(len(rows))])
    return Shown(tuple(open_in_total), tuple(zip(*open_in_rows, strict=True)) if rows else ())


def _is_unsafe(last: int, cut: int, rungs: Rungs) -> bool:
    """A small number stands between the two cuts, or below both. Cut 0 asks about everybody."""
    return is_small(sum(rungs[last:cut])) or is_small(sum(rungs[cut:]))


def _pooled(pools: list[_Pool], is_unsafe: Callable[[Rungs], bool], last: int) -> list[_Pool]:
    """Put the unsafe ones together, and the smallest others to them until the sum is safe and hides each of them."""
    unsafe = [pool for pool in pools if is_unsafe(pool.rungs)]
    if not unsafe:
        return pools
    safe = sorted(
        (pool for pool in pools if pool not in unsafe), key=lambda pool: (sum(pool.rungs[last:]), pool.members)
    )
    while len(unsafe) < 2 or is_unsafe(_sum([pool.rungs for pool in unsafe])):
        further = next(pool for pool in safe if sum(pool.rungs[last:]))
        safe.remove(further)
        unsafe.append(further)
    members = tuple(member for pool in unsafe for member in pool.members)
    return [*safe, _Pool(members, _sum([pool.rungs for pool in unsafe]))]


def _sum(rows: Sequence[Rungs]) -> Rungs:
    return tuple(map(sum, zip(*rows, strict=True)))
