"""Takes a metric of an experiment, gives its effect, test and power as facts, and what can be said of it."""

import math
from dataclasses import dataclass
from functools import partial

from generator.records.fact import SAMPLING, Fact, Sentence, own_facts
from generator.records.project import Outcome
from generator.records.table import Mark
from generator.results.words import quantities
from generator.stats import experiments as stats
from generator.stats.intervals import Interval, Test
from generator.stats.proportions import newcombe, two_proportion_z
from generator.stats.sequential import rows_per_arm, rows_per_arm_non_inferiority
from generator.subjects.experiments._arms import Arms, ExperimentPlace, rows_of
from generator.subjects.kit.facts import declared, derived

QUANTITY = quantities(__file__)

ALPHA = 0.05
NO_ROWS = "the rows of the two arms are not stated"
NO_SD = "the spread of the single values is not declared (key sd)"
BETTER, WORSE = Mark(status="pass", word="better"), Mark(status="fail", word="worse")
_estimated = partial(derived, range=SAMPLING)
SAFE = Mark(status="pass", word="not worse")
OPEN, UNVERIFIABLE = Mark(status="inconclusive", word="not shown"), Mark(status="inconclusive", word="unverifiable")


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What came of a metric: its values, change, interval, test, needed rows, and our status with its reason."""

    place: ExperimentPlace
    metric: Outcome
    control: Fact
    test: Fact
    relative: Fact
    difference: Fact
    p: Fact
    power: Fact
    significant_rows: Fact
    needed_rows: Fact
    status: Mark
    why: Sentence

    @property
    def title(self) -> str:
        return title_of(self.metric)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all facts of the metric."""
        return own_facts(self)


def title_of(metric: Outcome) -> str:
    """Return how a metric is spoken of."""
    title = metric.title or metric.name.replace("_", " ")
    return title[:1].upper() + title[1:]


def effect(place: ExperimentPlace, index: int) -> Effect:
    """Work out one metric of an experiment."""
    metric = place.experiment.metrics[index]
    arms, id, what = place.known, place.id(metric), title_of(metric)
    reason = NO_ROWS if arms is None else NO_SD if metric.kind == "mean" and metric.sd is None else ""
    size = (math.nan, math.nan) if arms is None else rows_of(arms, metric)
    gap, relative, test = difference_of(metric, *size), _relative(metric, *size), test_of(metric, *size)
    both, shift = f"{metric.kind}s of the two arms", metric.test / metric.control - 1 if metric.control else None
    status, why = _status(metric, gap, test, reason, id)
    unit = "points" if metric.kind == "proportion" else metric.unit or ""
    n = None if arms is None else int(sum(size))
    return Effect(
        place=place,
        metric=metric,
        status=status,
        why=why,
        control=_side(place, index, "control"),
        test=_side(place, index, "test"),
        relative=_estimated(
            f"{id}.relative",
            shift,
            unit="change",
            label=f"{what}, relative change",
            n=n,
            low=_known(relative.low),
            high=_known(relative.high),
            reason="the control is zero",
            method="test / control − 1, interval by the delta method",
        ),
        difference=_estimated(
            f"{id}.difference",
            metric.test - metric.control,
            unit=unit,
            n=n,
            label=f"{what}, difference",
            low=_known(gap.low),
            high=_known(gap.high),
            method=f"difference of {both}; interval of Newcombe for shares, normal for means",
        ),
        p=derived(
            f"{id}.p",
            _known(test.p_value),
            unit="probability",
            label=f"{what}, chance alone",
            n=n,
            method="two-sided z test",
            reason=reason or "not computable from these figures",
        ),
        power=derived(
            f"{id}.power",
            _known(power_of(metric, *size)),
            unit="probability",
            n=n,
            reason=reason or NO_ROWS,
            label=f"{what}, chance to see it",
            method="power of the z test at the stated effect",
        ),
        significant_rows=_rows(f"{id}.rows_significant", metric, _least(metric), "least that would be significant"),
        needed_rows=_rows(f"{id}.rows_needed", metric, _needed(metric), "needed for a power of 80 %"),
    )


def _side(place: ExperimentPlace, index: int, key: str) -> Fact:
    metric = place.experiment.metrics[index]
    unit = "share" if metric.kind == "proportion" else metric.unit or ""
    path = f"experiments.{place.index}.metrics.{index}.{key}"
    return declared(
        place.project,
        f"{place.id(metric)}.{key}",
        getattr(metric, key),
        path,
        unit=unit,
        label=f"{title_of(metric)}, {key}",
    )


def _rows(id: str, metric: Outcome, rows: float, what: str) -> Fact:
    whole = int(rows / (metric.rows_share or 1.0) + 0.999999) if math.isfinite(rows) else None
    reason = NO_SD if metric.kind == "mean" and metric.sd is None else "both arms show the same"
    return derived(
        id,
        whole,
        unit="rows",
        label=f"{title_of(metric)}: rows an arm, {what}",
        reason=reason,
        method=f"equal arms, two-sided 5 %: {what}",
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _sd(metric: Outcome) -> float:
    return metric.sd or math.nan


def difference_of(metric: Outcome, rows0: float, rows1: float) -> Interval:
    """Return test − control with its interval: Newcombe's for shares, normal for means."""
    if metric.kind == "mean":
        return stats.mean_difference(metric.control, _sd(metric), rows0, metric.test, _sd(metric), rows1)
    return newcombe(metric.control * rows0, rows0, metric.test * rows1, rows1)


def _relative(metric: Outcome, rows0: float, rows1: float) -> Interval:
    if metric.kind == "mean":
        return stats.relative_mean(metric.control, _sd(metric), rows0, metric.test, _sd(metric), rows1)
    return stats.relative_uplift(metric.control, rows0, metric.test, rows1)


def test_of(metric: Outcome, rows0: float, rows1: float) -> Test:
    """Return the z test that both arms are alike."""
    if metric.kind == "mean":
        return stats.two_means_z(metric.control, _sd(metric), rows0, metric.test, _sd(metric), rows1)
    return two_proportion_z(metric.control * rows0, rows0, metric.test * rows1, rows1)


def power_of(metric: Outcome, rows0: float, rows1: float) -> float:
    """Return the chance that the stated effect comes out significant in arms of these sizes."""
    if metric.kind == "mean":
        return stats.power_of_means(metric.test - metric.control, _sd(metric), rows0, _sd(metric), rows1)
    return stats.power_of_shares(metric.control, metric.test, rows0, rows1)


def smallest_of(metric: Outcome, rows0: float, rows1: float) -> float:
    """Return the smallest difference that arms of these sizes show with a power of 80 %."""
    if metric.kind == "mean":
        return stats.smallest_mean_difference(_sd(metric), rows0, rows1)
    return stats.smallest_difference(metric.control, rows0, rows1)


def margin_rows(metric: Outcome) -> float:
    """Return the rows per arm that show a guardrail is not worse by its margin; nan without one."""
    if metric.margin is None:
        return math.nan
    if metric.kind == "mean":
        return stats.rows_per_arm_of_means(metric.margin, _sd(metric)) if metric.sd else math.nan
    return rows_per_arm_non_inferiority(metric.control, metric.margin)


def _least(metric: Outcome) -> float:
    if metric.kind == "proportion":
        return stats.least_significant_rows(metric.control, metric.test, ALPHA)
    gap = metric.test - metric.control
    return stats.least_significant_rows_of_means(gap, metric.sd) if metric.sd else math.nan


def _needed(metric: Outcome) -> float:
    if metric.kind == "proportion":
        return rows_per_arm(metric.control, metric.test, ALPHA)
    return stats.rows_per_arm_of_means(metric.test - metric.control, metric.sd) if metric.sd else math.nan


def _status(metric: Outcome, gap: Interval, test: Test, reason: str, id: str) -> tuple[Mark, Sentence]:
    """Judge a metric by its interval: a guardrail against its margin, every other against no change."""
    if reason or not math.isfinite(gap.low):
        return UNVERIFIABLE, (reason or "the interval cannot be worked out",)
    sign = -1.0 if metric.higher_is_better else 1.0
    low, high = sorted((sign * gap.low, sign * gap.high))
    if metric.guardrail:
        return _guarded(metric, low, high, id)
    if not test.p_value < ALPHA:
        return OPEN, ("chance alone would explain the difference",)
    return (WORSE, ("the test arm is worse",)) if low > 0 else (BETTER, ("chance alone would not explain it",))


def _guarded(metric: Outcome, low: float, high: float, id: str) -> tuple[Mark, Sentence]:
    if metric.margin is None:
        return (WORSE, ("it got worse",)) if low > 0 else (OPEN, ("no margin is declared that it must keep",))
    unit = "points" if metric.kind == "proportion" else metric.unit or ""
    margin = derived(QUANTITY("{id}.margin", id=id, metric=title_of(metric)), metric.margin, unit=unit)
    if high < metric.margin:
        return SAFE, ("at most worse by less than the margin ", margin)
    return (WORSE if low > metric.margin else OPEN), ("it may have got worse by more than the margin ", margin)


def seen_with(effect: Effect, arms: Arms, number: int) -> tuple[Fact, Fact, Fact, Fact]:
    """Return rows in the test arm, chance alone, power and the smallest visible change for one split of traffic."""
    metric, size = effect.metric, rows_of(arms, effect.metric)
    id = f"{effect.place.id(metric)}.split.{number}"
    test, smallest = test_of(metric, *size), smallest_of(metric, *size)
    how = "z test on the rows that the stated traffic gives"
    return (
        derived(QUANTITY("{id}.rows", id=id), int(size[1])),
        derived(QUANTITY("{id}.p", id=id), _known(test.p_value), method=how),
        derived(QUANTITY("{id}.power", id=id), _known(power_of(metric, *size)), method=how),
        derived(
            QUANTITY("{id}.smallest", id=id),
            _known(smallest / metric.control) if metric.control else None,
            method=how,
            reason=NO_SD if metric.kind == "mean" else "no rise of this share would show",
        ),
    )
