"""Takes raw rows of a case and what it declares of money, gives what acting, loss, worth and late outcomes are."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

from tests.oracle.claims import FIFTHS, Raw
from tests.oracle.recompute import Wanted, finite

DAYS_A_MONTH = 365.25 / 12
STATED = 1e-3
"""The error of the validation is declared, and rounded."""
MANY = 100
FIFTH = [0.2, 0.4, 0.6, 0.8]
Said = Mapping[str, Any]


def rows_a_month(raw: Raw) -> float:
    """Return the rows of a month of mean length at the pace of the days that have any, each until the next."""
    days = np.sort(pd.to_datetime(raw.scored["date"]).unique())
    step = float(np.quantile(np.diff(days) / np.timedelta64(1, "D"), 0.5, method="higher")) if len(days) > 1 else 1.0
    return len(raw.scored) / (len(days) * step) * DAYS_A_MONTH


def acting(raw: Raw, declared: Said, said: Said) -> Iterator[tuple[str, Wanted]]:
    """Yield what acting from a threshold on costs, whom it reaches, and what the tiers hold; `said` has thresholds."""
    rows, hit, false = raw.production, *(float(declared["costs"][key]) for key in ("true_positive", "false_positive"))
    yield "decision.threshold.optimal", Wanted(value=false / (false - hit))
    month, scores = rows_a_month(raw), raw.scored["prediction"]

    def cost(of: pd.DataFrame) -> float:
        return float(np.where(of["y"] == 1, hit, false).sum()) / len(rows)

    now = cost(rows[rows["prediction"] >= declared["threshold"]])
    for point in ("current", "everybody", "lowest", "nobody"):
        start = said.get(f"decision.{point}.from")
        acted = rows[rows["prediction"] >= start] if start is not None else rows[:0]
        yield f"decision.{point}.acted", Wanted(value=float((scores >= (np.inf if start is None else start)).mean()))
        yield f"decision.{point}.cost", Wanted(value=cost(acted))
        yield f"decision.{point}.cost_per_month", Wanted(value=cost(acted) * month)
        yield f"decision.{point}.captured", Wanted(value=float(acted["y"].sum() / rows["y"].sum()))
        yield f"decision.{point}.against_current", Wanted(value=(cost(acted) - now) * month, off=1e-6)
        if len(acted):
            yield f"decision.{point}.hits", Wanted(value=float(acted["y"].mean()))
    yield "actions.nobody.more_per_month", Wanted(value=-now * month)
    above = np.inf
    for tier in sorted(declared.get("tiers", ()), key=lambda one: -one["above"]):
        own = rows[(rows["prediction"] >= tier["above"]) & (rows["prediction"] < above)]
        all_own = scores[(scores >= tier["above"]) & (scores < above)]
        head, above = f"decision.tiers.{tier['name']}.", tier["above"]
        yield f"{head}cases", Wanted(value=len(all_own) / len(scores))
        yield f"{head}predicted", Wanted(value=float(all_own.mean()))
        yield f"{head}rate", Wanted(value=float(own["y"].mean()))
        yield f"{head}value", Wanted(value=-cost(own) * len(rows) / len(own))


def loss(raw: Raw, declared: Said) -> Iterator[tuple[str, Wanted]]:
    """Yield what numbers that miss cost a month: this version of late and before, the one before, a plain guess."""
    price, month = float(declared["loss_per_unit_error"]), rows_a_month(raw)

    def of(rows: pd.DataFrame, guess: str = "prediction") -> float:
        return float((rows[guess] - rows["y"]).abs().mean()) * month * price

    now, late, before = (of(rows) for rows in (raw.production, raw.window("recent"), raw.held_out))
    yield "business.rows_per_month", Wanted(value=month)
    yield "business.loss_per_month", Wanted(value=now)
    yield "business.loss_recent_per_month", Wanted(value=late)
    yield "business.loss_at_validation_per_month", Wanted(value=before, rel=STATED)
    yield "business.loss_increase_per_month", Wanted(value=now - before, rel=0.0, off=STATED * before)
    yield "business.loss_increase_recent_per_month", Wanted(value=late - before, rel=0.0, off=STATED * before)
    yield "actions.previous.more_per_month", Wanted(value=of(raw.production, "previous") - now, rel=1e-5)


def worth(declared: Said, said: Said) -> Iterator[tuple[str, Wanted]]:
    """Yield worth over the horizon and in the first year; `said` has the costs a year that other rooms work out."""
    months = np.arange(int(declared["horizon_months"]))
    ramp = float(declared["ramp_months"])
    grown = np.array([np.clip(np.linspace(m, m + 1, 20_001) / ramp, 0, 1).mean() for m in months])
    today = (1.0 + float(declared["discount_rate"])) ** (-(months + 1) / 12)
    value, once = float(declared["value_per_month"]), float(declared["implementation_cost"])
    heads = ("business.input.running_cost_per_year", "business.input.incidents", "business.input.ageing")
    yearly = sum(
        float(value)
        for id, value in said.items()
        if value is not None and (id in heads or (id.startswith("business.input.cost.") and id.endswith(".per_year")))
    )
    benefit, cost = float(value * grown @ today), once + yearly / 12 * float(today.sum())
    yield "business.benefit_present", Wanted(value=benefit, rel=1e-5)
    yield "business.cost_present", Wanted(value=cost, rel=1e-7)
    yield "business.npv", Wanted(value=benefit - cost, rel=1e-5)
    yield "business.benefit_cost_ratio", Wanted(value=benefit / cost, rel=1e-5)
    first, spent = value * float(grown[:12].sum()), once + yearly
    yield "business.benefit_first_year", Wanted(value=first, rel=1e-5)
    yield "business.cost_first_year", Wanted(value=spent, rel=1e-7)
    yield "business.roi", Wanted(value=first / spent - 1.0, rel=1e-4)
    flow = np.cumsum((value * grown - yearly / 12) * today) - once
    yield "business.payback_discounted", Wanted(value=int(np.argmax(flow >= 0)) + 1)


def impact(raw: Raw) -> Iterator[tuple[str, Wanted]]:
    """Yield by what the mean prediction moved from the training rows to those of production."""
    now, then = (float(rows["prediction"].mean()) for rows in (raw.scored, raw.training))
    yield "drift.impact.total", Wanted(value=now - then, rel=1e-6)


def _estimating(entity: object) -> bool:
    """Say whether the rows of an entity tell how a group errs: groups are searched among the others."""
    digest = blake2b(str(entity).encode(), digest_size=8, person=b"dossier").digest()
    return bool(int.from_bytes(digest, "little") >> 58 & 1)


def groups(said: Said) -> Iterator[str]:
    """Yield the names of the groups of rows that are told of."""
    return (unquote(id.removeprefix("slices.")[:-2]) for id in said if id.startswith("slices.") and id.endswith(".n"))


def slices(raw: Raw, names: Iterator[str]) -> Iterator[tuple[str, Wanted]]:
    """Yield rows and typical errors of the groups of these names, where parts of numbers are fifths of many values."""
    cuts = {name: np.quantile(finite(of).dropna(), FIFTH) for name, of in raw.training.select_dtypes("number").items()}
    rough = {name for name, at in cuts.items() if raw.training[name].nunique() < MANY or np.unique(at).size < at.size}
    telling = raw.production["entity"].map({one: _estimating(one) for one in raw.production["entity"].unique()})
    root = 1.0 if raw.binary else 0.5
    squares = (raw.production["prediction"] - raw.production["y"]) ** 2
    for id in (
        one
        for one in names
        if " part" not in one and "(other)" not in one and not rough & {part.split(" ")[0] for part in one.split(", ")}
    ):
        inside = pd.Series(True, index=raw.production.index)
        for part in id.split(", "):
            column, _, level = part.partition(" ")
            values = raw.production[column]
            if level == "(missing)":
                inside &= values.isna()
            elif level == "(unseen)":
                inside &= values.notna() & ~values.isin(raw.training[column])
            elif level in FIFTHS:
                inside &= values.notna() & (np.searchsorted(cuts[column], values, side="right") == FIFTHS.index(level))
            else:
                inside &= values == level
        yield f"slices.{quote(id)}.n", Wanted(value=int(inside.sum()))
        for key, rows in (("rmse", inside), ("rest", ~inside)):
            yield f"slices.{quote(id)}.{key}", Wanted(value=float(squares[rows & telling].mean() ** root))


def waiting(
    scored: pd.DataFrame, outcomes: pd.DataFrame, key: str, arrived: str, day: str
) -> Iterator[tuple[str, Wanted]]:
    """Yield how long outcomes took to arrive, and how many are there."""
    told = outcomes.merge(scored[[key, day]], on=key)
    took = (pd.to_datetime(told[arrived]) - pd.to_datetime(told[day])).dt.days.to_numpy()
    for share in (50, 90, 99):
        by = next(days for days in np.unique(took) if (took <= days).mean() >= share / 100)
        yield f"data.labels.delay.p{share}", Wanted(value=float(by))
    yield "data.labels.rows", Wanted(value=len(told))
    yield "data.labels.missing", Wanted(value=len(scored) - len(told))
