"""A seed → the customers of the churn case, both models, the training statistics and the truth, beside this file.

    python -m data.churn.make_data

Every customer is scored once a month. Whether one leaves within thirty days is logistic in the features and in how
settled the household is. From the middle of production a competitor's offer makes customers on monthly fibre contracts
leave more often while their features stay as they were: the relation changes, the inputs do not. The age group is no
feature; it is kept to compare the errors of its levels.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from data.classifier import fitted, told
from data.model_file import write_model
from data.onnx_file import write_onnx

HERE = Path(__file__).parent
SEED = 20260401
PREVIOUS, TRAINING, VALIDATION, PRODUCTION = (
    ("2025-03-01", 60),
    ("2025-09-01", 90),
    ("2025-12-01", 30),
    ("2026-02-01", 60),
)
A_DAY = 500
OFFER = pd.Timestamp("2026-03-04")
LEVELS = {
    "contract": (("monthly", "one_year", "two_year"), (0.5, 0.28, 0.22)),
    "internet": (("fibre", "dsl", "none"), (0.46, 0.36, 0.18)),
    "payment": (("card", "transfer", "invoice", "cash"), (0.3, 0.34, 0.26, 0.1)),
    "region": (("north", "south", "east", "west", "capital"), (0.2, 0.22, 0.16, 0.17, 0.25)),
}
EFFECT = {
    "one_year": -1.1,
    "two_year": -1.9,
    "fibre": 0.5,
    "none": -0.5,
    "invoice": 0.3,
    "cash": 0.45,
    "capital": 0.15,
    "east": -0.1,
}
WEIGHT = {
    "tenure_months": -0.75,
    "monthly_charge": 0.4,
    "support_calls_90d": 0.5,
    "outages_90d": 0.35,
    "data_used_gb": -0.25,
    "late_payments_12m": 0.3,
    "days_since_login": 0.35,
    "services": -0.3,
    "price_change_12m": 0.3,
    "complaints_12m": 0.4,
}
NUMERIC, CATEGORICAL = tuple(WEIGHT), tuple(LEVELS)
FEATURES = [*NUMERIC, *CATEGORICAL]


def customers(window: tuple[str, int], rng: np.random.Generator, *, offer: bool = False) -> pd.DataFrame:
    """Customers scored in a window of (first day, days): features, the age group, and whether they left."""
    start, days = window
    n = A_DAY * days
    people = A_DAY * 30
    day = pd.Timestamp(start) + pd.to_timedelta(np.repeat(np.arange(days), A_DAY), unit="D")
    who = (np.arange(n) % people) + people * int(start[2:4] + start[5:7])
    own = np.random.default_rng([SEED, people, int(start[5:7])])
    settled, household = own.normal(0, 0.3, people)[np.arange(n) % people], np.arange(n) % people
    table = pd.DataFrame({"scored_on": day, "customer_id": [f"C{i:09}" for i in who]})
    for name, (levels, shares) in LEVELS.items():
        table[name] = own.choice(levels, people, p=shares)[household]
    table["age_group"] = own.choice(("18-29", "30-44", "45-64", "65+"), people, p=(0.22, 0.3, 0.32, 0.16))[household]
    latent = {name: own.normal(0, 0.9, people)[household] + rng.normal(0, 0.44, n) for name in NUMERIC}
    score = -1.72 - settled + sum(WEIGHT[name] * latent[name] for name in NUMERIC)
    score = score + sum(table[name].map(EFFECT).fillna(0.0).to_numpy() for name in CATEGORICAL)
    if offer:
        score = (
            score
            + 0.9 * ((day >= OFFER) & (table["contract"] == "monthly") & (table["internet"] == "fibre")).to_numpy()
        )
    table["left"] = np.where(rng.random(n) < 1 / (1 + np.exp(-score)), "yes", "no")
    _measured(table, latent, rng)
    return table


def _measured(table: pd.DataFrame, latent: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """The features as the systems record them."""
    table["tenure_months"] = np.clip(np.round(np.exp(3.1 + 0.8 * latent["tenure_months"])), 1, 240).astype(int)
    table["monthly_charge"] = np.round(38 + 11 * latent["monthly_charge"], 2).clip(9.99)
    for name, mean in {
        "support_calls_90d": 0.9,
        "outages_90d": 0.7,
        "late_payments_12m": 0.5,
        "complaints_12m": 0.4,
    }.items():
        table[name] = rng.poisson(mean * np.exp(0.7 * latent[name] - 0.25))
    table["data_used_gb"] = np.round(np.exp(3.4 + 0.7 * latent["data_used_gb"]), 1)
    table["days_since_login"] = np.round(np.exp(1.7 + 0.9 * latent["days_since_login"])).astype(int)
    table["services"] = np.clip(np.round(2.6 + 1.1 * latent["services"]), 1, 7).astype(int)
    table["price_change_12m"] = np.round(0.02 + 0.03 * latent["price_change_12m"], 3)
    table.loc[rng.random(len(table)) < 0.01, "data_used_gb"] = np.nan


def model_of(table: pd.DataFrame) -> Pipeline:
    return fitted(table, NUMERIC, CATEGORICAL, "left")


def report(model: Pipeline, table: pd.DataFrame) -> dict[str, float]:
    """What a validation report would say."""
    return told(model, table[FEATURES], (table["left"] == "yes").to_numpy(int), percent=10)


def main() -> None:
    from generator import start
    from generator.catalog import CATALOG

    rng = [np.random.default_rng([SEED, i]) for i in range(4)]
    training, validation = customers(TRAINING, rng[0]), customers(VALIDATION, rng[1])
    production = customers(PRODUCTION, rng[2], offer=True)
    model, previous = model_of(training), model_of(customers(PREVIOUS, rng[3]).head(8_000))
    production.to_csv(HERE / "production_simulation.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
    write_model(model, HERE / "model.skops")
    write_model(previous, HERE / "model_previous.skops")
    write_onnx(model, NUMERIC, CATEGORICAL, HERE / "model.onnx")
    training.to_parquet(HERE / "training.parquet", index=False)
    after = production["scored_on"] >= OFFER
    hit = after & (production["contract"] == "monthly") & (production["internet"] == "fibre")
    parts = {
        "training": training,
        "validation": validation,
        "production": production,
        "before_offer": production[~after],
        "after_offer": production[after],
        "after_offer_hit": production[hit],
    }
    truth = {"seed": SEED, **{name: report(model, part) for name, part in parts.items()}}
    (HERE / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    if (HERE / "dossier.yaml").is_file():
        (HERE / "training_statistics.json").write_bytes(start.profile(HERE, CATALOG, HERE / "training.parquet"))


if __name__ == "__main__":
    main()
