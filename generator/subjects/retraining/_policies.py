"""Takes ageing in money and how noisy a day is, gives schedule, trigger and both together: simulated costs."""

import math
from dataclasses import dataclass, replace

import numpy as np

from generator.records.fact import SIMULATION, Fact
from generator.records.project import Project
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.policies import Policy, PolicyOutcome, World, best_level, simulate
from generator.stats.trend import detrend
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import by_day
from generator.subjects.limits.series import rows_a_day
from generator.subjects.retraining._ageing import Ageing

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SEED, PATHS, DAYS = 20_260_101, 40, 1_460
NOTHING = 1e-9
"""Share of a sum below which its range is rounding: every simulated course gave the same."""
LEVELS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Trigger levels that are tried, as shares of the cost of a run."""
JUMP_EVERY, JUMP_DAYS, FASTER = 90.0, 60.0, 3.0
"""Days between jumps of the second world, each as large as this many days of ageing; decay of the third."""
NAMES = {
    "schedule": "Fixed schedule",
    "trigger": "Trigger alone, after the shortest gap",
    "hybrid": "Trigger between shortest and longest gap",
    "longest": "Longest gap alone",
}
NO_DAILY = "no daily errors, so a trigger has nothing to see"


@dataclass(frozen=True, kw_only=True)
class SimulatedPolicies:
    """What was simulated: outcomes by policy in each world, and the gaps and level of the triggers."""

    worlds: tuple[dict[str, PolicyOutcome], ...]
    level: float
    shortest: float
    longest: float
    scheduled: float


def policies(at: Known, project: Project, found: Ageing | None) -> SimulatedPolicies | None:
    """Simulate the policies; None without ageing or daily errors to see it by.

    Gaps are from run to run; a run is decided on `late` days before its version serves, whose age is then that of a
    version that a rollout has taken to all the traffic.
    """
    noise = _noise(at, project)
    if found is None or noise is None:
        return None
    best, cost = found.doubt.best(), found.doubt.cost
    if not math.isfinite(best.interval):
        return None
    limit = project.settings.retraining.maximum_gap_days
    lead = project.settings.retraining.run.delay_days or 0
    late = max(lead + (at.number("data.labels.delay.p90") or 0.0), found.doubt.lag)
    longest = max(round(max(late, limit or 2.0 * best.interval)), 1)
    shortest = max(round(max(late, best.interval / 3.0)), 1)
    shortest = min(shortest, longest)
    lag = found.doubt.lag
    scheduled = max(round(min(max(best.interval, lag), limit or math.inf)), 1)
    ages = range(min(round(6.0 * longest), DAYS + 1))  # nothing grows older than the days that are simulated
    world = World(loss=np.array([found.per_day(lag + age) for age in ages]), noise=noise)
    seeing = Policy(slack=best.cost_per_day / 2.0, gap=shortest - round(late))
    latest, rhythm = (max(days - round(late), 0) for days in (longest, scheduled))
    level = best_level(
        world,
        [share * cost for share in LEVELS],
        replace(seeing, every=latest),
        cost,
        lead=round(late),
        days=DAYS,
        paths=PATHS,
        seed=SEED,
    )
    tried = {
        "schedule": Policy(every=rhythm),
        "trigger": replace(seeing, level=level),
        "hybrid": replace(seeing, level=level, every=latest),
        "longest": Policy(every=latest),
    }
    worlds = (
        world,
        replace(world, jump_rate=1.0 / JUMP_EVERY, jump_mean=found.per_day(JUMP_DAYS)),
        replace(world, loss=FASTER * world.loss),
    )
    outcomes = tuple(
        dict(
            zip(
                tried,
                simulate(one, list(tried.values()), cost, lead=round(late), days=DAYS, paths=PATHS, seed=SEED),
                strict=True,
            )
        )
        for one in worlds
    )
    return SimulatedPolicies(worlds=outcomes, level=level, shortest=shortest, longest=longest, scheduled=scheduled)


def _noise(at: Known, project: Project) -> float | None:
    """Return how the loss of a day varies about its level, line or step, in money."""
    metric = "brier" if project.settings.data.task == "binary" else "mae"
    seen = np.array([fact.number for fact in by_day(at.shelf, metric).values() if fact.number is not None])
    price, rows = at.number("business.price_of_error"), rows_a_day(at)
    if seen.size < 5 or price is None or rows is None:
        return None
    return float(detrend(seen).residual.std(ddof=1)) * price * rows


def policy_facts(found: SimulatedPolicies | None, reason: str) -> tuple[Fact, ...]:
    """Return gaps and level of the recommended trigger."""
    words = (
        (
            "level",
            found.level if found else None,
            "money",
            "Loss above that of a fresh model at which a run begins",
            "CUSUM of the daily loss, level of least simulated cost",
        ),
        (
            "shortest_gap",
            found.shortest if found else None,
            "days",
            "Shortest gap between retrainings",
            "a third of the interval of least cost, at least until labels and rollout are there",
        ),
        (
            "longest_gap",
            found.longest if found else None,
            "days",
            "Longest gap between retrainings",
            "as declared, else twice the interval of least cost; at least until a rollout is there",
        ),
    )
    bound = flag(
        QUANTITY("retraining.policy.bound"),
        None if found is None else found.shortest >= found.longest,
        reason=reason or NO_DAILY,
    )
    return bound, *(
        derived(
            f"retraining.policy.{name}",
            value,
            unit=unit,
            label=label,
            method=method,
            reason=reason or NO_DAILY,
            source="retraining.best.interval",
            simulated=name == "level",
        )
        for name, value, unit, label, method in words
    )


def policies_table(found: SimulatedPolicies | None, reason: str) -> Table:
    """Return what each policy costs in each world against the longest gap alone, whose price the calendar has."""
    rows = () if found is None else tuple(_row(name, found) for name in NAMES)
    return TABLE("retraining.policies", rows, reason=reason or NO_DAILY)


def _row(name: str, found: SimulatedPolicies) -> tuple[Cell, ...]:
    head = f"retraining.policy.{name}"
    every = {"schedule": found.scheduled, "trigger": None}.get(name, found.longest)
    return (
        NAMES[name],
        derived(
            f"{head}.interval",
            every,
            unit="days",
            label=f"Longest gap, {NAMES[name]}",
            method="as simulated",
            reason="no longest gap",
        ),
        _simulated(f"{head}.runs_per_year", found.worlds[0][name].runs_per_year, "per year", WORLDS[0]),
        *(
            _against(f"{head}.against_longest{end}", world[name], world["longest"], what)
            for world, end, what in zip(found.worlds, ("", "_jumps", "_faster"), WORLDS, strict=True)
        ),
    )


def _against(id: str, own: PolicyOutcome, longest: PolicyOutcome, world: str) -> Fact:
    """Return what a policy costs more or less than runs by the longest gap alone, as a share of that."""
    reach = 0.0 if own is longest else 2.0 * math.hypot(own.se, longest.se) / longest.cost_per_day
    return _simulated(id, own.cost_per_day / longest.cost_per_day - 1.0, "change", world, reach)


WORLDS = ("ageing as measured", "a jump as large as sixty days of ageing every ninety days", "ageing times three")


def _simulated(id: str, value: float, unit: str, world: str, reach: float = 0.0) -> Fact:
    around = reach if math.isfinite(reach) and reach > NOTHING else None
    return derived(
        id,
        value,
        unit=unit,
        simulated=True,
        method=f"{PATHS} simulated courses of {DAYS} days, {world}",
        low=None if around is None else value - around,
        high=None if around is None else value + around,
        range=SIMULATION,
        n=PATHS * DAYS,
        source="retraining.decay.scale",
    )


def triggered(found: SimulatedPolicies | None) -> PolicyOutcome | None:
    """Return what a triggered option comes to: the trigger between shortest and longest gap."""
    return found.worlds[0]["hybrid"] if found else None
