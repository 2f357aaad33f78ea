"""The pieces of work that `run.py` times, each as a process of its own."""

import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.catalog import CATALOG
from generator.load import load
from generator.measure import measure, profile
from generator.measure.inputs import open_inputs, scan_of
from generator.records.project import About, Data, Model, Project, Settings


def imports() -> None:
    """Import what a measurement imports, and nothing more."""
    import scipy.sparse
    import scipy.special
    import scipy.stats

    assert scipy.sparse and scipy.special and scipy.stats


def score(folder: str) -> None:
    """Measure a project as it is, its models included."""
    measure(load(Path(folder)), CATALOG.engines[0].open(), CATALOG.readers)


def measure_only(folder: str) -> None:
    """Measure a project without its models: the target stands in for the prediction."""
    project = load(Path(folder))
    settings = project.settings
    data = replace(settings.data, prediction=settings.data.target)
    model = replace(settings.model, path=None, previous=None, format="column")
    measure(replace(project, settings=replace(settings, data=data, model=model)), CATALOG.engines[0].open(), ())


def million_project(folder: str) -> Project:
    """Return the project of the large table, its predictions in a column."""
    stats = "statistics.json" if Path(folder, "statistics.json").exists() else None
    data = Data(
        production="production.parquet", target="y", prediction="p", time="day", entity="entity", reference_stats=stats
    )
    settings = Settings(project=About(name="million"), model=Model(name="m", version="1", format="column"), data=data)
    return Project(settings=settings, folder=folder, file="dossier.yaml", lines={}, sha256="0" * 64)


def make_million(folder: str) -> None:
    """Write a million rows of 35 numeric and 15 categorical features, and the statistics of rows like them."""
    import numpy as np
    import pandas as pd

    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, "dossier.yaml").write_text("project: {name: million}\n")
    for name, rows, seed in (("training", 200_000, 1), ("production", 1_000_000, 2)):
        rng = np.random.default_rng(seed)
        table = {f"n{i:02}": rng.normal(size=rows) for i in range(35)}
        table["n00"][rng.random(rows) < 0.1] = np.nan
        table |= {f"c{i:02}": rng.choice([f"level {j}" for j in range(8)], rows) for i in range(15)}
        table["y"] = rng.normal(size=rows)
        table["p"] = table["y"] + rng.normal(size=rows)
        table["entity"] = rng.integers(0, 5_000, rows).astype(str)
        table["day"] = np.sort(rng.choice(pd.date_range("2026-01-01", periods=30).to_numpy(), rows))
        pd.DataFrame(table).to_parquet(Path(folder, f"{name}.parquet"), index=False)
    engine = CATALOG.engines[0].open()
    content = profile(million_project(folder), engine, CATALOG.readers, Path(folder, "training.parquet"))
    Path(folder, "statistics.json").write_bytes(content)


def fold(folder: str) -> None:
    """Measure the large table."""
    measure(million_project(folder), CATALOG.engines[0].open(), CATALOG.readers)


def decode(folder: str) -> None:
    """Read all columns that the fold reads, and drop them."""
    project = million_project(folder)
    opened = open_inputs(project, CATALOG.engines[0].open(), CATALOG.readers)
    numeric = tuple(f for f in opened.features if f.startswith("n"))
    scan = scan_of(opened, numeric, tuple(f for f in opened.features if f.startswith("c")))
    opened.engine.fold(scan, lambda batch: batch.num_rows, lambda a, b: a + b)


def peak(folder: str) -> None:
    """Measure the large table and print the peak memory in kilobytes."""
    fold(folder)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def make_large(folder: str) -> None:
    """Write five million rows of 35 numeric and 15 categorical features as Parquet and as CSV, a day at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    Path(folder).mkdir(parents=True, exist_ok=True)
    days, rows = 20, 250_000
    levels = np.array([f"level {j}" for j in range(8)])
    writers: list[Any] = []
    for day in range(days):
        rng = np.random.default_rng([2, day])
        table: dict[str, Any] = {f"n{i:02}": rng.normal(size=rows).round(6) for i in range(35)}
        table["n00"][rng.random(rows) < 0.1] = np.nan
        table |= {f"c{i:02}": levels[rng.integers(0, 8, rows)] for i in range(15)}
        table["y"] = rng.normal(size=rows)
        table["p"] = table["y"] + rng.normal(size=rows)
        table["entity"] = rng.integers(0, 200_000, rows).astype(str)
        table["day"] = np.full(rows, np.datetime64("2026-01-01") + day)
        block = pa.table(table)
        writers = writers or [
            pyarrow.parquet.ParquetWriter(Path(folder, "production.parquet"), block.schema),
            pyarrow.csv.CSVWriter(Path(folder, "production.csv"), block.schema),
        ]
        for writer in writers:
            writer.write_table(block)
    for writer in writers:
        writer.close()


def peak_large(folder: str, name: str) -> None:
    """Measure a table nobody has counted before; print the peak memory in kilobytes, and the seconds."""
    data = Data(production=name, target="y", prediction="p", time="day", entity="entity")
    settings = Settings(project=About(name="large"), model=Model(name="m", version="1", format="column"), data=data)
    project = Project(settings=settings, folder=folder, file=name, lines={}, sha256="0" * 64)
    start = time.monotonic()
    measure(project, CATALOG.engines[0].open(), CATALOG.readers, jobs=os.cpu_count() or 1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic() - start)


def scored(folder: str, target: str) -> None:
    """Write TechMart's training rows, made again, and its production rows with the model's predictions."""
    import pandas as pd
    import skops.io

    from data.techmart.make_data import training_rows

    model = skops.io.load(Path(folder, "model.skops"), trusted=["numpy.dtype"])
    for name, table in (
        ("training", training_rows()),
        ("scored", pd.read_csv(Path(folder, "production_simulation.csv"))),
    ):
        table.assign(prediction=model.predict(table)).to_parquet(Path(target, f"{name}.parquet"), index=False)


WORK: dict[str, Callable[..., None]] = {
    "imports": imports,
    "score": score,
    "measure": measure_only,
    "make_million": make_million,
    "fold": fold,
    "decode": decode,
    "peak": peak,
    "make_large": make_large,
    "peak_large": peak_large,
    "scored": scored,
}

if __name__ == "__main__":
    WORK[sys.argv[1]](*sys.argv[2:])
