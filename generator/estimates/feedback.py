"""Takes rows and rows acted on by tenth of the prediction, gives whether untreated rows stand for all."""

from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.stats.arrays import divide

LEAST = 0.02
"""Share of untreated rows in each tenth of the predictions from which on they can be weighted to stand for all."""
ONLY_SOME = (
    "rows that were acted on have no outcome to judge by, and of some predictions hardly any was left untreated: hold "
    "a random part of them out of the action"
)
OTHERS = "the rows left to judge by are those not acted on, which are others than the rows before"


def untreated(acted: FloatArray) -> float:
    """Return the least share of untreated rows among the tenths of the predictions; nan without rows."""
    there = acted[:-1][acted[:-1, 0] > 0]
    return float((1.0 - there[:, 1] / there[:, 0]).min()) if there.size else float("nan")


def uncovered(ledger: Ledger) -> bool:
    """Return whether rows were acted on so that untreated ones do not stand for all."""
    acted = ledger.production.acted
    return acted is not None and bool(acted[:, 1].sum() > 0) and not untreated(acted) >= LEAST


def acted_on(ledger: Ledger) -> bool:
    """Return whether any row was acted on."""
    acted = ledger.production.acted
    return acted is not None and bool(acted[:, 1].sum() > 0)


def standing_for_all(sums: FloatArray, total: FloatArray, rows: int, labelled: tuple[int, ...]) -> FloatArray:
    """Return score sums (..., B, 6) whose labelled rows are weighted, bin by bin, to the rows there are.

    `total` (B, 6) are the sums of all rows, `rows` and `labelled` places of their columns, the number of labelled rows
    first (Horvitz & Thompson 1952). The labelled rows are as many as before in all.
    """
    n = total[:, labelled[0]]
    factor = divide(total[:, rows], n, empty=0.0)
    factor = factor * divide(n.sum(), (factor * n).sum(), empty=0.0)
    out = sums.copy()
    out[..., list(labelled)] *= factor[:, None]
    return out
