"""Takes the project and what is known, gives every figure that a formula may name: its number, its unit, its fact."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from generator.estimates.facts import place
from generator.records.fact import DECLARED, SCENARIO, Fact, Sentence
from generator.records.project import Project, StatedFigure
from generator.records.project.leaves import NumberAt, numbers_of
from generator.records.table import Cell
from generator.stats import printed, stated
from generator.stats.formula import Comparison, Name, Node, names, parse
from generator.stats.rounded import DATE, SECONDS, Rounded, exact
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known

ROUNDING = "recomputed; the limits carry the rounding of the printed digits"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A figure with its number, None where `shown` says why there is none; `shown` is how sentences print it."""

    id: str
    title: str
    where: str
    number: Rounded | None
    unit: str
    bound: str
    shown: Fact
    figure: StatedFigure

    @property
    def named(self) -> Sentence:
        """Return its title, where it is stated, and what it says."""
        return (f"{self.title}{f' ({self.where})' if self.where else ''}: ", self.shown)


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """All figures by id, the numbers of all names, and the formulas that define figures which nothing states."""

    project: Project
    at: Known
    entries: Mapping[str, Entry]
    values: Mapping[str, Rounded]
    leaves: Mapping[str, NumberAt]
    defining: Mapping[str, Node]

    def name(self, name: str) -> Sentence:
        """Return a name of a formula as its title and what it says."""
        if name in self.entries:
            return self.entries[name].named
        leaf = self.leaves[name]
        return (f"{name.replace('_', ' ')}: ", self.declared(leaf))

    def declared(self, leaf: NumberAt) -> Fact:
        """Return the declared fact of a number of the project file."""
        own = f"claims.named.{leaf.path}"
        told = self.at.facts.get(f"declared.{leaf.path}")
        return told or declared(self.project, own, leaf.value, leaf.path, unit=leaf.unit)

    def unit_of(self, name: str) -> str:
        return self.entries[name].unit if name in self.entries else self.leaves[name].unit

    def alike(self, entry: Entry) -> Iterator[Entry]:
        """Yield the other figures of the same quantity that are called the same."""
        wanted = (entry.figure.quantity, entry.figure.called)
        for other in self.entries.values():
            if other.id != entry.id and wanted[0] and (other.figure.quantity, other.figure.called) == wanted:
                yield other

    def with_number(self, name: str, number: Rounded) -> Mapping[str, Rounded]:
        """Return the numbers of all names if one of them were another, what it defines included."""
        kept = {key: value for key, value in self.values.items() if key not in self.defining}
        values, _ = stated.work_out({**kept, name: number}, self.defining)
        return values

    def reaches(self, node: Node | Comparison) -> Iterator[str]:
        """Yield the names of a formula, and those that they in turn are worked out from."""
        seen: set[str] = set()
        waiting = [name.name for name in names(node)]
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                yield name
                formula = self.entries[name].figure.formula if name in self.entries else None
                waiting += [inner.name for inner in names(parse(formula))] if formula else []


def book(project: Project, at: Known) -> Book:
    """Return the figures of a project whose formulas the loading has found to be sound."""
    claims = project.settings.claims
    leaves = {name: leaf for leaf in numbers_of(project.settings) for name in (leaf.path, leaf.alias)}
    known = {name: stated.declared(leaf.value, leaf.unit) for name, leaf in leaves.items()}
    first = [_entry(project, at, index, figure) for index, figure in enumerate(claims.figures)]
    known.update({one.id: one.number for one in first if one.number is not None})
    defining = {
        one.id: parse(one.figure.formula)
        for one in first
        if one.figure.formula and one.figure.stated is None and one.figure.measured_by is None
    }
    values, refused = stated.work_out(known, defining)
    entries = {
        one.id: _defined(one, values.get(one.id), refused.get(one.id, "")) if one.id in defining else one
        for one in first
    }
    return Book(project=project, at=at, entries=entries, values=values, leaves=leaves, defining=defining)


def _entry(project: Project, at: Known, index: int, figure: StatedFigure) -> Entry:
    title = figure.title or figure.id.replace("_", " ")
    blank = Entry(
        id=figure.id,
        title=title[:1].upper() + title[1:],
        where=figure.where or "",
        number=None,
        unit=figure.unit or "",
        bound="",
        figure=figure,
        shown=derived(f"claims.{figure.id}.stated", None),
    )
    if figure.stated is not None:
        return _as_printed(project, index, blank, figure.stated)
    return _as_measured(at, blank) if figure.measured_by is not None else blank


def _as_printed(project: Project, index: int, blank: Entry, text: str) -> Entry:
    found = printed.read(text, counted=blank.figure.counted)
    unit = blank.figure.unit or found.unit
    if unit == "share" and found.signed and blank.figure.change_from:
        unit = "change"
    shown = Fact(
        id=f"claims.{blank.id}.printed",
        value=" ".join(text.split()),
        label=blank.title,
        origin="declared",
        method="as printed",
        source=place(project, f"claims.figures.{index}.stated"),
    )
    return replace(blank, number=found.number, unit=unit, bound=found.bound, shown=shown)


def _as_measured(at: Known, blank: Entry) -> Entry:
    fact = at.fact(blank.figure.measured_by or "")
    return replace(blank, number=number_in(fact), unit=blank.figure.unit or fact.unit, shown=fact)


def number_in(fact: Fact) -> Rounded | None:
    """Return the number of a fact with its interval as limits."""
    if isinstance(fact.value, datetime.date):
        return exact(fact.value.toordinal(), DATE)
    if not isinstance(fact.value, (int, float)) or isinstance(fact.value, bool):
        return None
    value, time = float(fact.value), fact.unit if fact.unit in SECONDS else ""
    both = fact.low is not None and fact.high is not None
    return Rounded(value=value, low=fact.low if both else value, high=fact.high if both else value, unit=time)  # type: ignore[arg-type]  # both limits were just seen to be there


def _defined(one: Entry, number: Rounded | None, reason: str) -> Entry:
    unit = one.unit or (number.unit if number else "")
    id = f"claims.{one.id}.recomputed"
    shown = number_fact(id, number, unit, label=one.title, reason=reason, source=one.figure.formula or "")
    return replace(one, number=number, unit=unit, shown=shown)


def number_fact(
    id: str,
    number: Rounded | None,
    unit: str,
    *,
    label: str,
    source: str = "",
    reason: str = "",
    method: str = ROUNDING,
) -> Fact:
    """Return the fact of a recomputed number with the limits of its rounding."""
    if number is None:
        return derived(id, None, unit=unit, label=label, reason=reason)
    if number.unit == DATE:
        return derived(id, datetime.date.fromordinal(round(number.value)), unit="date", label=label, method=method)
    wide = number.high > number.low
    unit = unit if unit and unit not in SECONDS else number.unit or unit
    return derived(
        id,
        number.value,
        unit=unit,
        label=label,
        method=method,
        source=source,
        low=number.low if wide else None,
        high=number.high if wide else None,
        range=SCENARIO if method == ROUNDING else DECLARED,
    )


def bare(node: Node) -> str:
    """Return the name that a side of a rule consists of; empty where it is worked out."""
    return node.name if isinstance(node, Name) else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One check and what came of it; `words` tell a finding with both sides, `cause` what probably lies behind."""

    id: str
    kind: str
    subject: str
    where: str = ""
    status: str
    """ok, conflict (both cannot hold), watch (ambiguous) or unverifiable."""
    stated: Cell = ()
    recomputed: Cell = ()
    difference: Cell = ()
    words: Sentence
    cause: Sentence = ()
    weight: float = 0.0
    """How far both sides are apart, for the choice of the worst."""
    figures: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    assuming: str = ""
    """What has to be so for it to be a check at all; where it fails, either a figure or this is wrong."""
