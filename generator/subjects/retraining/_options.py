"""Takes the declared parts of a run and the retraining options, gives what each option costs a year.

A year costs the runs and, where ageing is measured, what the model loses between them.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from generator.records.fact import Fact, Sentence, missing, own_facts, segment_of
from generator.records.project import Option, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell
from generator.results.words import quantities
from generator.stats.policies import PolicyOutcome
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.retraining._ageing import DAYS_A_YEAR, NEVER, Ageing, lost
from generator.subjects.retraining._paced import Year, cycle, longest_gap, most, paced, year

QUANTITY = quantities(__file__)

LEAP = 1.25
"""How many times the shortest rhythm that can be kept a declared one may be and still stand for it."""
SHORTEST = "fewest days from one retraining to the next; no declared option is near"
DATED = "runs of the next twelve months, each on its day"
PACED = "runs as often as triggers asked for one on the supplied days, as far as rollouts and freezes let them be"
AGREEMENT = 0.02
"""Relative difference up to which two yearly costs agree: rounding, and 52 weeks against 52.14."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Costed:
    """An option with its runs and costs a year, recomputed and as stated."""

    option: Option
    interval: Fact
    runs: Fact
    """A year in which every run comes on its day, as a stated cost counts them."""
    cost: Fact
    dated: Fact
    """The next twelve months, as rollouts and freezes let the runs be; `staleness` and `total` are theirs."""
    dated_cost: Fact
    year: Year | None
    """Its runs that have a day: by its rhythm, or by the longest gap."""
    paced: bool
    """Whether its runs are counted at the pace of the triggers."""
    gap: Fact
    staleness: Fact
    total: Fact
    stated: Fact
    difference: Fact
    implied: Fact
    """Cost of a run that the stated yearly cost implies at the runs of a 365-day year."""
    implied_whole: Fact
    """The same at whole runs a year, such as 52 weeks."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all facts of the option."""
        return own_facts(self)

    @property
    def agrees(self) -> bool | None:
        """Return whether stated and recomputed cost agree; None where one of them is not there."""
        stated, cost = number_of(self.stated), number_of(self.cost)
        if stated is None or cost is None:
            return None
        return abs(stated - cost) <= AGREEMENT * max(cost, 1e-12)


def run_parts(project: Project) -> tuple[tuple[Sentence, Fact], ...]:
    """Return the declared parts of the cost of a run: what each is, and how much."""
    run = project.settings.retraining.run
    parts: list[tuple[Sentence, Fact]] = []
    if run.people_hours is not None or run.hourly_rate is not None:
        hours = _part(project, "people_hours", run.people_hours, "hours")
        rate = _part(project, "hourly_rate", run.hourly_rate, "money")
        known = run.people_hours is not None and run.hourly_rate is not None
        product = (run.people_hours or 0.0) * (run.hourly_rate or 0.0) if known else None
        parts.append(
            (
                ("training: ", hours, " × ", rate),
                derived(QUANTITY("retraining.run.people"), product, source=f"{hours.source}, {rate.source}"),
            )
        )
    if run.compute_cost is not None:
        words: Sentence = ("compute",)
        if run.compute_minutes is not None:
            words = ("compute, ", _part(project, "compute_minutes", run.compute_minutes, "minutes"))
        parts.append((words, _part(project, "compute_cost", run.compute_cost, "money")))
    for name in ("validation", "rollout", "signoff"):
        if (hours := getattr(run, f"{name}_hours")) is not None:
            title, worked = "sign-off" if name == "signoff" else name, _part(project, f"{name}_hours", hours, "hours")
            parts.append(((f"{title}, ", worked), _worked(project, name, hours)))
    for field, value in (("validation_cost", run.validation_cost), ("rollout_cost", run.rollout_cost)):
        if value is not None:
            parts.append(((field.removesuffix("_cost"),), _part(project, field, value, "money")))
    return tuple(parts)


def _worked(project: Project, name: str, hours: float) -> Fact:
    """Return hours of work at the hourly rate."""
    rate = _part(project, "hourly_rate", project.settings.retraining.run.hourly_rate, "money")
    each = number_of(rate)
    return derived(
        QUANTITY("retraining.run.{name}", name=name, name_2=name.capitalize()),
        None if each is None else hours * each,
        source=f"retraining.run.{name}_hours, {rate.id}",
        reason=rate.reason,
    )


def run_cost(parts: tuple[tuple[Sentence, Fact], ...]) -> Fact:
    """Return the cost of one run, the sum of its parts."""
    values = [number_of(amount) for _, amount in parts]
    complete = bool(parts) and all(value is not None for value in values)
    return derived(
        QUANTITY("retraining.run.cost"),
        math.fsum(value for value in values if value is not None) if complete else None,
        source=", ".join(amount.id for _, amount in parts),
        reason=lacking(UNDECLARED, "retraining.run") if not parts else "a part of it is not declared",
    )


def cost_formula(parts: tuple[tuple[Sentence, Fact], ...], total: Fact) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows that add up to the cost of a run."""
    return (*((words, amount) for words, amount in parts), ("one retraining", total)) if parts else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Basis:
    """What every option is priced by: the cost of a run, the ageing or why there is none, and what a trigger does."""

    project: Project
    at: Known
    cost: Fact
    found: Ageing | None
    reason: str
    triggered: PolicyOutcome | None
    pace: Fact
    asked: datetime.date | None


def costed_options(basis: Basis) -> tuple[Costed, ...]:
    """Return every option with its costs: those of the project file in its order, then what they leave out."""
    declared_here = basis.project.settings.retraining.options
    every = (*declared_here, *left_out(declared_here, cycle(basis.at).number))
    return tuple(_costed(basis, index, option) for index, option in enumerate(every))


def left_out(options: tuple[Option, ...], shortest: float | None) -> tuple[Option, ...]:
    """Return the shortest rhythm that a rollout lets be kept, where declared ones leap from too short far past it."""
    rhythms = [one.every_days for one in options if one.every_days]
    if shortest is None or not any(days < shortest for days in rhythms):
        return ()
    if any(shortest <= days < LEAP * shortest for days in rhythms):
        return ()
    title, pros, cons = "As often as a rollout lets", "No version waits for its turn", "One rollout follows on another"
    return (Option(id="as-rollouts-let", title=title, every_days=math.ceil(shortest), pros=pros, cons=cons),)


def _costed(basis: Basis, index: int, option: Option) -> Costed:
    project, cost = basis.project, basis.cost
    head, path = f"retraining.{segment_of(option.id)}", f"retraining.options.{index}"
    simulated = None if longest_gap(option, project) else basis.triggered
    ahead, often = year(option, project, basis.at, asked=basis.asked), paced(option, project, basis.at, basis.pace)
    costed = year(option, project, basis.at, asked=basis.asked, days=often) if often else ahead
    runs = _runs(head, path, option, simulated)
    dated = _dated(head, runs, costed, PACED if often else DATED, option, basis)
    rate = number_of(runs)
    stated = declared(
        project,
        f"{head}.stated_cost_per_year",
        option.stated_cost_per_year,
        f"{path}.stated_cost_per_year",
        unit="money",
        label=f"Stated cost a year, {option.title}",
    )
    cost_fact = _in_money(f"{head}.cost_per_year", f"{counted(option)}, in money, {option.title}", runs, cost)
    label = f"Runs of the next twelve months in money, {option.title}"
    dated_cost = _in_money(f"{head}.dated_cost", label, dated, cost)
    staleness = _staleness(head, option, basis, dated, costed)
    total = _total(head, option, dated_cost, staleness)
    return Costed(
        option=option,
        interval=_interval(project, option, head, path if option in project.settings.retraining.options else ""),
        runs=runs,
        cost=cost_fact,
        dated=dated,
        dated_cost=dated_cost,
        year=ahead,
        paced=often is not None,
        gap=derived(
            QUANTITY("{head}.gap_longest", head=head, title=option.title),
            max(ahead.gaps) if ahead and ahead.gaps else None,
            method=DATED,
            reason="it has neither a rhythm nor a longest gap" if ahead is None else "one run is dated",
        ),
        staleness=staleness,
        total=total,
        stated=stated,
        difference=_difference(head, option.title, stated, cost_fact),
        implied=_implied(f"{head}.stated_run_cost", stated, rate, "stated cost a year / runs of a 365-day year"),
        implied_whole=_implied(
            f"{head}.stated_run_cost_whole",
            stated,
            float(math.floor(rate)) if rate else None,
            "stated cost a year / whole runs a year",
        ),
    )


def _runs(head: str, path: str, option: Option, simulated: PolicyOutcome | None) -> Fact:
    value = DAYS_A_YEAR / option.every_days if option.every_days else option.expected_runs
    method = f"{DAYS_A_YEAR} days / interval" if option.every_days else "as declared"
    if simulated:
        value, method = simulated.runs_per_year, "simulated: the best trigger between shortest and longest gap"
    return derived(
        QUANTITY("{head}.runs_per_year", head=head, title=option.title, counted=counted(option)),
        value,
        method=method,
        reason=lacking(UNDECLARED, f"{path}.expected_runs"),
        simulated=simulated is not None,
    )


def counted(option: Option) -> str:
    """Return what the runs are that a stated cost is held against; those that have a day are another count."""
    return (
        "Runs of a year without rollouts" if option.every_days else "Runs that triggers are expected to start in a year"
    )


def _dated(head: str, runs: Fact, ahead: Year | None, method: str, option: Option, basis: Basis) -> Fact:
    """Return the runs of the next twelve months that `ahead` has; of an option without any, those expected of it.

    Where a trigger fires now, one run has its day, so that they are no fewer.
    """
    expects, room = number_of(runs), (option.every_days is None and most(basis.at)) or math.inf
    return derived(
        QUANTITY("{head}.dated", head=head, title=option.title),
        ahead.runs if ahead else None if expects is None else max(min(expects, room), 1 if basis.asked else 0),
        method=method if ahead else f"{runs.method}, at most as many as a rollout lets",
        reason=runs.reason,
        simulated=ahead is None and runs.origin == "simulated",
    )


def _in_money(id: str, label: str, runs: Fact, cost: Fact) -> Fact:
    rate, one = number_of(runs), number_of(cost)
    return derived(
        id,
        None if rate is None or one is None else rate * one,
        unit="money",
        label=label,
        method="runs × cost of a run",
        source=f"{runs.id}, {cost.id}",
        reason=cost.reason or "runs a year are not known",
    )


def _staleness(head: str, option: Option, basis: Basis, dated: Fact, ahead: Year | None) -> Fact:
    """Return what is lost a year by the age of the versions while each serves, its rollout included.

    Every option has one basis: its dated runs, and where it has none, runs as often as are expected of it.
    """
    id, label, found = (
        f"{head}.staleness_per_year",
        f"Loss by ageing in the next twelve months, {option.title}",
        basis.found,
    )
    if found is None:
        return missing(id, basis.reason, label=label, unit="money")
    if found.state == "absent":
        return derived(id, 0.0, unit="money", label=label, method=NEVER, source="retraining.decay.scale")
    runs, late = number_of(dated), found.doubt.lag
    every = longest_gap(option, basis.project) or (DAYS_A_YEAR / runs if runs else None)
    if every is None:
        return missing(id, "how often it would run is not known", label=label, unit="money")
    spells = (ahead and ahead.spells) or ((late, late + every),)
    losses = (_mean_loss(spells, found, share) for share in (None, 0.025, 0.975))
    method = "mean loss of a version at its ages from all traffic on until the next has it × 365"
    how = f"{method}, growth cut off at zero"
    return lost(id, label, *losses, method=how, simulated=dated.origin == "simulated")


def _mean_loss(spells: Sequence[tuple[float, float]], found: Ageing, share: float | None) -> float:
    """Return the loss a year over all spells, from age to age; nothing where no version serves in them."""
    served = [(first, last - first) for first, last in spells if last > first]
    whole = sum(days for _, days in served) or 1.0
    return sum(days * found.staleness(days, share, first) for first, days in served) / whole


def _total(head: str, option: Option, cost: Fact, staleness: Fact) -> Fact:
    runs, lost = number_of(cost), number_of(staleness)
    both = runs is not None and lost is not None
    return derived(
        QUANTITY("{head}.total_per_year", head=head, title=option.title),
        (runs or 0.0) + (lost or 0.0) if both else None,
        source=f"{cost.id}, {staleness.id}",
        low=(runs or 0.0) + staleness.low if both and staleness.low is not None else None,
        high=(runs or 0.0) + staleness.high if both and staleness.high is not None else None,
        range=staleness.range,
        reason=cost.reason or staleness.reason,
    )


def _interval(project: Project, option: Option, head: str, path: str) -> Fact:
    if option.every_days is None:
        return missing(f"{head}.interval", "no fixed interval: triggered only", label="Interval", unit="days")
    id, label = f"{head}.interval", f"Interval, {option.title}"
    if not path:
        return derived(id, option.every_days, unit="days", label=label, method=SHORTEST, source="rollout.cycle")
    return declared(project, id, option.every_days, f"{path}.every_days", unit="days", label=label)


def _difference(head: str, title: str, stated: Fact, cost: Fact) -> Fact:
    first, second = number_of(stated), number_of(cost)
    return derived(
        QUANTITY("{head}.difference", head=head, title=title),
        None if first is None or second is None else first - second,
        source=f"{stated.id}, {cost.id}",
        reason=stated.reason or cost.reason,
    )


def _implied(id: str, stated: Fact, runs: float | None, method: str) -> Fact:
    value = number_of(stated)
    return derived(
        id,
        value / runs if value is not None and runs else None,
        unit="money",
        label=f"{stated.label}: {method}",
        method=method,
        source=stated.id,
        reason=stated.reason or "runs a year are not known",
    )


def _part(project: Project, field: str, value: float | None, unit: str) -> Fact:
    return declared(
        project,
        f"declared.retraining.run.{field}",
        value,
        f"retraining.run.{field}",
        unit=unit,
        label=field.replace("_", " ").capitalize(),
    )
