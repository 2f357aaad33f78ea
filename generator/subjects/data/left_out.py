"""Takes the ledger, gives every kind of row that a figure leaves out: how many, of which figure, and where too many."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.estimates.facts import NO_TIME_COLUMN, PRODUCTION, number
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact
from generator.records.ledger import ROLES, TARGET, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.results.words import quantities, tables
from generator.stats.arrays import ratio

QUANTITY, TABLE = quantities(__file__), tables(__file__)

TOLD, SEVERE = 0.01, 0.1
"""Shares of the rows above which rows that are left out are a finding, and a severe one."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that are left out for one reason: how many (NaN: it cannot be told), of how many, and of which figures."""

    id: str
    rows: float
    of: float
    label: str
    words: str
    """What is said of them, behind their number."""
    figures: str
    reason: str = ""
    usual: bool = False
    """True where rows wait for their outcome: no finding is made of it."""


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the counts of what is left out, the kinds that are more than one row in a hundred, and the last day."""
    kinds = tuple(_kinds(project, ledger))
    facts = [number(k.id, k.rows, label=k.label, unit="rows", reason=k.reason or "not told") for k in kinds]
    shares = [
        number(QUANTITY("data.left_out.{id}.share", id=k.id.rpartition(".")[2], label=k.label), _share(k))
        for k in kinds
    ]
    many = number(QUANTITY("data.left_out.count", TOLD=TOLD), sum(_share(k) > TOLD and not k.usual for k in kinds))
    last = _last(ledger)
    told = tuple(
        (k.label, fact, share, k.figures) for k, fact, share in zip(kinds, facts, shares, strict=True) if k.rows > 0
    )
    return Evidence(
        facts=(*facts, *shares, many, last),
        tables=(TABLE("data.left_out", told, reason="no row is left out"),),
        findings=(*_findings(kinds, facts, shares), *_not_today(ledger, last)),
    )


def _kinds(project: Project, ledger: Ledger) -> Iterator[LeftOut]:
    sums, clock = ledger.production, ledger.clock
    place = len(ledger.plan.numeric)
    rows = float(sums.rows)
    infinite = _infinite(ledger, place + 1)
    yield LeftOut(
        id="prediction.missing",
        rows=rows - float(sums.total.n[place + 1]) - infinite,
        of=rows,
        label="Rows without a prediction",
        words=" of production have no prediction",
        figures="every figure of the error and of the predictions",
    )
    yield LeftOut(
        id="prediction.infinite",
        rows=infinite,
        of=rows,
        label="Rows whose prediction is infinite",
        words=" of production have an infinite prediction",
        figures="every figure of the error and of the predictions",
    )
    yield LeftOut(
        id="data.production.after_as_of",
        rows=float(clock.after),
        of=rows + clock.after,
        label="Rows of a day after that of the report",
        words=" of production are of a day after that of this report",
        figures="every figure",
    )
    yield LeftOut(
        id="data.production.undated",
        rows=math.nan if clock.undated is None else float(clock.undated),
        of=rows,
        label="Rows without a date",
        words=" of production have no date",
        figures="every figure by day",
        reason=NO_TIME_COLUMN,
    )
    yield from _of_outcomes(project, ledger, rows)
    yield _of_inputs(project, ledger, rows)
    yield from _of_keys(ledger, rows)


def _of_outcomes(project: Project, ledger: Ledger, rows: float) -> Iterator[LeftOut]:
    place = len(ledger.plan.numeric) + ROLES.index(TARGET)
    binary, sums = project.settings.data.task == "binary", ledger.production
    infinite = _infinite(ledger, place)
    yield LeftOut(
        id="data.production.other_outcomes",
        rows=float(sums.nans[place]) - infinite if binary and project.settings.data.positive else 0.0,
        of=rows,
        label="Rows whose outcome is neither of the two declared",
        words=" of production have an outcome that is neither of the two declared",
        figures="every figure of the error",
    )
    yield LeftOut(
        id="data.production.infinite_outcomes",
        rows=infinite,
        of=rows,
        label="Rows whose outcome is infinite",
        words=" of production have an infinite outcome",
        figures="every figure of the error",
    )


def _infinite(ledger: Ledger, place: int) -> float:
    sums = ledger.production.infinite
    return 0.0 if sums is None else float(sums.group[:, place].sum())


def _of_inputs(project: Project, ledger: Ledger, rows: float) -> LeftOut:
    """Return the rows of the input that has most infinite values, and what is done with them."""
    found = {name: _infinite(ledger, place) for place, name in enumerate(ledger.plan.numeric)}
    most = max(found, key=lambda name: found[name], default="")
    count = found.get(most, 0.0)
    asked = ", and the model was asked as if they were missing" if project.settings.model.path else ""
    return LeftOut(
        id="data.production.infinite_inputs",
        rows=count,
        of=rows,
        label=f"Rows whose input {most} is infinite, of its own figures alone"
        if count
        else "Rows whose input is infinite",
        words=f" of production have an infinite {most}, the input with most of them",
        figures=f"every figure of the values of this input{asked}; they are not missing and count in no missing rate",
    )


def _of_keys(ledger: Ledger, rows: float) -> Iterator[LeftOut]:
    labels = ledger.labels
    if labels is None:
        return
    early = int((labels.predictions - labels.labelled)[labels.mature].sum())
    immature = int(labels.labelled[~labels.mature].sum())
    awaited = int((labels.predictions - labels.labelled)[~labels.mature].sum())
    for key, count, of, label, words in (
        (
            "unmatched",
            labels.unmatched,
            labels.rows,
            "Labels without a prediction",
            " of the labels have no prediction",
        ),
        ("repeated", labels.duplicates, labels.rows, "Labels whose key came before", " of the labels repeat a key"),
        (
            "immature",
            immature,
            rows,
            "Labels of days that do not count yet",
            " of the labels are of such days",
        ),
        (
            "unlabelled",
            early,
            rows,
            "Predictions of days that count, without a label",
            " of the predictions have no label",
        ),
        (
            "awaited",
            awaited,
            rows,
            "Predictions of days that do not count yet, without a label",
            " of the predictions wait for their label",
        ),
    ):
        yield LeftOut(
            id=f"data.labels.left_out.{key}",
            rows=count,
            of=of,
            label=label,
            words=words,
            figures="every figure of the error",
            usual=key in {"immature", "unlabelled", "awaited"},
        )


def _share(kind: LeftOut) -> float:
    return 0.0 if math.isnan(kind.rows) else ratio(kind.rows, kind.of)


def _last(ledger: Ledger) -> Fact:
    return Fact(
        id="data.production.last_day",
        value=ledger.clock.last,
        label="Last day of the rows, where it is not believed",
        unit="date",
        source=PRODUCTION,
        reason="" if ledger.clock.last else "the last day of the rows is that of the report",
    )


def _findings(kinds: tuple[LeftOut, ...], facts: list[Fact], shares: list[Fact]) -> Iterator[Finding]:
    for kind, fact, share in zip(kinds, facts, shares, strict=True):
        if _share(kind) > TOLD and not kind.usual:
            yield finding(
                f"left_out.{kind.id.rpartition('.')[2]}",
                "data",
                "severe" if _share(kind) > SEVERE else "confirmed",
                kind.label,
                (fact, f"{kind.words} (", share, f") and are left out of {kind.figures}."),
                Claim(what="left_out", relation="above", value=share),
            )


def _not_today(ledger: Ledger, last: Fact) -> Iterator[Finding]:
    if ledger.clock.last is not None:
        words = (
            "The rows run until ",
            last,
            ", which lies after today or far from all other days and is not taken for the day of this report: "
            "mend the dates, or say with --as-of until which day rows count.",
        )
        claim = Claim(what="last_day", relation="holds", value=last)
        yield finding("left_out.last_day", "data", "confirmed", "Last day of the rows", words, claim)


ANALYSIS = Analysis(id="left_out", title="What is left out", run=run)
