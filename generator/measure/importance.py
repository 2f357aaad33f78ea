"""Takes a model and samples of rows, gives what the model loses when an input is shuffled, and what its drift moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.measure.frame import group_of
from generator.measure.sample import Sample, chosen
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import Shuffled
from generator.records.ledger import Plan
from generator.scoring import Columns, ScoringModel
from generator.stats.cluster import fold_groups, jackknife_variance

SCREENED, BEST, ROWS = 2_000, 50, 5_000
"""Rows on which all inputs are shuffled, inputs that are then looked at again, and the rows for that."""
LEAST = 100
OF_DAYS = 0.5
"""Share of an input's variance that lies between days, from which on it is also shuffled within them."""
ALONG = 0.7
"""Numeric inputs go along from this correlation on."""
SEED = 20_260_102


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """A sample ready to be scored: inputs by name, outcomes, and squared errors as they are."""

    model: ScoringModel
    columns: dict[str, NDArray[np.object_] | FloatArray]
    target: FloatArray
    prediction: FloatArray
    group: IntArray
    day: IntArray

    @property
    def loss(self) -> FloatArray:
        return (self.prediction - self.target) ** 2

    def scored(self, changed: Columns) -> FloatArray:
        """Return the predictions with some inputs in the place of their own."""
        return self.model.score({**self.columns, **changed}).prediction


NOWHERE = (float("nan"), float("nan"), float("nan"))
"""Of an input whose distribution of training is not known."""


def shuffled(model: ScoringModel | None, plan: Plan, production: Sample, trained: Sample | None) -> Shuffled | None:
    """Return the importance of each input; None for a linear model, whose coefficients tell it, or too few rows."""
    rows = production.labelled
    if model is None or model.linear is not None or len(rows.keys) < LEAST:
        return None
    features = tuple(f for f in model.features if f in plan.features)
    screen = _of(model, plan, rows, SCREENED)
    first = {f: float((_errors(screen, (f,))[0] - screen.loss).mean()) for f in features}
    best = sorted(features, key=lambda f: (-first[f], f))[:BEST]
    whole = _of(model, plan, rows, ROWS)
    groups = fold_groups(np.unique(rows.entities).size) or 1
    found = {f: _rise(whole, (f,), groups) for f in best}
    order = sorted(features, key=lambda f: (-found.get(f, (first[f], 0.0))[0], f))
    partners = {f: _along(whole, f, best) for f in best}
    joint = {c: _rise(whole, c, groups)[0] for f in best for c in [_cluster(f, partners[f])] if len(c) > 1}
    within = {f: _within_days(whole, f) for f in best}
    moved = {f: _put_back(whole, plan, trained, f, groups) for f in best}
    nan, none = (float("nan"), float("nan")), NOWHERE
    return Shuffled(
        features=tuple(order),
        rise=np.array([found.get(f, (first[f], 0.0))[0] for f in order]),
        rise_se=np.array([found.get(f, nan)[1] for f in order]),
        together=np.array(
            [joint.get(_cluster(f, partners.get(f, ())), found.get(f, (first[f], 0.0))[0]) for f in order]
        ),
        partners=tuple(partners.get(f, ()) for f in order),
        within=np.array([within.get(f, float("nan")) for f in order]),
        moved=np.array([moved.get(f, none)[0] for f in order]),
        moved_se=np.array([moved.get(f, none)[1] for f in order]),
        loss_moved=np.array([moved.get(f, none)[2] for f in order]),
        rows=len(whole.target),
        groups=groups,
    )


def _of(model: ScoringModel, plan: Plan, rows: Sample, most: int) -> _Rows:
    part = chosen(rows, np.arange(min(most, len(rows.keys))))
    columns: dict[str, NDArray[np.object_] | FloatArray] = {
        f: part.numbers[:, plan.numeric.index(f)] if f in plan.numeric else part.texts[:, plan.categorical.index(f)]
        for f in model.features
    }
    return _Rows(
        model=model,
        columns=columns,
        target=part.target,
        prediction=part.prediction,
        group=group_of(part.entities),
        day=part.days,
    )


def _errors(rows: _Rows, features: tuple[str, ...]) -> tuple[FloatArray, IntArray]:
    """Return squared errors with these inputs taken from rows at random, the same for all, and which rows these are."""
    rng = np.random.default_rng([SEED, *(sum(map(ord, f)) for f in features)])
    donors = rng.permutation(rows.target.size)
    prediction = rows.scored({f: rows.columns[f][donors] for f in features})
    return (prediction - rows.target) ** 2, donors


def _rise(rows: _Rows, features: tuple[str, ...], groups: int) -> tuple[float, float]:
    """Return by what the mean squared error rises, and its standard error."""
    errors, donors = _errors(rows, features)
    rise = errors - rows.loss
    if groups < 2:
        return float(rise.mean()), float("nan")
    to, of = rows.group % groups, rows.group[donors] % groups
    cell = to * groups + of
    sums, n = (np.bincount(cell, w, groups * groups).reshape(groups, groups) for w in (rise, np.ones(rise.size)))
    left = [(a.sum() - a.sum(axis=1) - a.sum(axis=0) + np.diag(a)) for a in (sums, n)]
    return float(rise.mean()), float(np.sqrt(jackknife_variance(left[0] / np.maximum(left[1], 1.0))))


def _within_days(rows: _Rows, feature: str) -> float:
    """Return by what the mean squared error rises with an input taken from other rows of its day: what acts within it.

    Nan for an input that mostly varies within days, whose importance over the window says the same.
    """
    values = rows.columns[feature]
    usual = values == values[0] if values.dtype == object else values.astype(np.float64)
    known = ~_missing(values)
    if known.sum() < LEAST or _between(np.asarray(usual[known], dtype=np.float64), rows.day[known]) < OF_DAYS:
        return float("nan")
    mixed = np.random.default_rng(SEED).permutation(rows.target.size)
    donors = np.empty_like(mixed)
    donors[np.argsort(rows.day, kind="stable")] = mixed[np.argsort(rows.day[mixed], kind="stable")]
    errors = (rows.scored({feature: values[donors]}) - rows.target) ** 2
    return float((errors - rows.loss).mean())


def _between(values: FloatArray, days: IntArray) -> float:
    """Return the share of the variance that lies between days."""
    _, place, count = np.unique(days, return_inverse=True, return_counts=True)
    centred, total = values - values.mean(), float(((values - values.mean()) ** 2).sum())
    own = np.bincount(place, centred) / count
    return float((count * own**2).sum()) / total if total > 0 and count.size > 1 else 0.0


def _along(rows: _Rows, feature: str, among: list[str]) -> tuple[str, ...]:
    """Return the other numeric inputs that a numeric one goes along with."""
    numeric = {f: rows.columns[f].astype(np.float64) for f in among if rows.columns[f].dtype != object}
    own = numeric.pop(feature, None)
    return () if own is None else tuple(f for f, other in numeric.items() if _go_along(own, other))


def _go_along(a: FloatArray, b: FloatArray) -> bool:
    known = ~np.isnan(a + b)
    if known.sum() < LEAST or a[known].std() == 0 or b[known].std() == 0:
        return False
    return bool(abs(np.corrcoef(a[known], b[known])[0, 1]) > ALONG)


def _cluster(feature: str, partners: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted((feature, *partners)))


def _put_back(rows: _Rows, plan: Plan, trained: Sample | None, feature: str, groups: int) -> tuple[float, float, float]:
    """Return by what the mean prediction, with its standard error, and the loss have moved with the input's drift."""
    back = None if trained is None else _as_trained(rows, plan, trained, feature)
    if back is None:
        return NOWHERE
    prediction = rows.scored({feature: back})
    gap, group = rows.prediction - prediction, rows.group % groups
    error = float((rows.loss - (prediction - rows.target) ** 2).mean())
    if groups < 2:
        return float(gap.mean()), float("nan"), error
    sums, n = (np.bincount(group, w, groups) for w in (gap, np.ones(gap.size)))
    left = (sums.sum() - sums) / np.maximum(n.sum() - n, 1.0)
    return float(gap.mean()), float(np.sqrt(jackknife_variance(left))), error


def _as_trained(rows: _Rows, plan: Plan, trained: Sample, feature: str) -> NDArray[np.object_] | FloatArray | None:
    """Return an input's values with their distribution of training; None where that is not known."""
    if feature not in plan.numeric:
        return _levels_back(rows.columns[feature], trained.texts[:, plan.categorical.index(feature)])
    now, then = rows.columns[feature].astype(float), trained.numbers[:, plan.numeric.index(feature)]
    then, known = np.sort(then[~np.isnan(then)]), ~np.isnan(now)
    if not then.size or not known.any():
        return None
    back = now.copy()
    place = (np.searchsorted(np.sort(now[known]), now[known], side="left") + 0.5) / known.sum()
    back[known] = then[np.minimum((place * then.size).astype(np.int64), then.size - 1)]
    return back


def _levels_back(now: NDArray[np.object_] | FloatArray, then: NDArray[np.object_]) -> NDArray[np.object_] | None:
    """Return levels in the shares of training: as few rows as can be change theirs, chosen by the seed."""
    known, wanted = np.flatnonzero(~_missing(now)), then[~_missing(then)]
    if not known.size or not wanted.size:
        return None
    levels, counts = np.unique(wanted.astype(str), return_counts=True)
    short = dict(zip(levels, np.floor(counts / counts.sum() * known.size + 0.5).astype(np.int64), strict=True))
    back, free = np.array(now, dtype=object), []
    for row in np.random.default_rng(SEED).permutation(known):
        level = str(now[row])
        if short.get(level, 0) > 0:
            short[level] -= 1
        else:
            free.append(row)
    lacking = np.repeat(np.array(list(short), dtype=object), list(short.values()))
    for row, level in zip(free, lacking, strict=False):
        back[row] = level
    return back


def _missing(values: NDArray[np.object_] | FloatArray) -> NDArray[np.bool_]:
    """Return which values are missing: a text never differs from itself."""
    return np.array([value != value or value is None for value in values], dtype=np.bool_)
