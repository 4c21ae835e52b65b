"""Which counts may be shown, so that no small one can be seen or worked out (R-O4, docs/decisions/0017). Pure.

A *ladder* puts everybody on exactly one rung. A *row* says how many stand on each rung, for one place, say. What is
shown of a row is its size, and how many stand above each *cut*: cut 1 lies below the first rung, cut 2 below the
second. The rows are a partition, and the same numbers are shown of their total.
"""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 11
Rungs = tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """What may be shown: the size (cut 0) and every cut, of the total and of each row."""

    total: tuple[bool, ...]
    rows: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True)
class _Pool:
    """Rows of which only the sum can be known, and the lot that says when they go along."""

    members: tuple[int, ...]
    rungs: Rungs
    lot: str


def is_small(count: int) -> bool:
    """1 to 10 people. Nobody at all is no secret."""
    return 0 < count < FEWEST


def suppress(rows: Sequence[Rungs], order: Sequence[int] | None = None, lots: Sequence[str] = ()) -> Shown:
    """Hide every small count and every count that would give one away.

    Cuts are opened one by one: all of them from the top, or only the given ones in their order. A cut is open in a row
    when the people between it and the nearest open cut above, and those between it and the nearest open one below, are
    none or at least 11. Rows in which it is not open are pooled, with further ones until the same holds for the pool,
    which anyone can work out from the total. Of a hidden count anyone can therefore only know a range at least 11 wide.

    `lots` say in which order other rows go along, one for each row. Drawn in secret they keep somebody who knows this
    rule from replaying it.
    """
    total = _sum(rows)
    cuts = len(total)
    if is_small(sum(total)):
        return Shown((False,) * cuts, ((False,) * cuts,) * len(rows))
    drawn = lots or [""] * len(rows)
    opened = _Opened([_Pool((number,), tuple(rungs), drawn[number]) for number, rungs in enumerate(rows)], cuts)
    for cut in range(1, cuts) if order is None else order:
        opened.open(cut, total)
    return Shown(
        tuple(cut in opened.pools for cut in range(cuts)),
        tuple(tuple(opened.is_alone(row, cut) for cut in range(cuts)) for row in range(len(rows))),
    )


def together(rows: Sequence[Rungs], order: Sequence[int] | None = None) -> tuple[bool, ...]:
    """What may be shown of the total, size and cuts, where each row stands alone: the total yields, never a row.

    It shows what every row shows, which anyone can add up. One row alone would be the rest of what the others show; and
    of two that hide a share, 20 in all would say to whoever knows this rule that it is 10 and 10.
    """
    alone = [suppress([row], order).total for row in rows]
    return tuple(map(all, zip(*alone, strict=True)))


class _Opened:
    """The cuts opened so far, each with the pools that the rows form there; cut 0 is the size."""

    def __init__(self, rows: list[_Pool], cuts: int) -> None:
        self._end = cuts
        self.pools = {0: _pooled(rows, 0, 0, cuts)}

    def open(self, cut: int, total: Rungs) -> None:
        above = max(other for other in self.pools if other < cut)
        below = min((other for other in self.pools if other > cut), default=self._end)
        if _is_unsafe(total, above, cut, below):
            return
        latest = [other for other in self.pools if other in (above, below)][-1]
        self.pools[cut] = _pooled(self.pools[latest], above, cut, below)

    def is_alone(self, row: int, cut: int) -> bool:
        return any(pool.members == (row,) for pool in self.pools.get(cut, ()))


def _is_unsafe(rungs: Rungs, above: int, cut: int, below: int) -> bool:
    """A small number stands on one of the two sides of the cut. Cut 0 has everybody on one side."""
    return is_small(sum(rungs[above:cut])) or is_small(sum(rungs[cut:below]))


def _pooled(pools: list[_Pool], above: int, cut: int, below: int) -> list[_Pool]:
    """Put the unsafe ones together, and others to them by lot until the sum is safe and hides each of them."""
    unsafe = [pool for pool in pools if _is_unsafe(pool.rungs, above, cut, below)]
    if not unsafe:
        return pools
    others = (pool for pool in pools if pool not in unsafe)
    safe = sorted(others, key=lambda pool: (pool.lot, pool.members))
    while len(unsafe) < 2 or _is_unsafe(_sum([pool.rungs for pool in unsafe]), above, cut, below):
        further = next(pool for pool in safe if sum(pool.rungs[above:below]))
        safe.remove(further)
        unsafe.append(further)
    members = tuple(member for pool in unsafe for member in pool.members)
    return [*safe, _Pool(members, _sum([pool.rungs for pool in unsafe]), min(pool.lot for pool in unsafe))]


def _sum(rows: Sequence[Rungs]) -> Rungs:
    return tuple(map(sum, zip(*rows, strict=True)))
