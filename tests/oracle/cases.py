"""The worked cases as raw rows: their tables, model files and seeds read without the program."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import skops.io
import yaml

from data.churn import make_data as churn
from data.leadscore import make_data as leadscore
from data.techmart import make_data as techmart
from tests.oracle.claims import KNOWN, Raw

DATA = Path(__file__).resolve().parents[2] / "data"
INPUTS = ("drift", "missing", "correlation", "mix", "new_products")
RELATION = ("decay", "category", "brand", "premium", "slice")
"""What was planted in TechMart's rows, each with the mean squared error that it alone would bring."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A project: its rows, the columns of its segments and of its numbers, and from where on a case is acted on."""

    name: str
    raw: Callable[[], Raw]
    segments: tuple[str, ...]
    threshold: float = 0.5
    tops: tuple[int, ...] = ()


def _scored(
    name: str, rows: pd.DataFrame, *, target: str, time: str, entity: str, positive: object = None
) -> pd.DataFrame:
    """Return the rows with `y`, `prediction`, `previous`, `date`, `entity`; of a binary target `positive` is 1."""

    def scores(file: Path) -> np.ndarray:
        model = skops.io.load(file, trusted=skops.io.get_untrusted_types(file=file))
        inputs = rows[list(model.feature_names_in_)]
        return np.asarray(model.predict(inputs) if positive is None else model.predict_proba(inputs)[:, 1])

    p, before = (scores(DATA / name / f"model{which}.skops") for which in ("", "_previous"))
    y = rows[target] if positive is None else (rows[target] == positive).where(rows[target].notna())
    date = rows[time].astype(str).str[:10]
    return rows.assign(y=y.astype(float), prediction=p, previous=before, date=date, entity=rows[entity])


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with an outcome on the days that have nearly all of theirs."""
    share = rows.groupby("date")["y"].transform(lambda one: one.notna().mean())
    return pd.DataFrame(rows[(share >= KNOWN) & rows["y"].notna()])


def _acceptable(name: str, metric: str) -> float:
    declared = yaml.safe_load((DATA / name / "dossier.yaml").read_text())["objectives"]["metrics"]
    return float(next(one["acceptable"] for one in declared if one["metric"] == metric))


@cache
def _techmart() -> Raw:
    def told(rows: pd.DataFrame) -> pd.DataFrame:
        found = _scored("techmart", rows, target="price", time="date", entity="product_id")
        tiers = np.array(["budget", "standard", "upper", "premium"])
        return found.assign(price_tier=tiers[np.searchsorted(cuts, found["list_price_msrp"], side="right")])

    training = techmart.training_rows()
    cuts = np.quantile(training["list_price_msrp"].dropna(), [0.25, 0.5, 0.75])
    production = told(pd.read_csv(DATA / "techmart/production_simulation.csv", keep_default_na=False, na_values=[""]))
    alone = json.loads((DATA / "techmart/truth.json").read_text())["mse_alone"]
    inputs, relation = (sum(alone[one] - alone["none"] for one in parts) for parts in (INPUTS, RELATION))
    declared = yaml.safe_load((DATA / "techmart/dossier.yaml").read_text())["data"]["features"]
    return Raw(
        production=production,
        training=told(training),
        held_out=told(techmart.validation_rows()),
        scored=production,
        binary=False,
        inputs=inputs,
        relation=relation,
        acceptable=_acceptable("techmart", "rmse"),
        stops={one["name"]: one["missing_stop"] for one in declared if "missing_stop" in one},
    )


@cache
def _churn() -> Raw:
    def told(rows: pd.DataFrame) -> pd.DataFrame:
        return _scored("churn", rows, target="left", time="scored_on", entity="customer_id", positive="yes")

    rng = [np.random.default_rng([churn.SEED, place]) for place in range(2)]
    training, held_out = churn.customers(churn.TRAINING, rng[0]), churn.customers(churn.VALIDATION, rng[1])
    production = told(pd.read_csv(DATA / "churn/production_simulation.csv"))
    return Raw(
        production=production,
        training=told(training),
        held_out=told(held_out),
        scored=production,
        binary=True,
        acceptable=_acceptable("churn", "brier"),
    )


@cache
def _leadscore() -> Raw:
    def told(rows: pd.DataFrame) -> pd.DataFrame:
        return _scored("leadscore", rows, target="converted", time="created", entity="company_id", positive=1)

    rng = [np.random.default_rng([leadscore.SEED, place]) for place in range(2)]
    training, held_out = leadscore.leads(leadscore.TRAINING, rng[0]), leadscore.leads(leadscore.VALIDATION, rng[1])
    rows = pd.read_csv(DATA / "leadscore/production_simulation.csv")
    scored = told(rows.merge(pd.read_csv(DATA / "leadscore/outcomes.csv"), on="lead_id", how="left"))
    return Raw(
        production=_known(scored),
        training=told(training),
        held_out=told(held_out),
        scored=scored,
        binary=True,
        acceptable=_acceptable("leadscore", "brier"),
    )


CASES = {
    "churn": Case(name="churn", raw=_churn, segments=("contract", "internet", "region"), tops=(10, 20)),
    "leadscore": Case(
        name="leadscore", raw=_leadscore, segments=("source", "sector", "region"), threshold=0.18, tops=(20,)
    ),
    "techmart": Case(name="techmart", raw=_techmart, segments=("category", "price_tier", "brand")),
}
