"""A small table whose outcomes come late, in a file of their own, and the evidence of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.evidence import Evidence
from generator.records.project import Labels
from generator.scoring import skops
from generator.subjects.labels import labels
from tests.measure.frames import project, rows

FILLING = (0.5, 0.25, 0.25)
"""Shares of a day's labels that come on the day itself, one day and two days later."""
DECLARED = Labels(path="labels.csv", key="id", arrived="came")
DAYS, ENTITIES = 10, 40


def predictions() -> pd.DataFrame:
    """Return rows with a key."""
    table = rows(days=DAYS, entities=ENTITIES)
    return table.assign(id=[f"k{n}" for n in range(len(table))])


def filling(frame: pd.DataFrame, until: int = DAYS - 1) -> pd.DataFrame:
    """Return labels that come as FILLING says, as far as they are there on day `until`."""
    place = np.arange(len(frame))
    age = np.digitize(place % ENTITIES / ENTITIES, np.cumsum(FILLING)[:-1])
    day = place // ENTITIES + age
    out = frame[["id", "price"]].assign(came=[f"2026-03-{d + 1:02}" for d in day])
    return out[day <= until]


def write(folder: Path, frame: pd.DataFrame, found: pd.DataFrame) -> None:
    """Write predictions and labels as two files."""
    frame.drop(columns="price").to_csv(folder / "production.csv", index=False)
    found.to_csv(folder / "labels.csv", index=False)


def binary(folder: Path, frame: pd.DataFrame, found: pd.DataFrame) -> Evidence:
    """Return the evidence of labels that are outcomes, 0 or 1."""
    write(folder, frame.assign(guess=0.5), found)
    settled = project(folder, labels=DECLARED, task="binary", previous_prediction=None)
    return labels.run(settled, measure(settled, DuckDB(), (skops.READER,)))
