"""What acting on a probability costs: by threshold, by tier, within capacity, and where a second look pays."""

import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.decision_points import (
    NO_COSTS,
    POINT_COLUMNS,
    Point,
    Scene,
    acted,
    capacity_threshold,
    captured,
    cost_of,
    costs_of,
    grid,
    hits,
    money,
    points,
)
from generator.estimates.facts import NO_LABELS, date_of, declared, number
from generator.estimates.intervals import Estimate
from generator.estimates.score_sums import score_sums
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, missing, segment_of
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.business import DAYS_A_MONTH
from generator.subjects.acting._tiers import tiers
from generator.subjects.limits.series import step_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return costs, thresholds and tiers of a binary model; nothing for a regression."""
    scene = _scene(project, ledger)
    if scene is None:
        why = NO_LABELS if ledger.plan.binary else "the model predicts numbers, not chances"
        return Evidence(facts=(missing("decision.threshold.optimal", why, label="Threshold that the costs give"),))
    compared = [_row(scene, point) for point in points(scene)]
    held, tier_table, blurred = tiers(scene)
    facts = [*_thresholds(project, scene), *_capacity(scene), *_review(scene), *held]
    facts += [cell for row in compared for cell in row if isinstance(cell, Fact)]
    table = Table(
        id="decision.points", title="Ways to act and what they cost", columns=POINT_COLUMNS, rows=tuple(compared)
    )
    curve, flat = _curve(scene)
    return Evidence(
        facts=(*facts, *flat),
        tables=(table, curve, tier_table),
        findings=(*_regret(facts), *_acts_from(scene, facts), *blurred),
    )


def _scene(project: Project, ledger: Ledger) -> Scene | None:
    scores = score_sums(ledger)
    if scores is None or not scores.labelled:
        return None
    decision = project.settings.decision
    dated = [day for one in ledger.production.days if (day := date_of(int(one))) is not None]
    return Scene(
        scores=scores,
        decision=decision,
        costs=costs_of(decision),
        days=len(dated) * step_of(sorted(dated)),
    )


def _thresholds(project: Project, scene: Scene) -> list[Fact]:
    current = scene.decision.threshold
    why = "no probability is worth acting from at these costs" if scene.costs else NO_COSTS
    return [
        declared(
            project, "decision.threshold.current", "decision.threshold", current, label="Threshold today", unit="share"
        ),
        number(QUANTITY("decision.threshold.optimal"), scene.best, source="decision.costs", reason=why),
        number(QUANTITY("decision.per_day"), scene.per_day),
        number(
            QUANTITY("decision.acted_per_day"), scene.per_day * acted(scene, math.nan if current is None else current)
        ),
    ]


def _row(scene: Scene, point: Point) -> tuple[Cell, ...]:
    name, title, at = f"decision.{point.id}", point.title, point.at
    nobody, monthly = math.isinf(at), scene.per_day * DAYS_A_MONTH
    rates = [
        (f"{name}.hits", hits(scene, at), "of these positive"),
        (f"{name}.captured", captured(scene, at), "positives reached"),
    ]
    shares = [
        number(
            id,
            found.value,
            label=f"{title}: {label}",
            unit="share",
            low=found.low,
            high=found.high,
            n=found.n,
            method=found.method,
            reason="nobody is acted on",
        )
        for id, found, label in rates
    ]
    share = 0.0 if nobody else acted(scene, at)
    where: Cell = () if nobody else number(QUANTITY("{name}.from", name=name, title=title), at, origin="derived")
    return (
        title,
        where,
        number(QUANTITY("{name}.acted", name=name, title=title), share),
        *shares,
        *_costs(scene, point, monthly),
    )


def _costs(scene: Scene, point: Point, monthly: float) -> tuple[Cell, Cell, Cell]:
    name, current = f"decision.{point.id}", scene.decision.threshold
    if scene.costs is None:
        return (), (), ()
    cost = cost_of(scene, point.at)
    against: Cell = ()
    if current is not None and point.id != "current":
        less = cost_of(scene, point.at, current)
        against = money(f"{name}.against_current", less, f"{point.title}: a month against today", times=monthly)
    return (
        money(f"{name}.cost", cost, f"{point.title}: cost a case"),
        money(
            f"{name}.cost_per_month",
            cost,
            f"{point.title}: cost a month",
            times=monthly,
            reason="the rows have no dates",
        ),
        against,
    )


def _capacity(scene: Scene) -> list[Fact]:
    """Return where capacity binds, and what one more case a day would bring."""
    at, capacity = capacity_threshold(scene), scene.decision.capacity_per_day
    none = (
        lacking("no capacity declared", "decision.capacity_per_day", file=PROJECT)
        if capacity is None
        else "the rows have no dates"
    )
    binds = math.isfinite(at) and math.isfinite(scene.best) and at > scene.best
    wasted = math.nan if scene.costs is None else scene.costs.false_positive - scene.costs.true_negative
    price = scene.stake * at - wasted if binds else 0.0 if math.isfinite(at) and scene.costs else math.nan
    flag = number(QUANTITY("decision.capacity.threshold"), at, reason=none)
    return [
        flag,
        number(QUANTITY("decision.capacity.shadow_price"), price, reason=none if scene.costs else NO_COSTS),
        Fact(id="decision.capacity.binds", value=bool(binds), label="Capacity is the tighter limit", origin="derived")
        if math.isfinite(at)
        else Fact(id="decision.capacity.binds", value=None, reason=none, label="Capacity is the tighter limit"),
    ]


def _review(scene: Scene) -> list[Fact]:
    """Return the probabilities so near the threshold that a person's look costs less than the mistake it avoids."""
    cost, best = scene.decision.review_cost, scene.best
    none = (
        lacking("no cost of a second look declared", "decision.review_cost", file=PROJECT) if cost is None else NO_COSTS
    )
    reach = cost / scene.stake if cost is not None and math.isfinite(best) and scene.stake > 0 else math.nan
    low, high = max(best - reach, 0.0), min(best + reach, 1.0)
    share = math.nan
    if math.isfinite(reach):
        inside = slice(scene.place(low), scene.place(high))
        share = float(scene.scored[inside].sum()) / max(float(scene.scored.sum()), 1.0)
    ends = {"low": (low, "A second look pays outside, below"), "high": (high, "A second look pays outside, above")}
    bounds = [
        number(
            QUANTITY("decision.review.{end}", end=end),
            value if math.isfinite(reach) else math.nan,
            label=label,
            origin="derived",
            reason=none,
        )
        for end, (value, label) in ends.items()
    ]
    return [
        *bounds,
        number(QUANTITY("decision.review.cases"), share, reason=none),
    ]


def _curve(scene: Scene) -> tuple[Table, list[Fact]]:
    """Return the cost a case along the thresholds, and the range whose cost cannot be told from the lowest."""
    rows: list[tuple[Cell, ...]] = []
    same: list[float] = []
    lowest = next((point.at for point in points(scene) if point.id == "lowest"), math.nan)
    for i, at in enumerate(grid(scene) if scene.costs else np.zeros(0)):
        name = f"decision.curve.{i}"
        rows.append(
            (
                number(f"{name}.from", at, label="From", unit="share", origin="derived"),
                number(f"{name}.acted", acted(scene, at), label="Acted on", unit="share"),
                money(f"{name}.cost", cost_of(scene, at), f"Cost a case where one acts from {at:.2f}"),
            )
        )
        if _not_worse(cost_of(scene, at, lowest)):
            same.append(float(at))
    table = TABLE("decision.curve", rows, reason=NO_COSTS)
    ends = (min(same), max(same)) if same else (math.nan, math.nan)
    facts = [
        number(QUANTITY("decision.flat.{end}", end=end, words=words), value, reason=NO_COSTS)
        for end, value, words in zip(("low", "high"), ends, ("from", "to"), strict=True)
    ]
    return table, facts


def _not_worse(difference: Estimate) -> bool:
    return not difference.value > 0 or not difference.low > 0


def _regret(facts: list[Fact]) -> tuple[Finding, ...]:
    known = {fact.id: fact for fact in facts}
    tight = known["decision.capacity.binds"].value is True
    found = known.get(f"decision.{'capacity' if tight else 'optimal'}.against_current")
    if found is None or found.high is None or not found.high < 0:
        return ()
    today = known["decision.threshold.current"]
    best = known["decision.capacity.threshold" if tight else "decision.threshold.optimal"]
    limit = ", the lowest that capacity allows," if tight else ""
    words = ("Acting from ", today, " costs more than acting from ", best, f"{limit} would; the difference is ", found)
    return (
        finding(
            "decision.threshold",
            "decision",
            "confirmed",
            "threshold",
            (*words, " a month."),
            Claim(what="cost", relation="below", value=found),
        ),
    )


def _acts_from(scene: Scene, facts: list[Fact]) -> Iterator[Finding]:
    """Yield the contradiction of tiers and threshold: cases are acted on from one probability, whatever says it."""
    lowest = min((tier for tier in scene.decision.tiers if tier.acts), key=lambda tier: tier.above, default=None)
    today = scene.decision.threshold
    if lowest is None or today is None or math.isclose(lowest.above, today):
        return
    known = {fact.id: fact for fact in facts}
    begins, threshold = known[f"decision.tiers.{segment_of(lowest.name)}.from"], known["decision.threshold.current"]
    words = ("By its tiers the team acts from ", begins, ", by its threshold from ", threshold, ": only one can be so.")
    claim = Claim(what="threshold", relation="differs", value=begins, baseline=threshold)
    yield finding("decision.tiers.acts", "decision", "confirmed", "tiers and threshold", words, claim)


ANALYSIS = Analysis(id="decision", title="What acting on a probability costs", run=run)
