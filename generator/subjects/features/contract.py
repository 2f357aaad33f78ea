"""Replays the declared rules of the inputs day by day: which limits are broken, and what becomes of how many rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.facts import date_of, number
from generator.estimates.features import NO_DAYS, part
from generator.estimates.missing_rates import missing_by_day
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import is_rejection
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.rules import least_rows
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import divide

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_LIMITS = lacking(UNDECLARED, "data.features", "data.features.missing_stop", file=PROJECT)
NO_ACTIONS = lacking(
    UNDECLARED,
    "data.features",
    "data.features.when_missing",
    "data.features.when_unseen",
    "data.features.when_out_of_range",
    file=PROJECT,
)
NONE_BROKEN = "no row breaks a rule"
NO_REJECTION = "no declared action keeps a row from the model"
NONE_OVER = "no input is over its stop limit on any day"
NONE_NOW = "no input is over a limit of its own on the last day"
NAMED = 4
"""Inputs over their limit that the finding names."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Over:
    """A feature with its limit and its missing rate on each dated day (D,)."""

    name: str
    limit: float
    rates: FloatArray
    days: IntArray
    over: NDArray[np.bool_]
    """The days on which it is over its limit, (D,); on days of too few rows it is not."""

    @property
    def now(self) -> bool:
        """Return whether it is over its limit on the last day."""
        return bool(self.over[-1])


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the inputs over their own limits by day, and the rows that each declared action falls on."""
    stopped, alerted = (_over(project, ledger, key) for key in ("missing_stop", "missing_alert"))
    facts = (*_counts("stop", stopped), *_counts("alert", alerted))
    table, (actions, shares) = _stop_table(stopped), _actions(ledger)
    now = _now_table(stopped, alerted)
    return Evidence(facts=(*facts, *shares), tables=(table, now, actions), findings=tuple(_finding(facts[0], table)))


def _over(project: Project, ledger: Ledger, key: str) -> list[Over] | str:
    """Return the features over their limit on some day, those over it on the last day first; else why not."""
    limits = {feature.name: getattr(feature, key) for feature in project.settings.data.features}
    if all(limit is None for limit in limits.values()):
        return NO_LIMITS if key == "missing_stop" else NO_LIMITS.replace("missing_stop", key)
    missing, day = missing_by_day(ledger.plan, ledger.production), ledger.production.day
    dated = ledger.production.days >= 0
    if missing is None or day is None or not dated.any():
        return NO_DAYS
    rates = divide(missing[dated], day.rows[dated, None])
    days, rows = ledger.production.days[dated], day.rows[dated]
    found = [
        Over(name=name, limit=limit, rates=shares, days=days, over=(shares > limit) & (rows >= least_rows(limit)))
        for shares, name in zip(rates.T, ledger.plan.features, strict=True)
        if (limit := limits.get(name)) is not None
    ]
    return sorted((one for one in found if one.over.any()), key=lambda one: (not one.now, -one.rates[-1], one.name))


def _counts(word: str, found: list[Over] | str) -> Iterator[Fact]:
    some = [] if isinstance(found, str) else found
    for name, value, when in (
        ("last_day", sum(one.now for one in some), "the last day"),
        ("any_day", len(some), "some day"),
    ):
        yield number(
            QUANTITY("contract.{word}.{name}", word=word, name=name, when=when),
            math.nan if isinstance(found, str) else value,
            reason=found if isinstance(found, str) else "",
        )


def _now_table(stopped: list[Over] | str, alerted: list[Over] | str) -> Table:
    """Return which limit each input is over on the last day, the graver one where it is over both."""
    words: dict[str, tuple[str, Over]] = {}
    for word, found in (("alert", alerted), ("stop", stopped)):
        words |= {one.name: (word, one) for one in ([] if isinstance(found, str) else found) if one.now}
    rows = tuple(_now_row(name, word, one) for name, (word, one) in sorted(words.items()))
    return TABLE("contract.now", rows, reason=NONE_NOW)


def _now_row(name: str, word: str, one: Over) -> tuple[Cell, ...]:
    label = f"Missing values of {name} on the last day"
    return name, word, number(f"contract.{part(name)}.last_day", float(one.rates[-1]), label=label, unit="share")


def _stop_table(found: list[Over] | str) -> Table:
    rows = () if isinstance(found, str) else tuple(_stop_row(one) for one in found)
    reason = "" if rows else found if isinstance(found, str) else NONE_OVER
    return TABLE("contract.stop", rows, reason=reason)


def _stop_row(one: Over) -> tuple[Cell, ...]:
    head, days = f"contract.{part(one.name)}", one.days[one.over]
    shares = (
        ("limit", one.limit, f"Stop limit for missing values of {one.name}"),
        ("last_day", float(one.rates[-1]), f"Missing values of {one.name} on the last day"),
        ("largest", float(one.rates.max()), f"Missing values of {one.name} on the worst day"),
    )
    return (
        one.name,
        *(number(f"{head}.{key}", value, label=label, unit="share") for key, value, label in shares),
        number(QUANTITY("{head}.days", head=head, name=one.name), days.size),
        *(str(date_of(int(day))) for day in (days[0], days[-1])),
    )


def _actions(ledger: Ledger) -> tuple[Table, tuple[Fact, ...]]:
    contract, day = ledger.production.contract, ledger.production.day
    if contract is None or day is None:
        return TABLE("contract.actions", (), reason=NO_ACTIONS), ()
    shares = contract.day.sum(axis=0) / day.rows.sum()
    last = np.flatnonzero(ledger.production.days >= 0)[-1:]
    rows = []
    for place in np.argsort(-shares, kind="stable"):
        head, action = f"contract.action.{place}", contract.actions[place]
        if not shares[place]:
            continue
        now = contract.day[last, place].sum() / day.rows[last].sum() if last.size else math.nan
        rows.append(
            (
                action,
                number(QUANTITY("{head}.rows", head=head, action=action), contract.day[:, place].sum()),
                number(QUANTITY("{head}.share", head=head, action=action), float(shares[place])),
                number(QUANTITY("{head}.last_day", head=head, action=action), now, reason=NO_DAYS),
            )
        )
    unscored, everyone = contract.unscored, day.rows
    facts = (
        number(
            QUANTITY("contract.rejected.share"),
            float(unscored.sum() / everyone.sum()) if any(map(is_rejection, contract.actions)) else math.nan,
            reason=NO_REJECTION,
        ),
        Fact(
            id="contract.rejected.any",
            value=bool(unscored.sum()),
            unit="flag",
            label="The contract keeps rows from the model",
            source="ledger: production rows",
            origin="measured",
        ),
        number(
            QUANTITY("contract.rejected.last_day"),
            float(unscored[last].sum() / everyone[last].sum()) if last.size else math.nan,
            reason=NO_DAYS,
        ),
        *(cell for row in rows for cell in row if isinstance(cell, Fact)),
    )
    reason = "" if rows else NONE_BROKEN
    return TABLE("contract.actions", rows, reason=reason), facts


def _finding(now: Fact, over: Table) -> Iterator[Finding]:
    if not isinstance(now.value, int) or not now.value:
        return
    shown = [(row[0], row[2]) for row in over.rows[: min(NAMED, now.value)]]
    worst = [part for name, rate in shown for part in (f"{name} ", rate, ", ") if isinstance(part, str | Fact)]
    yield finding(
        "contract.stop",
        "contract",
        "severe",
        "missing values",
        (now, " inputs are over their own stop limit on the last day: ", *worst[:-1], "."),
        Claim(what="missing_stop", relation="above", value=now, window="last_day"),
    )


ANALYSIS = Analysis(id="contract", title="The contract of the inputs, replayed by day", run=run)
