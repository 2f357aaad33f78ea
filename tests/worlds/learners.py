"""Takes a world's training rows, gives the learner fitted on them; each is fitted once and kept for all workers."""

import hashlib
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from tests.worlds.axes import World
from tests.worlds.kept import kept
from tests.worlds.rows import INPUTS, NUMBERS, TEXTS

LEARNERS: dict[str, dict[str, tuple[Any, dict[str, Any]]]] = {
    "regression": {
        "ridge": (Ridge, {"alpha": 1.0}),
        "forest": (RandomForestRegressor, {"n_estimators": 50, "random_state": 0}),
        "gradient": (GradientBoostingRegressor, {"n_estimators": 60, "random_state": 0}),
        "histogram": (HistGradientBoostingRegressor, {"max_iter": 80, "random_state": 0}),
        "neighbours": (KNeighborsRegressor, {"n_neighbors": 8}),
        "network": (MLPRegressor, {"hidden_layer_sizes": (24,), "max_iter": 60, "early_stopping": True}),
    },
    "binary": {
        "logistic": (LogisticRegression, {}),
        "forest": (RandomForestClassifier, {"n_estimators": 50, "min_samples_leaf": 5, "random_state": 0}),
        "gradient": (GradientBoostingClassifier, {"n_estimators": 60, "random_state": 0}),
        "histogram": (HistGradientBoostingClassifier, {"max_iter": 80, "random_state": 0}),
        "neighbours": (KNeighborsClassifier, {"n_neighbors": 40}),
        "network": (MLPClassifier, {"hidden_layer_sizes": (24,), "max_iter": 60, "early_stopping": True}),
    },
}


def fitted(world: World, training: pd.DataFrame) -> Pipeline:
    """Return the world's learner fitted on `training`, from the kept one where there is one."""
    asked = (world.task, world.learner, world.seed, world.generator, world.rows, world.entities)
    name = hashlib.sha256(repr((*asked, world.periods, world.period_sd)).encode()).hexdigest()[:20]

    def fit(folder: Path) -> None:
        with threadpool_limits(limits=1):
            joblib.dump(_pipeline(world).fit(training[list(INPUTS)], training["y"]), folder / "model.joblib")

    model: Pipeline = joblib.load(kept("fits", name, fit) / "model.joblib")
    return model


def predicted(world: World, model: Pipeline, rows: pd.DataFrame) -> Any:
    """Return the model's answers: numbers, or probabilities of 1."""
    with threadpool_limits(limits=1):
        if world.task == "binary":
            return model.predict_proba(rows[list(INPUTS)])[:, 1]
        return model.predict(rows[list(INPUTS)])


def _pipeline(world: World) -> Pipeline:
    kind, options = LEARNERS[world.task][world.learner]
    if world.learner == "network":
        options = {**options, "random_state": 0, "learning_rate_init": 0.01}
    texts = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer((StandardScaler(), list(NUMBERS)), (texts, list(TEXTS))), kind(**options)
    )
