"""The real data sets → rows in which nothing changed, split at random, and the same rows with outcomes made worse."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import skops.io

from tests.real import hotel, test_bank_marketing, test_telco_churn
from tests.real.started import source

Form = Literal["held_out", "reference", "training", "nothing"]
"""What is given beside production: training and held-out rows and the model; held-out rows as the reference; training
rows and the model; production alone with its predictions."""
PREDICTION = "predicted"


@dataclass(frozen=True, kw_only=True)
class Split:
    """Rows of one data set; each table has the model's predictions in a column."""

    training: pd.DataFrame | None
    held_out: pd.DataFrame
    production: pd.DataFrame
    target: str
    model: Any = None
    words: tuple[str, ...] = ()
    outcomes: tuple[Any, Any] | None = None
    """Of a binary model what stands for 0 and 1."""
    score: Callable[[pd.DataFrame], np.ndarray] | None = None
    """What the model says of rows; None where only its predictions are known."""

    @property
    def truth(self) -> np.ndarray:
        """Return production's outcomes as numbers."""
        y = self.production[self.target]
        return (y if self.outcomes is None else y == self.outcomes[1]).to_numpy(float)

    @property
    def predicted(self) -> np.ndarray:
        """Return production's predictions."""
        return self.production[PREDICTION].to_numpy(float)

    def with_truth(self, y: np.ndarray) -> "Split":
        """Return the split with other outcomes in production."""
        told = y if self.outcomes is None else np.where(y > 0.5, self.outcomes[1], self.outcomes[0])
        return replace(self, production=self.production.assign(**{self.target: told}))


def doubled(split: Split) -> Split:
    """Return outcomes missed more than twice as far; of probabilities so many turned that the error doubles."""
    y, p = split.truth, split.predicted
    if split.outcomes is None:
        return split.with_truth(p + 2.2 * (y - p))
    worse, turned = ((1.0 - y - p) ** 2 - (y - p) ** 2), np.random.default_rng(3).permutation(y.size)
    many = np.searchsorted(np.cumsum(worse[turned]), 1.2 * ((y - p) ** 2).sum()) + 1
    return split.with_truth(np.where(np.isin(np.arange(y.size), turned[:many]), 1.0 - y, y))


def reversed_(split: Split) -> Split:
    """Return outcomes that are high where the model says low."""
    y = split.truth
    return split.with_truth(1.0 - y if split.outcomes else 2.0 * y.mean() - y)


def apart(split: Split) -> Split:
    """Return outcomes whose mean is ten points, or ten percent, above what it was."""
    y = split.truth
    if split.outcomes is None:
        return split.with_truth(y + 0.1 * y.mean())
    raised = np.random.default_rng(5).random(y.size) < 0.1 / (1.0 - y.mean())
    return split.with_truth(np.where(raised, 1.0, y))


DAMAGE: dict[str, Callable[[Split], Split]] = {"doubled": doubled, "reversed": reversed_, "apart": apart}


def _parts(table: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, ...]:
    """Return half of the rows, a quarter, and the other quarter, at random; each in the order of the table."""
    place = np.random.default_rng(seed).permutation(len(table))
    cuts = len(table) // 2, len(table) * 3 // 4
    return tuple(table.iloc[np.sort(part)] for part in np.split(place, cuts))


def _split(
    parts: tuple[pd.DataFrame, ...], model: Any, told: Callable[[pd.DataFrame], np.ndarray], **more: Any
) -> Split:
    training, held_out, production = (part.assign(**{PREDICTION: told(part)}) for part in parts)
    return Split(training=training, held_out=held_out, production=production, model=model, score=told, **more)


def hotel_rooms(seed: int) -> Split:
    parts = _parts(pd.read_csv(source("hotel_pricing/hotel_rates.csv")), seed)
    model = hotel.ridge(parts[0])
    left = ("arrival_date_num", "assigned_room_type", "booking_changes", "days_in_waiting_list", "company")
    words = ("--time", hotel.TIME, *(word for name in left for word in ("--exclude", name)))
    return _split(parts, model, lambda rows: model.predict(rows[hotel.FEATURES]), target=hotel.TARGET, words=words)


def bank(seed: int) -> Split:
    """Of 2008 alone, before the crisis; what is unknown is a level like the others."""
    parts = _parts(test_bank_marketing.rows()[: test_bank_marketing.TRAINING], seed)
    numbers, target = test_bank_marketing.NUMERIC, test_bank_marketing.TARGET

    def inputs(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[test_bank_marketing.FEATURES].astype(dict.fromkeys(numbers, float))

    model = test_bank_marketing.fitted(inputs(parts[0]).assign(**{target: parts[0][target]}))
    left = (test_bank_marketing.LEAK, "month", "year", "day_of_week")
    return _split(
        parts,
        model,
        lambda rows: model.predict_proba(inputs(rows))[:, 1],
        target=target,
        words=("--time", "called_on", "--positive", "yes", *(word for name in left for word in ("--exclude", name))),
        outcomes=("no", "yes"),
    )


def telco(seed: int) -> Split:
    table = pd.read_csv(source("telco_churn/Telco-Customer-Churn.csv"), dtype={test_telco_churn.BLANKS: str})
    parts = _parts(table, seed)
    features = test_telco_churn.inputs(parts[0])
    model = test_telco_churn.fresh(features.columns).fit(features, parts[0][test_telco_churn.TARGET])
    return _split(
        parts,
        model,
        lambda rows: model.predict_proba(test_telco_churn.inputs(rows[table.columns]))[:, 1],
        target=test_telco_churn.TARGET,
        words=("--entity", test_telco_churn.ENTITY, "--positive", "Yes"),
        outcomes=("No", "Yes"),
    )


def car_loan(seed: int) -> Split:
    """Ready predictions; of the rows before the inputs moved."""
    del seed
    reference = pd.read_csv(source("car_loan/synthetic_car_loan_reference.csv"))
    now = pd.read_csv(source("car_loan/synthetic_car_loan_analysis.csv"))[:25_000]
    now = now.merge(pd.read_csv(source("car_loan/synthetic_car_loan_analysis_target.csv")), on="id")
    held_out, production = (each.rename(columns={"y_pred_proba": PREDICTION}) for each in (reference, now))
    words = ("--time", "timestamp", "--exclude", "y_pred")
    return Split(training=None, held_out=held_out, production=production, target="repaid", words=words, outcomes=(0, 1))


SETS: dict[str, Callable[[int], Split]] = {"hotel": hotel_rooms, "bank": bank, "telco": telco, "car_loan": car_loan}


def written(split: Split, form: Form, folder: Path) -> tuple[str, ...]:
    """Write what the form gives into the folder and return the words for `init`."""
    scores = split.model is None or form in ("nothing", "reference")
    tables = {"held_out": split.held_out, "training": split.training, "production": split.production}
    for name, table in tables.items():
        if table is not None:
            kept = table if scores else table.drop(columns=PREDICTION)
            kept.to_csv(folder / f"{name}.csv", index=False)
    words = ("--production", str(folder / "production.csv"), "--target", split.target, *split.words)
    if scores:
        words = (*words, "--prediction", PREDICTION)
    else:
        skops.io.dump(split.model, folder / "model.skops")
        words = (*words, "--model", str(folder / "model.skops"))
    if form in ("held_out", "training") and split.training is not None:
        words = (*words, "--reference", str(folder / "training.csv"))
    if form == "reference":
        words = (*words, "--reference", str(folder / "held_out.csv"), "--reference-is", "held_out")
    return (*words, "--held-out", str(folder / "held_out.csv")) if form == "held_out" else words


def stuck(split: Split) -> Split:
    """Return predictions of which a third, at random, are the middle one."""
    p, third = split.predicted, np.random.default_rng(7).random(len(split.production)) < 1 / 3
    return _strayed(split, np.where(third, np.median(p), p))


def slipped(split: Split) -> Split:
    """Return predictions that are those of the row before."""
    return _strayed(split, np.roll(split.predicted, 1))


def held(split: Split) -> Split:
    """Return rows from whose middle on one number, that on which the predictions hang most, is what it was last."""
    rows, late = _in_time(split)
    numbers = [
        name
        for name in rows
        if name not in (split.target, PREDICTION) and pd.to_numeric(rows[name], errors="coerce").notna().mean() > 0.9
    ]
    made = [
        _scored(split, rows.assign(**{str(name): rows[name].mask(late, rows[name].iloc[~late].iloc[-1])}))
        for name in numbers
    ]
    return max(made, key=lambda one: float(((one.predicted - rows[PREDICTION]) ** 2).mean()))


def copied(split: Split) -> Split:
    """Return rows of which the later half has the inputs of the earlier one."""
    rows, late = _in_time(split)
    own = {split.target, *(split.words[k + 1] for k, word in enumerate(split.words) if word in ("--time", "--entity"))}
    names, size = [name for name in rows if name not in own], int(late.sum())
    old = rows[names].iloc[np.arange(len(rows)) % (len(rows) - size)].set_axis(rows.index)
    return _scored(split, rows.assign(**{str(name): rows[name].mask(late, old[name]) for name in names}))


def _in_time(split: Split) -> tuple[pd.DataFrame, np.ndarray]:
    """Return production's rows in the order of their days, and which are in the later half of them."""
    time = split.words[split.words.index("--time") + 1] if "--time" in split.words else None
    rows = split.production if time is None else split.production.sort_values(time, kind="stable")
    place = np.arange(len(rows)) if time is None else rows[time].astype(str).str[:10].to_numpy()
    return rows, place >= place[len(rows) // 2]


def _scored(split: Split, rows: pd.DataFrame) -> Split:
    scored = rows if split.score is None else rows.assign(**{PREDICTION: split.score(rows)})
    return replace(split, production=scored, model=None)


def _strayed(split: Split, p: np.ndarray) -> Split:
    return replace(split, production=split.production.assign(**{PREDICTION: p}), model=None)


STRAYED: dict[str, Callable[[Split], Split]] = {"slipped": slipped, "stuck": stuck, "held": held, "copied": copied}
