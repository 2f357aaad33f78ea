"""The case's files read by pandas, scikit-learn and skops alone: rows, predictions, training statistics."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """Production rows with their predictions, and the training statistics as they stand in their file."""

    rows: pd.DataFrame
    price: Floats
    predicted: Floats
    previous: Floats
    plan: dict[str, Any]
    sums: dict[str, Any]

    @property
    def error(self) -> Floats:
        """Return prediction minus price."""
        return self.predicted - self.price

    @property
    def numeric(self) -> list[str]:
        return list(self.plan["numeric"])

    @property
    def categorical(self) -> list[str]:
        return list(self.plan["categorical"])

    def values(self, feature: str) -> Floats:
        """Return the values of a numeric feature that are there."""
        return self.rows[feature].dropna().to_numpy(np.float64)

    def levels(self) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """Return which rows belong to each level of each segment."""
        columns = {name: self.rows[name] for name in ("category", "brand")}
        tier = next(segment for segment in self.plan["segments"] if segment["name"] == "price_tier")
        cut = np.searchsorted(tier["cuts"], self.rows[tier["column"]].to_numpy(np.float64), side="right")
        columns["price_tier"] = pd.Series(np.array(tier["levels"])[cut])
        known = {name: set(self.plan["levels"][self.categorical.index(name)]) for name in ("category", "brand")}
        found = {}
        for name, column in columns.items():
            own = column.where(column.isin(known[name]) | column.isna(), "(unseen)") if name in known else column
            for level, where in own.fillna("(missing)").groupby(own.fillna("(missing)")):
                mask = np.zeros(len(column), dtype=np.bool_)
                mask[where.index] = True
                found[name, str(level)] = mask
        return found


def read(folder: Path) -> Reference:
    """Return everything an independent computation needs."""
    rows = pd.read_csv(folder / "production_simulation.csv", keep_default_na=False, na_values=[""])
    statistics = json.loads((folder / "training_statistics.json").read_text())
    features = rows.drop(columns=["date", "product_id", "price"])
    for name in statistics["plan"]["numeric"]:
        features[name] = features[name].astype(np.float64)
    for name in statistics["plan"]["categorical"]:
        features[name] = features[name].astype(object)
    return Reference(
        rows=rows,
        price=rows["price"].to_numpy(np.float64),
        predicted=_predictions(folder / "model.skops", features),
        previous=_predictions(folder / "model_previous.skops", features),
        plan=statistics["plan"],
        sums=statistics["sums"],
    )


def _predictions(path: Path, features: pd.DataFrame) -> Floats:
    model = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    return np.asarray(model.predict(features), dtype=np.float64)
