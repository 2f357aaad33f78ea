"""Pairs of numeric features that belong together differently than in training."""

from collections.abc import Iterator

import numpy as np

from generator.estimates.features import (
    NO_REFERENCE,
    NOT_TOLD,
    counted,
    evidence,
    groups_of,
    mark,
    measured,
    part,
)
from generator.records.evidence import Claim, Evidence, Finding, Scope, finding
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.multivariate._correlation_pairs import FEWEST, MARGIN, Pairs, pairs_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SHOWN = 10
METHOD = f"lower bound of the difference at least {MARGIN:g}, 5 % false discoveries over all pairs"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return how many correlations changed, and the ten that changed most."""
    pairs = pairs_of(ledger, groups_of(ledger))
    if pairs is None:
        return evidence(_nothing(reason := _why(ledger)), (_table((), reason),))
    made = _table(_rows(pairs, ledger.plan.numeric), f"no pair of numeric features has {FEWEST} rows on both sides")
    changed = int((pairs.grades >= 2).sum())
    count = counted(QUANTITY("correlation.count.changed"), changed, method=METHOD)
    tested = counted(QUANTITY("correlation.count.tested"), int(np.isfinite(pairs.p).sum()))
    facts = (tested, count, *_untested(ledger))
    return evidence(facts, (made,), tuple(_findings(pairs, made, count, tested)))


def _untested(ledger: Ledger) -> Iterator[Fact]:
    """Yield how many numeric features are in no pair, where there are such: pairs grow with their square."""
    whole, paired = len(ledger.plan.numeric), len(ledger.plan.paired)
    if paired < whole:
        yield counted(QUANTITY("correlation.features.unpaired", paired=paired), whole - paired)


def _why(ledger: Ledger) -> str:
    if ledger.reference is None:
        return NO_REFERENCE
    return "not computable: fewer than two numeric features" if len(ledger.plan.numeric) < 2 else NOT_TOLD


def _nothing(reason: str) -> tuple[Fact, ...]:
    return (
        counted(QUANTITY("correlation.count.changed"), None, reason=reason),
        counted(QUANTITY("correlation.count.tested"), None, reason=reason),
    )


def _table(rows: Iterator[tuple[Cell, ...]] | tuple[()], reason: str) -> Table:
    return TABLE("correlation.pairs", rows, reason=reason)


def _rows(pairs: Pairs, names: tuple[str, ...]) -> Iterator[tuple[Cell, ...]]:
    rank = np.lexsort((-np.nan_to_num(np.abs(pairs.change.value), nan=-1.0), -pairs.grades))
    for k in (int(k) for k in rank[:SHOWN] if np.isfinite(pairs.change.value[k])):
        first, second = names[pairs.first[k]], names[pairs.second[k]]
        id, words = f"correlation.{part(first)}.{part(second)}", f"of {first} and {second}"
        half = pairs.groups.quantile(0.975) * float(pairs.change.se[k])
        yield (
            first,
            second,
            measured(QUANTITY("{id}.reference", id=id, words=words), float(pairs.reference[k]), n=pairs.n0[k]),
            measured(QUANTITY("{id}.production", id=id, words=words), float(pairs.production[k]), n=pairs.n1[k]),
            measured(
                QUANTITY("{id}.difference", id=id, words=words),
                float(pairs.change.value[k]),
                n=pairs.n1[k],
                half=half,
                method=pairs.method,
            ),
            mark(pairs.grades[k]),
        )


def _findings(pairs: Pairs, made: Table, count: Fact, tested: Fact) -> Iterator[Finding]:
    if not count.value:
        return
    first, second, before, now = made.rows[0][:4]
    assert isinstance(first, str) and isinstance(second, str) and isinstance(before, Fact) and isinstance(now, Fact)
    told = f" pairs of features belong together differently than in training, first of all {first} and {second}"
    words = (count, " of ", tested, f"{told}: correlation ", before, " then, ", now, " now.")
    severe = bool((pairs.grades == 3).any())
    yield finding(
        "correlation.changed",
        "correlation",
        "severe" if severe else "confirmed",
        f"{first} and {second}",
        words,
        Claim(what="correlation", relation="differs", value=now, baseline=before, scope=Scope(feature=first)),
    )


ANALYSIS = Analysis(id="correlation", title="Correlations between features", run=run)
