"""New categories: how many rows carry them, against what chance would give."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from generator.estimates.facts import personal, target_unit
from generator.estimates.features import (
    NO_DAYS,
    NO_REFERENCE,
    NOT_TOLD,
    SHOWN,
    Groups,
    counted,
    dates,
    evidence,
    groups_of,
    mark,
    measured,
    part,
    share_of,
    standard_error,
)
from generator.estimates.headline import head_of
from generator.estimates.intervals import COLUMN
from generator.records.evidence import Claim, Evidence, Finding, Scope, finding
from generator.records.fact import Fact, missing
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import divide
from generator.stats.cluster import fold, leave_one_out_sums
from generator.subjects.missing._unseen_levels import CELL, Unseen, known_and_unseen, log_rmse, unseen_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

LISTED = 50
NO_CATEGORIES = "the model has no categorical features"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the share of unseen levels by feature, by level, by day, and the error of the rows that carry one."""
    why = _why(ledger)
    groups = groups_of(ledger)
    found = [] if why or ledger.reference is None else unseen_of(ledger, ledger.reference, groups)
    found = _felt(ledger, found)
    facts = tuple(_facts(project, ledger, groups, found, why))
    tables = (
        TABLE("unseen.features", _rows(facts, found), reason=why or NO_CATEGORIES),
        _levels(project, ledger, why),
        _daily(ledger, why),
    )
    return evidence(facts, tables, tuple(_findings(facts, found)))


def _felt(ledger: Ledger, found: list[Unseen]) -> list[Unseen]:
    """Return the features, none severe where rows with new levels err no more than the others do."""
    sums = known_and_unseen(ledger)
    if sums is None:
        return found
    e2, n = (sums[:, :, COLUMN[name]].sum(axis=0) for name in ("e2", "n"))
    known, unseen = divide(e2, n)
    return found if unseen > known or np.isnan(unseen) else [replace(one, grade=min(one.grade, 2)) for one in found]


def _why(ledger: Ledger) -> str:
    """Return why unseen levels cannot be told; empty when they can."""
    if not ledger.plan.categorical:
        return NO_CATEGORIES
    return NO_REFERENCE if ledger.reference is None else ""


def _facts(project: Project, ledger: Ledger, groups: Groups, found: list[Unseen], why: str) -> Iterator[Fact]:
    rows = ledger.production.rows
    for name in ledger.plan.categorical if why else ():
        yield missing(f"unseen.{part(name)}.share", why, label=f"Rows with a new category of {name}", unit="share")
    for one in found:
        id, kinds = f"unseen.{part(one.name)}", len(ledger.production.unseen.get(one.name, {}))
        yield share_of(
            f"{id}.share",
            one.share,
            one.se,
            label=f"Rows with a new category of {one.name}",
            n=rows,
            method=groups.method,
            reason=NOT_TOLD,
        )
        yield measured(QUANTITY("{id}.expected", id=id, name=one.name), one.expected.high)
        yield counted(QUANTITY("{id}.levels", id=id, name=one.name), kinds)
    confirmed = sum(one.grade >= 2 for one in found)
    yield counted(QUANTITY("unseen.count.confirmed"), confirmed, reason=why)
    yield from _any(project, ledger, groups, why)


def _any(project: Project, ledger: Ledger, groups: Groups, why: str) -> Iterator[Fact]:
    """Yield the share of rows with any unseen level, and their error beside that of the others."""
    label, head = "Rows with a new category", head_of(ledger, target_unit(project))
    power = 1.0 if head.ratio.root else 2.0
    sums = known_and_unseen(ledger)
    if why or sums is None:
        yield missing("unseen.any.share", why or "not computable: no predictions", label=label, unit="share")
    else:
        rows = sums[:, :, COLUMN["rows"]]
        total = float(rows.sum())
        left = leave_one_out_sums(fold(rows, groups.folds))
        se = standard_error(divide(left[:, 1], left.sum(axis=1)))
        yield share_of(
            "unseen.any.share",
            float(divide(rows[:, 1].sum(), total)),
            float(se),
            label=label,
            n=total,
            method=groups.method,
            reason="not computable: no predictions",
        )
    for index, id, words in (
        (1, "unseen.any.error", "with a new category"),
        (0, "unseen.known.error", "with known categories only"),
    ):
        value = log_rmse(sums[:, index], groups) if sums is not None and not why else None
        n = float(sums[:, index, COLUMN["n"]].sum()) if sums is not None else None
        half = power * groups.quantile(0.975) * float(value.se) if value else np.nan
        error = float(np.exp(power * value.value)) if value else np.nan
        yield measured(
            id,
            error,
            label=f"{head.metric.short} of rows {words}",
            unit=head.unit,
            n=n,
            low=error * float(np.exp(-half)),
            high=error * float(np.exp(min(half, 700.0))) if np.isfinite(half) else np.nan,
            method=f"on the log scale, {groups.method}",
            reason=why or f"no labelled rows {words}",
        )


def _rows(facts: tuple[Fact, ...], found: list[Unseen]) -> Iterator[tuple[Cell, ...]]:
    known = {fact.id: fact for fact in facts}
    for one in found:
        cells = (known[f"unseen.{part(one.name)}.{key}"] for key in ("share", "expected", "levels"))
        yield (one.name, *cells, mark(one.grade))


def _levels(project: Project, ledger: Ledger, why: str) -> Table:
    """Return the commonest unseen levels; one of few rows or of a personal feature may point at somebody."""
    unnamed = personal(project)
    pairs = [
        (name, level, rows)
        for name in ledger.plan.categorical
        for level, rows in ledger.production.unseen.get(name, {}).items()
        if rows > 0 and name not in unnamed and not why
    ]
    pairs = sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:LISTED]
    reason = why or "there is no new category, or none that may be named"
    return TABLE("unseen.levels", (_level(ledger, *pair) for pair in pairs), reason=reason)


def _level(ledger: Ledger, name: str, level: str, rows: int) -> tuple[Cell, ...]:
    id, words = f"unseen.{part(name)}.{part(level)}", f"with the new category {level} of {name}"
    total = ledger.production.rows
    return (
        name,
        level,
        counted(QUANTITY("{id}.rows", id=id, words=words), rows),
        measured(QUANTITY("{id}.share", id=id, words=words), rows / total, n=total),
    )


def _daily(ledger: Ledger, why: str) -> Table:
    losses, cells = ledger.production.losses, ledger.plan.cells
    if why or losses is None or (CELL, "unseen") not in cells:
        return TABLE("unseen.daily", (), reason=why or "not computable: no predictions")
    both = losses.day_level[:, [cells.index((CELL, "known")), cells.index((CELL, "unseen"))], COLUMN["rows"]]
    share = divide(both[:, 1], both.sum(axis=1))
    rows = ((date, _day(date, float(share[place]), float(both[place].sum()))) for place, date in dates(ledger))
    return TABLE("unseen.daily", rows, reason=NO_DAYS)


def _day(date: str, share: float, n: float) -> Fact:
    return measured(QUANTITY("unseen.daily.any.{date}", date=date), share, n=n)


def _findings(facts: tuple[Fact, ...], found: list[Unseen]) -> Iterator[Finding]:
    """Yield the features with the most rows of unseen levels, and how many others there are."""
    known = {fact.id: fact for fact in facts}
    sure = [one for one in found if one.grade >= 2]
    shown = sure if len(sure) <= SHOWN + 1 else sure[:SHOWN]
    for one in shown:
        id = f"unseen.{part(one.name)}"
        share, expected, levels = (known[f"{id}.{key}"] for key in ("share", "expected", "levels"))
        yield finding(
            id,
            "unseen",
            "severe" if one.grade == 3 else "confirmed",
            one.name,
            ("In ", share, f" of the rows {one.name} has a new category; such categories: ", levels, "."),
            Claim(what="unseen", relation="above", value=share, scope=Scope(feature=one.name)),
            expected,
        )
    if len(sure) > len(shown):
        number = counted(QUANTITY("unseen.count.others"), len(sure) - len(shown))
        yield finding(
            "unseen.others",
            "unseen",
            "confirmed",
            "other features",
            (number, " more features have new categories."),
            Claim(what="unseen", relation="above", value=number),
        )


ANALYSIS = Analysis(id="unseen", title="New categories", run=run)
