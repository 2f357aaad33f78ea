"""Takes a ledger, gives the one set of windows that every statement speaks of, cut from the days whose labels are in.

A day is mature once it holds labelled rows: the labels of days that have too few are left out when rows are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.estimates.intervals import COLUMN
from generator.records.aggregates import IntArray
from generator.records.ledger import Ledger

THIRDS = ("first_third", "second_third", "last_third")
FEWEST = 6
"""Mature days from which on there are thirds."""
POINTS = 7
"""Days, or weeks of weekly rows, that the recent window holds at least, and the earlier one."""
LONGEST = 28
"""Calendar days that the recent window holds at most, where no other length is declared."""
NAMES = {
    "whole": "whole period",
    "first_third": "first third",
    "second_third": "second third",
    "last_third": "last third",
    "earlier": "earlier days",
    "recent": "recent days",
    "last_day": "last day",
}
NO_DATES = "the rows have no dates with labels"
NO_THIRDS = f"needs labelled rows on at least {('', 'one', 'two', 'three', 'four', 'five', 'six')[FEWEST]} days"
NO_RECENT = f"needs labelled rows on at least {2 * POINTS} days"


@dataclass(frozen=True, kw_only=True, eq=False)
class Windows:
    """Places on the axis of days by window name; a window that cannot be cut is not among them."""

    places: Mapping[str, IntArray]

    def of(self, name: str) -> IntArray | None:
        """Return the places of the days of a window; None where it cannot be cut."""
        return self.places.get(name)


def windows(ledger: Ledger, declared: int | None = None) -> Windows:
    """Return the windows; `declared` is the length of the recent one in calendar days."""
    mature = _mature(ledger)
    found: dict[str, IntArray] = {}
    if mature.size:
        found["whole"], found["last_day"] = mature, mature[-1:]
    if mature.size >= FEWEST:
        found |= dict(zip(THIRDS, (part.astype(np.int64) for part in np.array_split(mature, 3)), strict=True))
    if mature.size >= 2 * POINTS:
        size = _recent(ledger.production.days[mature], declared)
        found["earlier"], found["recent"] = mature[:-size], mature[-size:]
    return Windows(places=found)


def _mature(ledger: Ledger) -> IntArray:
    losses, days = ledger.production.losses, ledger.production.days
    if losses is None:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero((days >= 0) & (losses.day[:, COLUMN["n"]] > 0)).astype(np.int64)


def _recent(days: IntArray, declared: int | None) -> int:
    """Return how many of the mature days are recent: as declared, else the shorter of last third and 28 days."""
    within = int((days > days[-1] - (declared or LONGEST)).sum())
    wished = within if declared else min(within, len(np.array_split(days, 3)[-1]))
    return min(max(wished, POINTS), len(days) - POINTS)
