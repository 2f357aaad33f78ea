"""Takes the ageing in money, gives the cost a year of every interval from days to months, with its range."""

import math
from collections.abc import Iterator

import numpy as np

from generator.records.fact import SAMPLING
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import derived
from generator.subjects.retraining._ageing import DAYS_A_YEAR, NEVER, Ageing

QUANTITY, TABLE = quantities(__file__), tables(__file__)

POINTS = 41
SHORTEST, LONGEST = 3.0, 180.0


def curve_table(found: Ageing | None, reason: str) -> Table:
    """Return the cost curve: interval, runs, ageing, both together with the 95 % range of the ageing."""
    ages = found is not None and found.state != "absent"
    rows = _rows(found) if found and ages else ()
    return TABLE("retraining.curve", rows, reason=reason or NEVER)


def _rows(found: Ageing) -> Iterator[tuple[Cell, ...]]:
    best = found.doubt.best().interval
    middle = best if math.isfinite(best) else LONGEST
    low, high = min(SHORTEST, middle / 3.0), max(LONGEST, 3.0 * middle)
    for place, days in enumerate(np.geomspace(low, high, POINTS)):
        head, interval = f"retraining.curve.{place}", float(days)
        runs = DAYS_A_YEAR * found.doubt.cost / interval
        lost, least, most = (found.staleness(interval, share) for share in (None, 0.025, 0.975))
        yield (
            derived(QUANTITY("{head}.interval", head=head), interval),
            derived(QUANTITY("{head}.runs", head=head), runs),
            derived(QUANTITY("{head}.staleness", head=head), lost, low=least, high=most, range=SAMPLING),
            derived(
                QUANTITY("{head}.total", head=head), runs + lost, low=runs + least, high=runs + most, range=SAMPLING
            ),
        )
