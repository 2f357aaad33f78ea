"""Takes shifts, bins and impacts of all features, gives adjusted p-values, severities and declared flags."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.estimates.feature_moments import Shift, shift_of
from generator.estimates.features import FeatureEstimates, Groups, adjusted, critical, grade, groups_of, is_partial
from generator.records.aggregates import FloatArray
from generator.records.headline import REGRESSION
from generator.records.ledger import Aggregates, Ledger
from generator.records.project import DriftPolicy, Project
from generator.stats.arrays import divide
from generator.stats.distributions import normal_cdf_array
from generator.stats.psi import Psi
from generator.subjects.drift._atoms import LEFT_MARGIN, Atoms, atoms_of
from generator.subjects.drift._bins import Distances, distances, stability
from generator.subjects.drift._impact import Impact, impact_of

SMD_MARGIN, PSI_MARGIN, SD_RATIO_MARGIN = 0.2, 0.1, 1.25
Declared = Literal["severe", "yellow", "within", "none"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Drift:
    """Everything about the drift of all features: numeric ones first, (P,) where only they have it, else (F,)."""

    names: tuple[str, ...]
    numeric: int
    groups: Groups
    partial: bool
    """True for a reference that is a summary by column; what it lacks is a gap."""
    shift: Shift
    rows: FloatArray
    """Production rows with a value (F,)."""
    psi: list[Psi]
    bins: list[int]
    distances: list[Distances]
    atoms: Atoms
    impact: Impact
    p: FloatArray
    grades: NDArray[np.int64]
    size: FloatArray
    """|SMD|, for categorical features the root of the stability index, which is on the same scale."""
    declared: tuple[Declared, ...]
    policy: DriftPolicy
    false_flag: FloatArray
    """Chance (P,) that the declared limit on the mean flags a feature that has not moved."""

    @property
    def order(self) -> list[int]:
        """Return the places of the features, those that moved farthest first."""
        size = np.where(np.isnan(self.size), -1.0, self.size)
        return [int(j) for j in np.argsort(-size, kind="stable")]


def drift_of(project: Project, ledger: Ledger, reference: Aggregates) -> Drift:
    """Return the drift of every feature of the plan against the reference."""
    groups, plan, policy = groups_of(ledger), ledger.plan, project.settings.policies.drift
    shift = shift_of(ledger, reference, groups, in_percent=_in_percent(project))
    impact = impact_of(ledger, shift, groups, _validation(project))
    psi, bins = stability(ledger, reference, groups)
    atoms = atoms_of(ledger, reference, groups)
    moved = np.where(atoms.found, groups.p_values(atoms.left), groups.p_values(shift.gap))
    p = adjusted(_combined(moved, np.array([one.p_value for one in psi])))
    debiased = FeatureEstimates(value=np.array([one.debiased for one in psi]), se=np.array([one.se for one in psi]))
    names = plan.features
    return Drift(
        names=names,
        numeric=len(plan.numeric),
        groups=groups,
        partial=is_partial(reference),
        shift=shift,
        rows=_rows(ledger),
        psi=psi,
        bins=bins,
        distances=distances(ledger, reference),
        atoms=atoms,
        impact=impact,
        p=p,
        grades=_grades((shift, atoms), debiased, impact, p, groups),
        size=_size(shift, atoms, debiased),
        declared=_declared(names, shift, policy, critical(project)),
        policy=policy,
        false_flag=_false_flag(shift, policy),
    )


def _validation(project: Project) -> float | None:
    found = (one.validation for one in project.settings.objectives.metrics if one.metric == REGRESSION.metric)
    return next((value for value in found if value is not None), None)


def _rows(ledger: Ledger) -> FloatArray:
    plan, slots = ledger.plan, ledger.production.slots
    texts = [slots[a : b - 1].sum() for a, b in pairwise(plan.offsets)]
    return np.concatenate([ledger.production.total.n[: len(plan.numeric)], texts])


def mean_limit(policy: DriftPolicy) -> float | None:
    """Return the lowest declared limit on the change of a mean."""
    return min((x for x in (policy.severe_mean_change, policy.yellow_mean_change) if x is not None), default=None)


def _in_percent(project: Project) -> bool:
    """Return whether the team judges means of features by relative changes, in its policy or in a rule."""
    policy, rules = project.settings.policies.drift, project.settings.alerts.rules
    limits = (policy.severe_mean_change, policy.yellow_mean_change, policy.critical_mean_change)
    return any(limit is not None for limit in limits) or any(rule.metric == "mean_change" for rule in rules)


def _combined(gap: FloatArray, psi: FloatArray) -> FloatArray:
    """Return one p-value a feature: the smaller of its tests times their number; nan where it has none."""
    both = np.stack([np.concatenate([gap, np.full(len(psi) - len(gap), np.nan)]), psi])
    tests = np.isfinite(both).sum(axis=0)
    least = np.where(np.isfinite(both), both, 1.0).min(axis=0, initial=1.0)
    combined: FloatArray = np.where(tests > 0, np.minimum(1.0, least * tests), np.nan)
    return combined


def _grades(
    moved: tuple[Shift, Atoms], psi: FeatureEstimates, impact: Impact, p: FloatArray, groups: Groups
) -> NDArray[np.int64]:
    (shift, atoms), one_sided = moved, groups.quantile(0.95)
    others = np.array([[one.debiased, one.se] for one in atoms.others]).reshape(-1, 2)
    effects = [
        (_padded(_but(atoms, shift.smd), len(p)), SMD_MARGIN),
        (_padded(_but(atoms, shift.log_sd), len(p)), float(np.log(SD_RATIO_MARGIN))),
        (_padded(atoms.left, len(p)), LEFT_MARGIN),
        (_padded(FeatureEstimates(value=others[:, 0], se=others[:, 1]), len(p)), PSI_MARGIN),
        (impact.parts, impact.margin),
    ]
    points = [psi.value / PSI_MARGIN, *(np.abs(effect.value) / margin for effect, margin in effects)]
    lowers = [(psi.value - one_sided * psi.se) / PSI_MARGIN]
    lowers += [_lower(effect, margin, one_sided) for effect, margin in effects]
    level = grade(_largest(points), _largest(lowers), p)
    taught = ~_little(shift, atoms, len(p)) | (lowers[-1] > 1.0)
    return np.where(_unfelt(impact, one_sided) | ~taught, np.minimum(level, 1), level)


def _little(shift: Shift, atoms: Atoms, width: int) -> NDArray[np.bool_]:
    """Return which features were constant in training or nearly: only what the model feels makes more of them."""
    little = np.zeros(width, dtype=np.bool_)
    little[: shift.sd0.size] = (shift.sd0 == 0) | atoms.mostly
    return little


def _but(atoms: Atoms, effect: FeatureEstimates) -> FeatureEstimates:
    """Return an effect without the features that are judged by the share that left their value."""
    return FeatureEstimates(value=np.where(atoms.found, np.nan, effect.value), se=effect.se)


def _lower(effect: FeatureEstimates, margin: float, one_sided: float) -> FloatArray:
    """Return one-sided lower bounds of |effect| in margins; a constant that has moved is far beyond any."""
    size = np.abs(effect.value)
    bounded = np.isfinite(size)
    lower: FloatArray = np.where(
        bounded, np.where(bounded, size, 0.0) - one_sided * np.where(bounded, effect.se, 0.0), size
    )
    return lower / margin


def _unfelt(impact: Impact, one_sided: float) -> NDArray[np.bool_]:
    """Return for which features the upper bound of the impact is below what the model feels."""
    upper = np.abs(impact.parts.value) + one_sided * impact.parts.se
    return np.asarray(upper < impact.margin, dtype=np.bool_)


def _padded(effect: FeatureEstimates, width: int) -> FeatureEstimates:
    blank = np.full(width - effect.value.size, np.nan)
    return FeatureEstimates(value=np.concatenate([effect.value, blank]), se=np.concatenate([effect.se, blank]))


def _largest(effects: list[FloatArray]) -> FloatArray:
    stacked = np.stack(effects)
    largest: FloatArray = np.where(np.isnan(stacked), -np.inf, stacked).max(axis=0)
    return largest


def _size(shift: Shift, atoms: Atoms, psi: FeatureEstimates) -> FloatArray:
    root = np.sqrt(np.maximum(psi.value, 0.0))
    moved = np.where(atoms.found, atoms.left.value, np.where(np.isfinite(shift.smd.value), shift.smd.value, np.nan))
    smd = _padded(FeatureEstimates(value=moved, se=shift.smd.se), len(root)).value
    size: FloatArray = np.where(np.isnan(smd), root, np.abs(smd))
    return size


def _declared(
    names: tuple[str, ...], shift: Shift, policy: DriftPolicy, chosen: frozenset[str]
) -> tuple[Declared, ...]:
    mean, sd = np.abs(shift.mean_change.value), np.abs(shift.sd_change.value)
    is_critical = np.array([name in chosen for name in names[: mean.size]], dtype=np.bool_)
    severe = _over(mean, policy.severe_mean_change) | _over(sd, policy.severe_sd_change)
    severe |= _over(mean, policy.critical_mean_change) & is_critical
    yellow = _over(mean, policy.yellow_mean_change)
    limits = (
        policy.severe_mean_change,
        policy.severe_sd_change,
        policy.yellow_mean_change,
        policy.critical_mean_change,
    )
    covered = (np.isfinite(mean) | np.isfinite(sd)) & any(limit is not None for limit in limits)
    words: list[Declared] = [
        "severe" if s else "yellow" if y else "within" if c else "none"
        for s, y, c in zip(severe, yellow, covered, strict=True)
    ]
    words += ["none"] * (len(names) - len(words))
    return tuple(words)


def _over(change: FloatArray, limit: float | None) -> NDArray[np.bool_]:
    return np.asarray(change > (np.inf if limit is None else limit), dtype=np.bool_)


def _false_flag(shift: Shift, policy: DriftPolicy) -> FloatArray:
    """Return P(|mean change| > limit) without drift: the change is then normal around 0 with the gap's own error."""
    limit = mean_limit(policy)
    if limit is None:
        return np.full(shift.gap.se.size, np.nan)
    z = divide(limit * np.abs(shift.mean0), shift.gap.se, empty=np.inf)
    return 2.0 * normal_cdf_array(-z)
