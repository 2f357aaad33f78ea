"""Takes what to expect of each day, gives estimate and truth by day or week, with the level below which to alarm."""

import datetime
import math
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import dated, number
from generator.estimates.score_sums import ROWS, N, Scores, outcomes
from generator.records.aggregates import FloatArray
from generator.records.ledger import Ledger
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import quantities
from generator.stats.discrimination import delong_se
from generator.stats.estimated import Estimated, f1_se
from generator.subjects.scores._expected import Expected, performance, realised, with_outcomes

QUANTITY = quantities(__file__)

LEAST, MOST = 200, 62
"""Rows a day from which on days are shown, and the most days before weeks are."""
SHOWN = {"accuracy": "Right decisions", "auc": "Ranking (AUC)", "f1": "F1"}
UNITS = {"accuracy": "share", "auc": "", "f1": ""}
SIGMA = 3.0
"""Standard errors below the reference at which a period alarms."""
NO_TRUTH = "no outcome of these rows is known yet"


@dataclass(frozen=True, kw_only=True, eq=False)
class Period:
    """Some days: the first, their sums (B, 6), estimate and truth by metric, standard error, and alarm level."""

    start: datetime.date
    sums: FloatArray
    estimate: dict[str, float]
    truth: dict[str, float]
    error: dict[str, float]
    """Standard error of the difference of truth and estimate, rows taken as independent."""
    alarm: dict[str, float]


def periods(ledger: Ledger, scores: Scores, found: Expected, reference: FloatArray) -> tuple[str, list[Period]]:
    """Return `day` or `week`, and the periods in order."""
    days = [(date, scores.day[index]) for index, (_, date) in enumerate(dated(ledger))]
    rows = [float(sums[:, ROWS].sum()) for _, sums in days]
    daily = bool(days) and np.median(rows) >= LEAST and len(days) <= MOST
    starts: dict[datetime.date, FloatArray] = {}
    for date, sums in days:
        start = date if daily else date - datetime.timedelta(days=date.weekday())
        starts[start] = starts[start] + sums if start in starts else sums
    return ("day" if daily else "week"), [
        _period(start, sums, found, reference) for start, sums in starts.items() if sums[:, ROWS].sum() > 0
    ]


def _period(start: datetime.date, sums: FloatArray, found: Expected, reference: FloatArray) -> Period:
    guess, known = performance(sums, found.share, found.first), realised(sums, found.first)
    healthy, n = realised(reference, found.first), float(sums[:, N].sum())
    errors = _errors(guess, sums, found)
    return Period(
        start=start,
        sums=sums,
        estimate={name: getattr(guess, name) for name in SHOWN},
        truth={name: getattr(known, name) if n else math.nan for name in SHOWN},
        error={name: errors[name] * math.sqrt(float(sums[:, ROWS].sum()) / n) if n else math.nan for name in SHOWN},
        alarm={name: getattr(healthy, name) - SIGMA * errors[name] for name in SHOWN},
    )


def _errors(guess: Estimated, sums: FloatArray, found: Expected) -> dict[str, float]:
    """Return the standard errors of the period's metrics, rows taken as independent."""
    n = float(sums[:, ROWS].sum())
    return {
        "accuracy": math.sqrt(guess.accuracy * (1.0 - guess.accuracy) / n),
        "auc": delong_se(*outcomes(with_outcomes(sums, found.share))),
        "f1": f1_se(guess.true_positive, guess.false_positive, guess.false_negative),
    }


def table(kind: str, every: list[Period], reason: str = "the rows have no dates") -> Table:
    """Return estimate, truth and alarm level of every period; `reason` says why there is none."""
    columns = (
        Column(key="start", label="Day" if kind == "day" else "Week from"),
        Column(key="rows", label="Rows", unit="rows"),
        Column(key="labelled", label="With outcome", unit="rows"),
        *(
            Column(key=f"{name}{end}", label=f"{label}, {word}", unit=UNITS[name])
            for name, label in SHOWN.items()
            for end, word in (("", "estimated"), ("_realised", "realised"), ("_alarm", "alarm below"))
        ),
        Column(key="status", label="Estimate"),
    )
    return Table(
        id="estimated.periods",
        title="Performance estimated without outcomes, and what came true",
        columns=columns,
        rows=tuple(_row(one) for one in every),
        reason="" if every else reason,
    )


def _row(one: Period) -> tuple[Cell, ...]:
    date = one.start.isoformat()
    id, n, labelled = f"estimated.period.{date}", float(one.sums[:, ROWS].sum()), float(one.sums[:, N].sum())
    cells: list[Cell] = [
        date,
        number(QUANTITY("{id}.rows", id=id, date=date), n),
        number(QUANTITY("{id}.labelled", id=id, date=date), labelled),
    ]
    for name, label in SHOWN.items():
        unit = UNITS[name]
        cells += [
            number(
                QUANTITY("{id}.{name}", id=id, name=name, label=label, date=date), one.estimate[name], unit=unit, n=n
            ),
            number(
                QUANTITY("{id}.{name}_realised", id=id, name=name, label=label, date=date),
                one.truth[name],
                unit=unit,
                n=labelled,
                reason=NO_TRUTH,
            ),
            number(QUANTITY("{id}.{name}_alarm", id=id, name=name, label=label, date=date), one.alarm[name], unit=unit),
        ]
    below = one.estimate["accuracy"] < one.alarm["accuracy"] or one.estimate["auc"] < one.alarm["auc"]
    mark = Mark(status="yellow", word="alarm") if below else Mark(status="ok", word="as in the reference")
    return (*cells, mark)
