"""Takes a project with a model, gives how long its predictions take on this machine; reads such a file again."""

import datetime
import hashlib
import json
import math
import os
import platform
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from generator.engines import Engine
from generator.errors import InputError
from generator.measure.frame import read_numbers, read_texts
from generator.measure.inputs import OpenInputs, folded_over, open_inputs, scan_of
from generator.measure.models import MODEL, read_model
from generator.measure.passes import kinds
from generator.records.files import MEGABYTE
from generator.records.inference import InferenceCost
from generator.records.inputs import read_input
from generator.records.plugin import Reader
from generator.records.project import Project
from generator.scoring import Columns

KIND, VERSION = "inference cost", 1
WARM, CALLS, REPEATS = 20, 1000, 5
"""Calls that are not counted, calls of one row, and passes over the batch."""
LARGEST = MEGABYTE
AGAIN = "measure it again with `dossier cost`"


class _Enough(Exception):
    """The first batch has been read."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        super().__init__()
        self.batch = batch


def measure_cost(project: Project, engine: Engine, readers: Sequence[Reader], today: datetime.date) -> bytes:
    """Return the time that predictions take here, as the JSON file that `model.cost` names."""
    opened = open_inputs(project, engine, readers)
    if opened.model is None:
        hint = "name the model file under model.path"
        raise InputError("there is no model to measure: predictions stand in a column", where="model.path", hint=hint)
    columns = _first_rows(opened, opened.model.features)
    single, passes = opened.model.timed(columns, WARM + CALLS, REPEATS + 1)
    single, rows, seconds = single[WARM:], len(next(iter(columns.values()))), float(np.median(passes[1:]))
    content = read_model(project, opened.files[MODEL])
    body = {
        "kind": KIND,
        "version": VERSION,
        "model_sha256": hashlib.sha256(content).hexdigest(),
        "measured_on": today.isoformat(),
        "machine": machine(),
        "one_row_ms": {f"p{q}": _rounded(np.percentile(single, q) * 1e3) for q in (50, 95, 99)} | {"calls": CALLS},
        "batch": {"rows": rows, "rows_per_second": _rounded(rows / seconds), "repeats": REPEATS},
    }
    return (json.dumps(body, indent=2) + "\n").encode()


def machine() -> str:
    """Return this machine in words, without its name."""
    count = os.cpu_count() or 1
    cores = f"{count} processor{'s' * (count > 1)}"
    return f"{platform.system()} {platform.machine()}, {cores}, Python {platform.python_version()}"


def read_cost(content: bytes, where: str, model_sha256: str) -> InferenceCost:
    """Return a kept measurement; raises InputError for a file that is none."""
    try:
        body = json.loads(content)
        if body["kind"] != KIND or body["version"] != VERSION:
            raise ValueError(f"it is no {KIND} of version {VERSION}")
        single, batch = body["one_row_ms"], body["batch"]
        return InferenceCost(
            one_row={key: _positive(single[key]) for key in ("p50", "p95", "p99")},
            calls=int(single["calls"]),
            rows=int(batch["rows"]),
            rows_per_second=_positive(batch["rows_per_second"]),
            machine=str(body["machine"]),
            measured_on=datetime.date.fromisoformat(body["measured_on"]),
            current=body["model_sha256"] == model_sha256,
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise InputError(f"not a measurement of inference cost: {reason}", where=where, hint=AGAIN) from error


def kept_cost(opened: OpenInputs) -> InferenceCost | None:
    """Return the measurement the project keeps, None without one."""
    name = opened.project.settings.model.cost
    if name is None:
        return None
    file = opened.files.get(MODEL)
    found = "" if file is None else opened.project.read[file.path or ""]
    return read_cost(read_input(opened.project, name, most=LARGEST), name, found)


def _positive(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value} is no time or rate")
    return number


def _first_rows(opened: OpenInputs, features: tuple[str, ...]) -> Columns:
    """Return the first batch of the table as the model wants it."""
    numeric, categorical = kinds(opened, {})
    scan = scan_of(opened, numeric, categorical)
    try:
        folded_over(opened, scan, _stop, lambda a, _: a)
    except _Enough as enough:
        numbers = set(numeric)
        batch = enough.batch
        return {f: read_numbers(batch, f)[0] if f in numbers else read_texts(batch, f) for f in features}
    raise InputError("the table has no rows", where=opened.table.name, hint="at least one row below the header")


def _stop(batch: pa.RecordBatch) -> None:
    raise _Enough(batch)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
