"""Takes a world's axes, gives its project folder, its truth, and what the program says of it."""

import dataclasses
import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io
import yaml

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.results import Results
from generator.records.watch import unwatched
from tests.worlds.axes import World
from tests.worlds.kept import kept
from tests.worlds.learners import fitted, predicted
from tests.worlds.rows import DEGENERATE, INPUTS, Rows, rows_of

KEY = "row"
DECISION = {
    "action": "A call",
    "threshold": 0.5,
    "costs": {"true_positive": -130, "false_positive": 20, "true_negative": 0, "false_negative": 0},
    "tiers": [{"name": "high", "above": 0.5}, {"name": "middle", "above": 0.25}, {"name": "low", "above": 0.0}],
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Truth:
    """Mean squared errors (Brier scores) of the model itself, and what each change added."""

    held_out: float
    unchanged: float
    """Of production's inputs with outcomes by the old relation."""
    production: float
    expected: dict[str, float]
    """Of `held_out` and `production`, by the old relation and whatever luck: the luck of either is no cause."""

    @property
    def inputs(self) -> float:
        """Return what other inputs add: L(production, old) − L(held out)."""
        return self.expected["production"] - self.expected["held_out"]

    @property
    def relation(self) -> float:
        """Return what the changed relation adds: L(production, new) − L(production, old)."""
        return self.production - self.unchanged


def world(**axes: Any) -> World:
    """Return a world that differs from the quiet one by these axes."""
    return World(**axes)


def project(of: World) -> Path:
    """Return the folder of the world's project: dossier.yaml, its tables and truth.json."""
    return kept("projects", of.key, lambda folder: _write(of, folder))


def truth(of: World) -> Truth:
    """Return the world's truth."""
    return Truth(**json.loads((project(of) / "truth.json").read_text()))


def table(of: World, name: str) -> pd.DataFrame:
    """Return the rows `production`, `training` or `held_out` of a world as they were written."""
    frame: pd.DataFrame = pd.read_pickle(project(of) / f"{name}.pickle")
    return frame


def judged(of: World, decisions: tuple[str, ...] = ()) -> Results:
    """Return what the program says of the world; with `decisions` of these alone, without a verdict."""
    return _judged(of, decisions)


@lru_cache(maxsize=8)
def _judged(of: World, decisions: tuple[str, ...]) -> Results:
    wanted = [one for one in CATALOG.decisions if not decisions or one.id in decisions]
    catalog = dataclasses.replace(CATALOG, decisions=tuple(wanted))
    as_of = None if of.time != "none" else datetime.date(2026, 6, 1)
    found = pipeline.judge(project(of) / "dossier.yaml", catalog, as_of, silent)
    assert [one.id for one in found.findings if one.kind == "contradiction"] == []
    return found


@contextmanager
def silent(_stage: str) -> Iterator[Any]:
    yield unwatched


def _write(of: World, folder: Path) -> None:
    rows = rows_of(of)
    model = fitted(of, rows.training)
    rows = dataclasses.replace(rows, production=_standing(of, rows.production))
    rows = _acted(of, rows, predicted(of, model, rows.production))
    tables = {"training": rows.training, "held_out": rows.held_out, "production": rows.production}
    scored = {
        name: frame.assign(prediction=predicted(of, model, frame).round(of.decimals)) for name, frame in tables.items()
    }
    losses = {name: _loss(frame["prediction"], frame["y"]) for name, frame in scored.items()}
    told = Truth(
        held_out=losses["held_out"],
        unchanged=_loss(scored["production"]["prediction"], rows.unchanged),
        production=losses["production"],
        expected={name: _expected(scored[name]["prediction"], drawn) for name, drawn in rows.again.items()},
    )
    scored["production"] = _endless(of, _holed(of, _tampered(of, scored["production"])), of.endless)
    scored["training"] = _endless(of, scored["training"], of.endless / 2)
    for name, frame in scored.items():
        _table(of, folder, name, frame.drop(columns="period"))
    (folder / "truth.json").write_text(json.dumps(dataclasses.asdict(told)))
    if of.file:
        skops.io.dump(model, folder / "model.skops")
    (folder / "dossier.yaml").write_text(yaml.safe_dump(_settings(of, told, folder), sort_keys=False))


def _loss(prediction: pd.Series, outcome: pd.Series) -> float:
    return float(np.mean((prediction - outcome) ** 2))


def _expected(prediction: pd.Series, drawn: np.ndarray) -> float:
    return float(np.mean((prediction.to_numpy()[:, None] - drawn) ** 2))


def _standing(of: World, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the inputs that the model is given."""
    late = frame["period"] >= of.stands_since * of.periods
    if of.stands == "own":
        last = frame[~late].groupby("entity")["x0"].last()
        return frame.assign(x0=frame["x0"].mask(late, frame["entity"].map(last)))
    if of.stands == "one":
        return frame.assign(x0=frame["x0"].mask(late, frame["x0"][~late].iloc[-1]))
    if of.stands == "batch":
        first = np.arange(len(frame)) % (of.rows // of.periods * (of.periods // 3))
        old = frame[list(INPUTS)].iloc[first].set_axis(frame.index)
        return frame.assign(**{name: frame[name].mask(late, old[name]) for name in INPUTS})
    return _strewn(of, frame) if of.strewn else frame


def _strewn(of: World, frame: pd.DataFrame) -> pd.DataFrame:
    rng, third = np.random.default_rng([of.seed, 37]), frame["period"] < of.periods / 3
    copy = ~third & (rng.random(len(frame)) < of.strewn)
    old = frame[list(INPUTS)].iloc[rng.integers(0, third.sum(), len(frame))].set_axis(frame.index)
    return frame.assign(**{name: frame[name].mask(copy, old[name]) for name in INPUTS})


def _acted(of: World, rows: Rows, scores: np.ndarray) -> Rows:
    """Return the rows with a column that says who was acted on, and outcomes as the action left them."""
    if of.feedback == "none":
        return rows
    rng = np.random.default_rng([of.seed, 13])
    high = scores > np.quantile(scores, 2 / 3)
    treated = high & (rng.random(scores.size) < (1.0 if of.feedback == "all" else 0.8))
    spared = rng.random(scores.size) < 0.5
    y = rows.production["y"]
    after = np.where(treated & spared, 0, y) if of.task == "binary" else np.where(treated, y - 10.0, y)
    production = rows.production.assign(y=after, acted_on=treated.astype(int))
    return dataclasses.replace(rows, production=production)


def _tampered(of: World, frame: pd.DataFrame) -> pd.DataFrame:
    if of.stuck:
        lost = np.random.default_rng([of.seed, 29]).random(len(frame)) < of.stuck
        frame = frame.assign(prediction=frame["prediction"].mask(lost, frame["prediction"].median()))
    if not of.tampered:
        return frame
    noise = np.random.default_rng([of.seed, 17]).normal(size=len(frame)) * of.tampered * frame["prediction"].std()
    lower, upper = (0.001, 0.999) if of.task == "binary" else (-np.inf, np.inf)
    return frame.assign(prediction=np.clip(frame["prediction"] + noise, lower, upper))


def _holed(of: World, frame: pd.DataFrame) -> pd.DataFrame:
    if not of.holes:
        return frame
    empty, new = np.random.default_rng([of.seed, 23]).random((2, len(frame))) < of.holes
    return frame.assign(x1=frame["x1"].mask(empty), place=frame["place"].mask(new, "island"))


def _endless(of: World, frame: pd.DataFrame, share: float) -> pd.DataFrame:
    if not share:
        return frame
    chance = np.random.default_rng([of.seed, 31]).random(len(frame))
    return frame.assign(x2=frame["x2"].mask(chance < share, np.inf).mask(chance < share / 3, -np.inf))


def _table(of: World, folder: Path, name: str, frame: pd.DataFrame) -> None:
    frame.to_pickle(folder / f"{name}.pickle")
    if of.time == "none":
        frame = frame.drop(columns="date")
    if name == "production" and of.labels != "beside":
        _late(of, folder, frame)
        frame = frame.drop(columns="y")
    _put(of, folder, name, frame)


def _late(of: World, folder: Path, frame: pd.DataFrame) -> None:
    """Write the outcomes that have arrived by the last day, each with the day it arrived."""
    rng = np.random.default_rng([of.seed, 19])
    delay = rng.integers(0, 21, len(frame))
    if of.labels == "biased":
        high = (frame["y"] > frame["y"].mean()).to_numpy()
        delay = np.where(high, delay // 3, delay)
    arrived = pd.to_datetime(frame["date"]) + pd.to_timedelta(delay, unit="D")
    there = (arrived <= pd.to_datetime(frame["date"]).max()).to_numpy()
    made = frame.loc[there, [KEY, "y"]].assign(arrived=arrived[there].dt.strftime("%Y-%m-%d"))
    _put(of, folder, "labels", made)


def _put(of: World, folder: Path, name: str, frame: pd.DataFrame) -> None:
    path = folder / f"{name}.{of.container}"
    if of.container == "parquet":
        frame.to_parquet(path, index=False)
    elif of.container == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_json(path, orient="records", lines=True)


def _settings(of: World, told: Truth, folder: Path) -> dict[str, Any]:
    made = {
        "project": {"name": "world"},
        "model": {"name": of.learner, "version": "1", **_model(of, folder)},
        "data": _data(of),
    }
    metrics = _objectives(of, told)
    if of.costs:
        made["decision"] = DECISION
    return made | ({"objectives": {"metrics": metrics}} if metrics else {})


def _model(of: World, folder: Path) -> dict[str, Any]:
    if not of.file:
        return {"format": "column"}
    types = skops.io.get_untrusted_types(file=folder / "model.skops")
    return {"format": "skops", "path": "model.skops", "trusted_types": types}


def _data(of: World) -> dict[str, Any]:
    features = [*INPUTS, *(DEGENERATE if of.degenerate else ())]
    texts = {"kind", "place"}
    made: dict[str, Any] = {
        "production": f"production.{of.container}",
        "target": "y",
        "task": of.task,
        "prediction": "prediction",
        "entity": "entity",
        "features": [{"name": f, "kind": "categorical" if f in texts else "numeric"} for f in features],
        **_given(of),
    }
    if of.time != "none":
        made["time"] = "date"
    if of.segments:
        made["segments"] = [{"column": "kind"}, {"column": "place"}]
    if of.container == "csv":
        made["csv"] = {"delimiter": ",", "quote": '"'}
    if of.labels != "beside":
        made["labels"] = {"path": f"labels.{of.container}", "key": KEY, "target": "y", "arrived": "arrived"}
    if of.feedback != "none":
        made["acted_on"] = "acted_on"
    return made


def _given(of: World) -> dict[str, str]:
    training, held_out = (f"{name}.{of.container}" for name in ("training", "held_out"))
    return {
        "held_out": {"reference": training, "held_out": held_out},
        "reference": {"reference": held_out, "reference_is": "held_out"},
        "declared": {"reference": training, "reference_is": "training"},
        "training": {"reference": training},
        "nothing": {},
    }[of.given]


def _objectives(of: World, told: Truth) -> list[dict[str, Any]]:
    metric, error = ("brier", told.held_out) if of.task == "binary" else ("rmse", told.held_out**0.5)
    made: dict[str, Any] = {"metric": metric}
    if of.given == "declared" or of.objectives:
        made |= {"validation": round(error, 6), "n": of.rows}
    if of.objectives:
        made["acceptable"] = round(1.1 * error, 6)
    return [made] if len(made) > 1 else []
