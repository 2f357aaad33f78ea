"""Whether labels that come after a day counts are others than those that it had then."""

import numpy as np
import pytest

from generator.records.ledger import LabelCounts
from generator.subjects.labels._late import late_facts, late_finding
from generator.subjects.labels._nowcast import nowcast
from tests.subjects import case

ARRIVED = np.array([500, 300, 100, 100])
"""Labels of a day by age: nine in ten are there after two days."""


def counted(positives: list[int], days: int = 10) -> LabelCounts:
    known = np.array([[min(days - day, 4) > age for age in range(4)] for day in range(days)])
    arrivals = ARRIVED * known
    return LabelCounts(
        rows=int(arrivals.sum()),
        unmatched=0,
        duplicates=0,
        missing=0,
        days=np.arange(days) + 20_000,
        predictions=np.full(days, 1000),
        labelled=arrivals.sum(axis=1),
        mature=arrivals.sum(axis=1) >= 900,
        delays={},
        arrivals=arrivals,
        positives=np.array(positives) * known,
    )


@pytest.mark.parametrize(
    ("positives", "days", "told"),
    [([25, 15, 10, 50], 10, True), ([50, 30, 10, 10], 10, False), ([25, 15, 10, 50], 9, False)],
)
def test_late_labels_that_are_others_are_told_of_seven_whole_days_and_more(
    positives: list[int], days: int, told: bool
) -> None:
    """50 of 900 are 5.6 %, 100 of 1,000 in the end; the newest three of the days are not whole."""
    counts = counted(positives, days)
    facts = tuple(late_facts(counts, nowcast(counts, counts.arrivals, counts.predictions), 0.9))
    assert [one.id for one in late_finding(facts)] == (["labels.late"] if told else [])
    if told:
        values = {fact.id.rsplit(".", 1)[1]: fact.value for fact in facts}
        assert values == {
            "first": pytest.approx(50 / 900),
            "end": 0.1,
            "gap": pytest.approx(-4 / 9),
            "days": 7,
            "after": 3,
        }
        assert "will be by -0.44," in case.plain(next(late_finding(facts)).words)
