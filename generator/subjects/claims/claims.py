"""Takes the figures that documents state, gives which of them hold, which contradict one another, and why."""

from collections.abc import Callable, Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, facts_in
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import tables
from generator.subjects.claims._book import Book, Checked, book
from generator.subjects.claims._brief import ALL_HOLD, asks, figures, others, spoken_of, worst
from generator.subjects.claims._changes import changes
from generator.subjects.claims._meaning import averages, bases, benefits, limits, ratios, responses
from generator.subjects.claims._sums import measured, recomputed, ruled
from generator.subjects.claims._time import chronology, releases, systems
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import known

TABLE = tables(__file__)

CHECKS: tuple[Callable[[Book], Iterator[Checked]], ...] = (
    recomputed,
    ruled,
    changes,
    limits,
    averages,
    ratios,
    benefits,
    bases,
    measured,
    chronology,
    releases,
    systems,
    responses,
)
MARKS = {
    "ok": Mark(status="ok", word="holds"),
    "conflict": Mark(status="fail", word="conflict"),
    "watch": Mark(status="watch", word="ambiguous"),
    "unverifiable": Mark(status="inconclusive", word="unverifiable"),
}
ORDER = ("conflict", "watch", "unverifiable", "ok")


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Check every stated figure and rule; without any, say so."""
    claims = project.settings.claims
    none = lacking("no stated figures declared", "claims.figures", file=project.file)
    if not claims.figures and not claims.rules:
        return Decisions(
            facts=(*spoken_of((), none), *_counts((), none)),
            tables=(
                *_tables((), none, none),
                _worked_out((), none),
                worst((), none),
                others((), none),
                asks(None, (), none),
                figures(None, none),
            ),
        )
    at = book(project, known(evidence, earlier))
    every = [one for check in CHECKS for one in check(at)]
    every += _unused(at, every)
    facts = {fact.id: fact for one in every for fact in one.facts}
    problems = sorted((one for one in every if one.status != "ok"), key=lambda one: ORDER.index(one.status))
    return Decisions(
        facts=(*spoken_of(claims.figures, none), *_counts(every, none), *facts.values()),
        tables=(
            *_tables(every, none, ALL_HOLD),
            _derived(at),
            worst(every),
            others(every),
            asks(at, every),
            figures(at, none),
        ),
        findings=tuple(_finding(one) for one in problems),
    )


def _unused(at: Book, every: list[Checked]) -> Iterator[Checked]:
    """Name the figures that take part in no check: nothing follows from them."""
    used = {id for one in every for id in one.figures}
    for one in every:
        used |= {name for id in one.figures if id in at.defining for name in at.reaches(at.defining[id])}
    idle = [entry for id, entry in at.entries.items() if id not in used and entry.figure.stated is not None]
    if not idle:
        return
    words: Sentence = ("Stated, but nothing is worked out from it, and nothing bears it out: ",)
    for number, entry in enumerate(idle):
        words = (*words, "; " if number else "", *entry.named)
    yield Checked(
        id="unused",
        kind="unused",
        subject="Figures that enter no calculation",
        status="watch",
        where=idle[0].where,
        figures=tuple(entry.id for entry in idle),
        stated=idle[0].shown,
        words=(*words, "."),
    )


def _derived(at: Book) -> Table:
    """List the figures that no document states and a formula gives."""
    found = (at.entries[id] for id in at.defining)
    rows = tuple((one.title, one.shown, one.figure.formula or "", one.figure.why or "") for one in found)
    return _worked_out(rows, "every figure is stated, none is worked out")


def _worked_out(rows: tuple[tuple[Cell, ...], ...], reason: str) -> Table:
    return TABLE("claims.derived", rows, reason=reason)


def _finding(one: Checked) -> Finding:
    severity: Severity = "confirmed" if one.status == "conflict" else "watch"
    words = (*one.words, " ", *one.cause) if one.cause else one.words
    claim = Claim(what=one.kind, relation="contradicts", value=next(facts_in(words), None))
    return finding(f"claim.{one.id}", "claim", severity, one.subject, words, claim)


def _counts(every: tuple[Checked, ...] | list[Checked], none: str) -> tuple[Fact, ...]:
    def count(id: str, value: int, label: str, method: str) -> Fact:
        return derived(
            f"claims.count.{id}", value if every else None, unit="count", label=label, method=method, reason=none
        )

    by = {status: sum(one.status == status for one in every) for status in ORDER}
    return (
        count("checked", len(every), "Checks of stated figures", "formulas, rules, and what names and dates imply"),
        count("ok", by["ok"], "Checks that hold", "both sides agree within rounding"),
        count("conflicts", by["conflict"], "Checks that fail", "both sides cannot hold, whatever the rounding"),
        count(
            "ambiguous",
            by["watch"],
            "Ambiguous figures",
            "the unit, the rounding, the use or an assumption leaves it open",
        ),
        count("unverifiable", by["unverifiable"], "Figures that cannot be checked", "something is not known"),
    )


def _tables(every: tuple[Checked, ...] | list[Checked], none: str, all_hold: str) -> tuple[Table, ...]:
    problems = sorted((one for one in every if one.status != "ok"), key=lambda one: ORDER.index(one.status))
    rows = (
        (one.id, one.subject, one.where, one.kind, one.stated, one.recomputed, one.difference, MARKS[one.status])
        for one in every
    )
    told: list[tuple[Cell, ...]] = [
        (MARKS[one.status], one.subject, one.where, one.words, one.cause) for one in problems
    ]
    return (
        TABLE("claims.checked", rows, reason=none),
        TABLE("claims.conflicts", told, reason=all_hold),
    )


DECISION = Decision(id="claims", title="Consistency of stated figures", run=run)
