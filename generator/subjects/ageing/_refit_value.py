"""Takes a ledger, gives the value of a refit: on these rows, on new ones, on entities left out, and step by step."""

import math
from collections.abc import Iterator

from generator.estimates.facts import number, target_unit
from generator.estimates.intervals import in_turn
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import Project
from generator.results.words import quantities
from generator.stats.distributions import t_quantile
from generator.stats.refit import Gain, refit_gain
from generator.subjects.ageing._ageing import RefitStep, Spread, daily_design, newest_gain, offset_days

QUANTITY = quantities(__file__)

HEAD = "retraining.value_of_refit"
UNKNOWN = Spread(value=math.nan, reach=math.nan)
SOURCE = "ledger: production design"
NO_DESIGN = "only a linear model can be refitted without its rows, and only where this build opened it"


def refit_facts(project: Project, ledger: Ledger) -> Iterator[Fact]:
    """Yield what refitting a linear model on the supplied rows gains, and how many rows that takes."""
    gain = _gain(ledger)
    yield from _gains(gain, _squared(project), not ledger.entity_groups)
    yield number(
        QUANTITY("retraining.value_of_refit.effective_rows"), gain.effective_rows if gain else math.nan, source=SOURCE
    )
    yield number(
        QUANTITY("retraining.value_of_refit.rows_needed"),
        gain.rows_needed if gain else math.nan,
        source=SOURCE,
        reason=NO_DESIGN if gain is None else "the model in use loses nothing against a refit",
    )


def _squared(project: Project) -> str:
    unit = project.settings.data.target_unit
    return f"{unit}²" if unit else ""


def _gain(ledger: Ledger) -> Gain | None:
    groups, linear = ledger.production.design, ledger.linear
    if groups is None or linear is None or linear.link == "logit":
        return None
    return refit_gain(groups, ledger.production.design_day, range(len(linear.columns)))


def _gains(gain: Gain | None, unit: str, independent: bool) -> Iterator[Fact]:
    reach = t_quantile(0.975, 63.0) * gain.held_out_se if gain else math.nan
    held = gain.held_out if gain else math.nan
    rows = (
        (
            "in_sample",
            gain.in_sample if gain else math.nan,
            math.nan,
            "Refit on these rows, scored on them",
            "mean squared error of the model in use less that of the refit, exactly, from the cross-products",
        ),
        (
            "excess",
            gain.excess if gain else math.nan,
            math.nan,
            "Loss of the model in use against the best coefficients",
            "the same less parameters × s²/n",
        ),
        (
            "out_of_sample",
            gain.out_of_sample if gain else math.nan,
            math.nan,
            "Gain of a refit on new rows",
            "the same less twice parameters × s²/n, n the effective rows",
        ),
        ("held_out", held, reach, "Gain of a refit on entities it never saw", in_turn(independent)),
    )
    for name, value, around, label, method in rows:
        yield number(
            f"{HEAD}.{name}",
            value,
            label=label,
            unit=unit,
            low=value - around,
            high=value + around,
            method=method,
            source=SOURCE,
            reason=NO_DESIGN,
            n=gain.rows if gain else None,
        )


def step_facts(project: Project, ledger: Ledger) -> Iterator[Fact]:
    """Yield what a new level, a new spread and a refit would have gained on the newest third of the days."""
    k = len(ledger.linear.columns) if ledger.linear else 0
    steps = {
        "intercept": newest_gain(ledger, offset_days(ledger)),
        "slope": newest_gain(ledger, daily_design(ledger, [k])),
        "refit": newest_gain(ledger, daily_design(ledger)),
    }
    for name, step in steps.items():
        yield _step(name, step, _squared(project))
    yield _left(steps["refit"], project)


def _left(step: RefitStep | None, project: Project) -> Fact:
    """Return the root mean squared error that refits would have had."""
    left = step.left if step else UNKNOWN
    return number(
        QUANTITY("retraining.ladder.refit.error"),
        math.sqrt(left.value),
        unit=target_unit(project),
        low=math.sqrt(max(left.value - left.reach, 0.0)),
        high=math.sqrt(left.value + left.reach),
        n=step.rows if step else None,
    )


def _step(name: str, step: RefitStep | None, unit: str) -> Fact:
    gain = step.gain if step else UNKNOWN
    return number(
        QUANTITY("retraining.ladder.{name}.gain", name=name),
        gain.value,
        unit=unit,
        low=gain.value - gain.reach,
        high=gain.value + gain.reach,
        n=step.rows if step else None,
    )
