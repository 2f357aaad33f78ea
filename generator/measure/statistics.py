"""Training statistics as JSON: a plan and the sums of the reference rows, by entity group but not by day."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from generator.errors import InputError
from generator.measure.causes import of_one_group
from generator.measure.scores import compact_scores
from generator.measure.small_cells import blurred
from generator.measure.statistics_fit import misfit
from generator.records.aggregates import CoMoments, FloatArray, Moments
from generator.records.cells import CauseSums
from generator.records.files import MEGABYTE
from generator.records.ledger import (
    LOSSES,
    Aggregates,
    InfiniteSums,
    LossSums,
    NumericCells,
    PairSums,
    Plan,
    ScoreSums,
    SegmentPlan,
)
from generator.stats.comoments import pool_co

SCHEMA = 1
DIGITS, EXACT = 12, 17
"""Significant digits of sums, and of edges: rows that lie on an edge have to stay on their side of it."""
LARGEST = 200 * MEGABYTE
PROFILED = "write them with `dossier profile`, from the training rows"


def compact(sums: Aggregates) -> Aggregates:
    """Return what training statistics keep: nothing by day, pairs and design in one group."""
    losses, pairs, design = sums.losses, sums.pairs, sums.design
    assert losses is not None
    return Aggregates(
        rows=sums.rows,
        days=sums.days,
        day=None,
        level=sums.level,
        group=sums.group,
        total=sums.total,
        nulls=sums.nulls,
        nans=sums.nans,
        infinite=_kept(sums.infinite),
        grid=sums.grid,
        slots_day=None,
        slots_group=sums.slots_group,
        slots=sums.slots,
        unseen={},
        losses=LossSums(
            day=losses.day.sum(axis=0, keepdims=True),
            group=losses.group.sum(axis=0, keepdims=True),
            day_level=losses.day_level.sum(axis=0, keepdims=True),
            group_level=losses.group_level.sum(axis=0, keepdims=True),
        ),
        errors=None if sums.errors is None else sums.errors.sum(axis=0, keepdims=True),
        missing_losses=None,
        pairs=None
        if pairs is None
        else PairSums(
            n=pairs.n.sum(axis=0, keepdims=True),
            s=pairs.s.sum(axis=0, keepdims=True),
            q=pairs.q.sum(axis=0, keepdims=True),
            x=pairs.x.sum(axis=0, keepdims=True),
        ),
        design=None if design is None else _one_group(design),
        design_day=None,
        entities=sums.entities,
        extremes=None,
        scores=compact_scores(sums.scores),
        causes=None if sums.causes is None else of_one_group(sums.causes),
    )


def _kept(infinite: InfiniteSums | None) -> InfiniteSums | None:
    if infinite is None or not infinite.group.any():
        return None
    return InfiniteSums(day=infinite.day.sum(axis=0, keepdims=True), group=infinite.group)


def write_statistics(plan: Plan, sums: Aggregates, *, prepared: str, smallest: int = 1) -> bytes:
    """Return the JSON text of a plan and compact sums, none of fewer than `smallest` rows; floats have 12 digits."""
    kept = blurred(compact(sums), smallest)
    body = {"schema_version": SCHEMA, "prepared": prepared, "plan": _plain(plan, EXACT), "sums": _plain(kept)}
    return (json.dumps(body, separators=(",", ":"), sort_keys=True, allow_nan=False) + "\n").encode()


def read_statistics(content: bytes, name: str) -> tuple[Plan, Aggregates]:
    """Return the plan and the sums of a statistics file; raises InputError when it is none."""
    try:
        body = json.loads(content)
        if body["schema_version"] != SCHEMA:
            raise ValueError(f"schema_version is {body['schema_version']}, not {SCHEMA}")
        plan, sums = _plan(body["plan"]), _sums(body["sums"])
        if wrong := misfit(plan, sums):
            raise ValueError(wrong)
        return plan, sums
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, IndexError) as error:
        raise InputError(
            f"not training statistics: {f'it lacks {error}' if isinstance(error, KeyError) else error}",
            where=name,
            hint=PROFILED,
        ) from error


def _one_group(design: CoMoments) -> CoMoments:
    whole = pool_co(design)
    return CoMoments(n=whole.n[None], mean=whole.mean[None], comoment=whole.comoment[None])


def _plain(value: Any, digits: int = DIGITS) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name), digits) for field in fields(value)}
    if isinstance(value, np.ndarray):
        return _digits(value, digits).tolist()
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {key: _plain(item, digits) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item, digits) for item in value]
    return value


def _digits(values: FloatArray, digits: int) -> np.ndarray[Any, Any]:
    """Return whole numbers as integers and the others with so many significant digits; infinities as null."""
    flat = [_number(v, digits) for v in values.ravel().tolist()]
    out = np.empty(values.size, dtype=object)
    out[:] = flat
    return out.reshape(values.shape)


def _number(value: float, digits: int) -> float | int | None:
    if value != value or value in (np.inf, -np.inf):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def _array(value: Any) -> FloatArray:
    return np.array(value, dtype=np.float64)


def _arrays(value: Any) -> tuple[FloatArray, ...]:
    return tuple(_array(item) for item in value)


def _plan(body: dict[str, Any]) -> Plan:
    return Plan(
        numeric=tuple(body["numeric"]),
        categorical=tuple(body["categorical"]),
        levels=tuple(tuple(levels) for levels in body["levels"]),
        deciles=_arrays(body["deciles"]),
        grid=_arrays(body["grid"]),
        error_edges=_array(body["error_edges"]),
        segments=tuple(
            SegmentPlan(**{**s, "levels": tuple(s["levels"]), "cuts": tuple(s["cuts"])}) for s in body["segments"]
        ),
        scores=_maybe(body.get("scores")),
    )


def _sums(body: dict[str, Any]) -> Aggregates:
    return Aggregates(
        rows=int(body["rows"]),
        days=np.array(body["days"], dtype=np.int64),
        unseen={},
        day=None,
        slots_day=None,
        nulls=_array(body["nulls"]),
        nans=_array(body["nans"]),
        infinite=InfiniteSums(**_each(body["infinite"])) if body.get("infinite") else None,
        slots=_array(body["slots"]),
        level=_cells(body["level"]),
        group=_cells(body["group"]),
        total=Moments(**_each(body["total"])),
        grid=_arrays(body["grid"]) if body["grid"] is not None else None,
        losses=_losses(body["losses"]),
        errors=_maybe(body["errors"]),
        missing_losses=None,
        pairs=PairSums(**_each(body["pairs"])) if body["pairs"] else None,
        design=CoMoments(**_each(body["design"])) if body["design"] else None,
        design_day=None,
        entities=_maybe(body["entities"]),
        extremes=None,
        slots_group=_maybe(body["slots_group"]),
        scores=_scores(body.get("scores")),
        causes=_causes(body.get("causes")),
    )


def _causes(body: dict[str, Any] | None) -> CauseSums | None:
    return (
        None
        if body is None
        else CauseSums(
            levels=tuple(body["levels"]), periods=np.array(body["periods"], dtype=np.int64), sums=_array(body["sums"])
        )
    )


def _losses(body: dict[str, Any] | None) -> LossSums | None:
    """Return the loss sums; columns that `LOSSES` has got since the file was written are 0."""
    if body is None:
        return None

    def padded(values: FloatArray) -> FloatArray:
        new = len(LOSSES) - values.shape[-1]
        return np.concatenate([values, np.zeros((*values.shape[:-1], new))], axis=-1)

    return LossSums(**{name: padded(value) for name, value in _each(body).items()})


def _scores(body: dict[str, Any] | None) -> ScoreSums | None:
    if body is None:
        return None
    return ScoreSums(day=_array(body["day"]), group=_array(body["group"]), group_level=None)


def _cells(body: dict[str, Any] | None) -> NumericCells | None:
    if body is None:
        return None
    return NumericCells(
        rows=_array(body["rows"]), moments=Moments(**_each(body["moments"])), deciles=_maybe(body["deciles"])
    )


def _each(body: dict[str, Any]) -> dict[str, FloatArray]:
    return {name: _array(value) for name, value in body.items()}


def _maybe(value: Any) -> FloatArray | None:
    return None if value is None else _array(value)
