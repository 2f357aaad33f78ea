"""Takes samples of both sides, gives what a classifier says of them: a probe, whose rows stay here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from generator.measure.frame import group_of
from generator.measure.sample import Sample
from generator.records.aggregates import FloatArray
from generator.records.cells import Probe
from generator.records.ledger import Plan
from generator.records.project import Data, Project
from generator.stats.cluster import fold_groups

LEAST = 100
"""Rows of a side below which nothing is learnt."""
TOLD = 10
"""Features that are told by name, those that part the sides best."""
MOST_LEVELS = 250
"""A text with more levels names rows rather than tells something of them."""
SEED = 20_260_101


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """The features that are looked at: neither time nor what names an entity is among them."""

    numeric: tuple[str, ...]
    texts: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return all of them in the order of a sample's columns."""
        return self.numeric + self.texts


def probed(project: Project, plan: Plan, training: Sample | None, production: Sample) -> Probe | None:
    """Return how well samples of both sides are told apart; None where not asked for, or without a reference."""
    if not project.settings.policies.drift.domain_classifier or training is None:
        return None
    columns = columns_of(project.settings.data, plan)
    rows = len(training.keys), len(production.keys)
    if not columns.names:
        return _unfit(rows, "no features on one side")
    groups = min(fold_groups(np.unique(side.entities).size) for side in (training, production))
    if min(rows) < LEAST or not groups:
        return _unfit(rows, f"fewer than {LEAST} rows, or too few entities, on one side")
    return _told(training, production, plan, columns, groups)


def columns_of(data: Data, plan: Plan) -> Columns:
    """Return the features that are looked at."""
    key = None if data.labels is None else data.labels.key
    names = {data.time, data.entity, key}
    texts = [
        (t, levels)
        for t, levels in zip(plan.categorical, plan.levels, strict=True)
        if t not in names and len(levels) < MOST_LEVELS
    ]
    return Columns(
        numeric=tuple(n for n in plan.numeric if n not in names),
        texts=tuple(t for t, _ in texts),
        levels=tuple(levels for _, levels in texts),
    )


def values_of(sample: Sample, plan: Plan, columns: Columns) -> FloatArray:
    """Return the columns (n, P): numbers, then texts as the place of their level, the number of levels for others."""
    numbers = [sample.numbers[:, plan.numeric.index(name)] for name in columns.numeric]
    texts = [
        _places(sample.texts[:, plan.categorical.index(name)], levels)
        for name, levels in zip(columns.texts, columns.levels, strict=True)
    ]
    return np.column_stack([*numbers, *texts]).astype(np.float64) if columns.names else np.empty((len(sample.keys), 0))


def _places(texts: NDArray[np.object_], levels: tuple[str, ...]) -> FloatArray:
    places = {level: float(index) for index, level in enumerate(levels)}
    return np.array([places.get(t, float(len(levels))) if isinstance(t, str) else np.nan for t in texts])


def _unfit(rows: tuple[int, ...], reason: str) -> Probe:
    nan = float("nan")
    return Probe(
        auc=nan,
        auc_se=nan,
        ess=nan,
        ess_se=nan,
        rows=(rows[0], rows[1]),
        groups=0,
        features=(),
        importance=np.zeros(0),
        reason=reason,
    )


def _told(before: Sample, after: Sample, plan: Plan, columns: Columns, groups: int) -> Probe:
    """Return what the classifier says, on one core, so that its sums end in the same digit everywhere."""
    from generator.stats.classifier import separation  # its trees must be loaded before they are held to one core

    second = np.arange(len(before.keys) + len(after.keys)) >= len(before.keys)
    group = group_of(np.concatenate([before.entities, after.entities])) % groups
    texts = np.array([name in columns.texts for name in columns.names])
    order = np.argsort(np.concatenate([before.keys, after.keys]), kind="stable")  # both sides mixed, by chance
    with threadpool_limits(limits=1):
        found = separation(
            np.concatenate([values_of(side, plan, columns) for side in (before, after)])[order],
            second[order],
            group[order],
            texts,
            SEED,
        )
    best = np.argsort(-found.importance, kind="stable")[:TOLD]
    return Probe(
        auc=found.auc,
        auc_se=found.auc_se,
        ess=found.ess,
        ess_se=found.ess_se,
        groups=groups,
        rows=(len(before.keys), len(after.keys)),
        features=tuple(columns.names[k] for k in best),
        importance=found.importance[best],
        reason="" if np.isfinite(found.auc) else "entities of both sides are never among the same held-out rows",
    )
