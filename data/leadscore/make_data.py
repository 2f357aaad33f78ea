"""A seed → the leads of the lead-scoring case, both models, the training statistics and the truth, beside this file.

    python -m data.leadscore.make_data

A lead converts with a probability that is logistic in its features and in how ready its company is; leads of one
company share the latter. From mid-December a campaign brings leads that look keen and convert less. What
became of a lead is known days later: a conversion when the contract is signed, a refusal when the lead is closed.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from data.classifier import fitted, told
from data.model_file import write_model

HERE = Path(__file__).parent
SEED = 20250115
TRAINING, VALIDATION, PRODUCTION = ("2024-06-03", 126), ("2024-10-07", 28), ("2024-11-20", 56)
PREVIOUS = ("2024-03-04", 91)
LEADS_A_DAY = 657
CAMPAIGN = pd.Timestamp("2024-12-16")
LEVELS = {
    "source": (
        ("website", "referral", "exhibition", "partner", "search", "social"),
        (0.28, 0.14, 0.09, 0.12, 0.25, 0.12),
    ),
    "sector": (
        ("trading", "services", "manufacturing", "logistics", "education", "media"),
        (0.3, 0.26, 0.16, 0.12, 0.08, 0.08),
    ),
    "region": (
        ("gulf", "south_asia", "europe", "africa", "east_asia", "americas"),
        (0.3, 0.27, 0.17, 0.12, 0.09, 0.05),
    ),
    "licence": (("free_zone", "non_free_zone", "undecided"), (0.52, 0.2, 0.28)),
}
EFFECT = {
    "referral": 0.75,
    "exhibition": 0.3,
    "partner": 0.5,
    "social": -0.45,
    "search": 0.1,
    "manufacturing": 0.35,
    "education": -0.25,
    "media": -0.2,
    "gulf": 0.2,
    "africa": -0.2,
    "americas": -0.1,
    "undecided": -0.7,
    "non_free_zone": -0.15,
}
WEIGHT = {
    "visits_30d": 0.4,
    "pages_per_visit": 0.3,
    "price_page_views": 0.7,
    "emails_opened": 0.4,
    "calls_answered": 0.65,
    "hours_to_first_reply": -0.5,
    "company_age_years": 0.2,
    "employees": 0.28,
    "budget_usd": 0.5,
    "days_since_enquiry": -0.45,
    "documents_uploaded": 0.8,
    "meetings_booked": 0.85,
}
NUMERIC, CATEGORICAL = tuple(WEIGHT), tuple(LEVELS)
FEATURES = [*NUMERIC, *CATEGORICAL]


def leads(
    window: tuple[str, int], rng: np.random.Generator, *, campaign: bool = False, lift: float = 0.0
) -> pd.DataFrame:
    """Leads of a window of (first day, days) with their features and what became of them; `lift` in log-odds."""
    start, days = window
    n = LEADS_A_DAY * days
    day = pd.Timestamp(start) + pd.to_timedelta(np.repeat(np.arange(days), LEADS_A_DAY), unit="D")
    company = rng.integers(0, n // 3, n)
    ready = rng.normal(0, 0.35, n // 3)[company]
    table = pd.DataFrame(
        {"lead_id": [f"L{start[2:4]}{start[5:7]}{i:06}" for i in range(n)], "created": day, "company_id": company}
    )
    for name, (levels, shares) in LEVELS.items():
        table[name] = rng.choice(levels, n, p=shares)
    latent = {name: rng.normal(0, 1, n) for name in NUMERIC}
    if campaign:
        came = (day >= CAMPAIGN) & (rng.random(n) < 0.12)
        table.loc[came, "source"] = "social"
        for name in ("visits_30d", "price_page_views"):
            latent[name][came] += 0.9
        ready = ready - 1.3 * came
    score = -3.06 + lift + ready + sum(WEIGHT[name] * latent[name] for name in NUMERIC)
    score = score + sum(table[name].map(EFFECT).fillna(0.0).to_numpy() for name in CATEGORICAL)
    table["converted"] = (rng.random(n) < 1 / (1 + np.exp(-score))).astype(int)
    _measured(table, latent, rng)
    table["known_on"] = day + pd.to_timedelta(_delay(table["converted"].to_numpy(), rng), unit="D")
    return table


def _measured(table: pd.DataFrame, latent: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """The features as the systems record them: counts, hours, money."""
    counts = {
        "visits_30d": 4,
        "price_page_views": 1.5,
        "emails_opened": 2,
        "calls_answered": 1.2,
        "documents_uploaded": 0.7,
        "meetings_booked": 0.5,
    }
    for name, mean in counts.items():
        table[name] = rng.poisson(mean * np.exp(0.6 * latent[name] - 0.18))
    table["pages_per_visit"] = np.round(np.exp(1.1 + 0.4 * latent["pages_per_visit"]), 1)
    table["hours_to_first_reply"] = np.round(np.exp(1.5 + 0.9 * latent["hours_to_first_reply"]), 1)
    table["company_age_years"] = np.round(np.exp(1.3 + 0.8 * latent["company_age_years"]), 1)
    table["employees"] = np.ceil(np.exp(2.2 + 1.0 * latent["employees"])).astype(int)
    table["budget_usd"] = np.round(np.exp(10.2 + 0.7 * latent["budget_usd"]), -2)
    table["days_since_enquiry"] = np.round(np.exp(1.2 + 0.7 * latent["days_since_enquiry"])).astype(int)
    table.loc[rng.random(len(table)) < 0.003, "budget_usd"] = np.nan
    table.loc[rng.random(len(table)) < 0.004, "company_age_years"] = np.nan


def _delay(converted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Days until an outcome is known: contracts take about two weeks, refusals a little less, at most three weeks."""
    return np.clip(np.round(rng.gamma(4.0, np.where(converted == 1, 3.2, 2.4))), 1, 21).astype(int)


def model_of(table: pd.DataFrame) -> Pipeline:
    return fitted(table, NUMERIC, CATEGORICAL, "converted")


def report(model: Pipeline, table: pd.DataFrame) -> dict[str, float]:
    """What a validation report would say."""
    return told(model, table[FEATURES], table["converted"].to_numpy(), percent=20)


def write(model: Pipeline, previous: Pipeline, production: pd.DataFrame) -> None:
    end = production["created"].max() + pd.Timedelta(days=1)
    outcomes = production.loc[production["known_on"] < end, ["lead_id", "converted", "known_on"]].sort_values(
        "known_on", kind="stable"
    )
    outcomes.to_csv(HERE / "outcomes.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
    rows = production[["lead_id", "created", "company_id", *FEATURES]]
    rows.to_csv(HERE / "production_simulation.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d")
    write_model(model, HERE / "model.skops")
    write_model(previous, HERE / "model_previous.skops")


def main() -> None:
    from generator import start
    from generator.catalog import CATALOG

    rng = [np.random.default_rng([SEED, i]) for i in range(4)]
    training, validation = leads(TRAINING, rng[0]), leads(VALIDATION, rng[1])
    production = leads(PRODUCTION, rng[2], campaign=True)
    model, previous = model_of(training), model_of(leads(PREVIOUS, rng[3], lift=-0.1).head(12_000))
    write(model, previous, production)
    training.drop(columns="known_on").to_parquet(HERE / "training.parquet", index=False)
    parts = {
        "training": training,
        "validation": validation,
        "production": production,
        "before_campaign": production[production["created"] < CAMPAIGN],
        "campaign": production[production["created"] >= CAMPAIGN],
    }
    truth = {"seed": SEED, **{name: report(model, part) for name, part in parts.items()}}
    (HERE / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    if (HERE / "dossier.yaml").is_file():
        (HERE / "training_statistics.json").write_bytes(start.profile(HERE, CATALOG, HERE / "training.parquet"))


if __name__ == "__main__":
    main()
