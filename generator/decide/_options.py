"""Takes the declared parts of a run and the retraining options, gives what each option costs a year."""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.decide._facts import declared, derived
from generator.decide._known import number_of
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.project import Option, Project
from generator.records.table import Cell

DAYS_A_YEAR = 365
AGREEMENT = 0.02
"""Relative difference up to which two yearly costs agree: rounding, and 52 weeks against 52.14."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Costed:
    """An option with its runs and costs a year, recomputed and as stated."""

    option: Option
    interval: Fact
    runs: Fact
    cost: Fact
    stated: Fact
    difference: Fact
    implied: Fact
    """Cost of a run that the stated yearly cost implies at the runs of a 365-day year."""
    implied_whole: Fact
    """The same at whole runs a year, such as 52 weeks."""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all facts of the option."""
        return (self.interval, self.runs, self.cost, self.stated, self.difference, self.implied, self.implied_whole)

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
        parts.append((("people: ", hours, " × ", rate), derived(
            "retraining.run.people", product, unit="money", label="People", method="hours × hourly rate",
            source=f"{hours.source}, {rate.source}", reason="hours and hourly rate are not both declared",
        )))
    if run.compute_cost is not None:
        words: Sentence = ("compute",)
        if run.compute_minutes is not None:
            words = ("compute, ", _part(project, "compute_minutes", run.compute_minutes, "minutes"))
        parts.append((words, _part(project, "compute_cost", run.compute_cost, "money")))
    for field, value in (("validation_cost", run.validation_cost), ("rollout_cost", run.rollout_cost)):
        if value is not None:
            parts.append(((field.removesuffix("_cost"),), _part(project, field, value, "money")))
    return tuple(parts)


def run_cost(parts: tuple[tuple[Sentence, Fact], ...]) -> Fact:
    """Return the cost of one run, the sum of its parts."""
    values = [number_of(amount) for _, amount in parts]
    complete = bool(parts) and all(value is not None for value in values)
    return derived(
        "retraining.run.cost", math.fsum(value for value in values if value is not None) if complete else None,
        unit="money", label="Cost of one retraining", method="sum of the declared parts",
        source=", ".join(amount.id for _, amount in parts),
        reason="not declared (retraining.run)" if not parts else "a part of it is not declared",
    )


def cost_formula(parts: tuple[tuple[Sentence, Fact], ...], total: Fact) -> tuple[tuple[Cell, ...], ...]:
    """Return the rows that add up to the cost of a run."""
    return (*((words, amount) for words, amount in parts), ("one retraining", total)) if parts else ()


def costed_options(project: Project, cost: Fact) -> tuple[Costed, ...]:
    """Return every declared option with its costs, in the order of the project file."""
    return tuple(
        _costed(project, index, option, cost) for index, option in enumerate(project.settings.retraining.options)
    )


def runs_a_year(option: Option) -> float | None:
    """Return the runs a year of an option: 365 over its interval, else as declared."""
    return DAYS_A_YEAR / option.every_days if option.every_days else option.expected_runs


def _costed(project: Project, index: int, option: Option, cost: Fact) -> Costed:
    head, path = f"retraining.{segment_of(option.id)}", f"retraining.options.{index}"
    runs, one = runs_a_year(option), number_of(cost)
    yearly = None if runs is None or one is None else runs * one
    stated = declared(project, f"{head}.stated_cost_per_year", option.stated_cost_per_year,
                      f"{path}.stated_cost_per_year", unit="money", label=f"Stated cost a year, {option.title}")
    cost_fact = derived(
        f"{head}.cost_per_year", yearly, unit="money", label=f"Cost a year, {option.title}",
        method="runs a year × cost of a run", source=f"{head}.runs_per_year, {cost.id}",
        reason=cost.reason or "runs a year are not known",
    )
    return Costed(
        option=option,
        interval=_interval(project, option, head, path),
        runs=derived(
            f"{head}.runs_per_year", runs, unit="per year", label=f"Runs a year, {option.title}",
            method=f"{DAYS_A_YEAR} days / interval" if option.every_days else "as declared",
            reason=f"not declared ({path}.expected_runs)",
        ),
        cost=cost_fact,
        stated=stated,
        difference=_difference(head, stated, cost_fact),
        implied=_implied(f"{head}.stated_run_cost", stated, runs, "stated cost a year / runs of a 365-day year"),
        implied_whole=_implied(
            f"{head}.stated_run_cost_whole", stated, float(math.floor(runs)) if runs else None,
            "stated cost a year / whole runs a year",
        ),
    )


def _interval(project: Project, option: Option, head: str, path: str) -> Fact:
    if option.every_days is None:
        return missing(f"{head}.interval", "no fixed interval: triggered only", label="Interval", unit="days")
    return declared(project, f"{head}.interval", option.every_days, f"{path}.every_days", unit="days",
                    label=f"Interval, {option.title}")


def _difference(head: str, stated: Fact, cost: Fact) -> Fact:
    first, second = number_of(stated), number_of(cost)
    return derived(
        f"{head}.difference", None if first is None or second is None else first - second, unit="money",
        label="Stated less recomputed", method="stated − recomputed", source=f"{stated.id}, {cost.id}",
        reason=stated.reason or cost.reason,
    )


def _implied(id: str, stated: Fact, runs: float | None, method: str) -> Fact:
    value = number_of(stated)
    return derived(
        id, value / runs if value is not None and runs else None, unit="money", label="Cost of a run as stated",
        method=method, source=stated.id, reason=stated.reason or "runs a year are not known",
    )


def _part(project: Project, field: str, value: float | None, unit: str) -> Fact:
    return declared(project, f"declared.retraining.run.{field}", value, f"retraining.run.{field}", unit=unit,
                    label=field.replace("_", " ").capitalize())
