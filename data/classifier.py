"""The classifier of the cases that tell two outcomes apart, and what a validation report says of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def fitted(table: pd.DataFrame, numeric: Sequence[str], categorical: Sequence[str], outcome: str) -> Pipeline:
    """Return a logistic regression on standardised numbers, gaps filled with the median, and a column a level."""
    columns = ColumnTransformer(
        [
            ("numeric", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), list(numeric)),
            ("categorical", OneHotEncoder(handle_unknown="ignore", sparse_output=False), list(categorical)),
        ]
    )
    model = make_pipeline(columns, LogisticRegression(C=1.0, max_iter=500))
    return model.fit(table[[*numeric, *categorical]], table[outcome])


def told(model: Pipeline, features: pd.DataFrame, outcome: np.ndarray, percent: int) -> dict[str, float]:
    """Return the metrics on rows with an outcome of 0 or 1; the precision is that of the highest `percent`."""
    p = model.predict_proba(features)[:, 1]
    top = np.argsort(-p)[: len(p) * percent // 100]
    found = {
        "n": len(outcome),
        "base_rate": outcome.mean(),
        "auc": roc_auc_score(outcome, p),
        "brier": brier_score_loss(outcome, p),
        "log_loss": log_loss(outcome, p),
        "accuracy": ((p >= 0.5) == outcome).mean(),
        f"precision_at_{percent}": outcome[top].mean(),
        "mean_probability": p.mean(),
    }
    return {name: round(float(value), 6) for name, value in found.items()}
