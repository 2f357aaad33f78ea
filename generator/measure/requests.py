"""Takes the service's own log, gives its requests by hour: how many, how many failed, how many were slow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from generator.engines import HOUR, Engine, Scan, Unreadable
from generator.errors import InputError, Problem
from generator.measure.frame import read_numbers, read_texts
from generator.measure.tables import nearest, open_table
from generator.records.aggregates import FloatArray, IntArray
from generator.records.project import Project, Requests, Service
from generator.records.requests import RequestCounts
from generator.stats import slo

SHORTEST = 1e-9
"""Durations of zero stand in the bucket of this one."""
NO_HOUR = -1
TOTAL, FAILED, TIMED, FIXED = 0, 1, 2, 3
"""Columns of the counts by hour; those of the slow requests follow."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _CountedHours:
    """Counts by hour (H, 3 + K), and of the buckets of the durations."""

    hours: dict[int, IntArray]
    buckets: Counter[int]


def count_requests(project: Project, engine: Engine, *, jobs: int = 1) -> RequestCounts | None:
    """Return the counts; None without a log. Raises InputError when a column is missing or does not read."""
    said = project.settings.data.requests
    if said is None:
        return None
    scan = _scan(project, engine, said)
    timed = tuple(service for service in project.settings.services if service.log == "duration")
    try:
        found = engine.fold(scan, lambda batch: _counted(batch, said, timed), _merged, jobs)
    except Unreadable as error:
        raise _unreadable(engine, scan, error) from error
    if found is None:
        raise InputError("the log holds no request", where=scan.table.name, hint="name a log with rows")
    hours = sorted(hour for hour in found.hours if hour != NO_HOUR)
    counts = np.array([found.hours[hour] for hour in hours], dtype=np.int64).reshape(len(hours), FIXED + len(timed))
    places = sorted(found.buckets)
    return RequestCounts(
        hours=np.array(hours, dtype=np.int64),
        total=counts[:, TOTAL],
        failed=counts[:, FAILED],
        timed=counts[:, TIMED],
        slow=counts[:, FIXED:],
        services=tuple(service.id for service in timed),
        undated=int(found.hours[NO_HOUR][TOTAL]) if NO_HOUR in found.hours else 0,
        places=np.array(places, dtype=np.int64),
        counts=np.array([found.buckets[place] for place in places], dtype=np.int64),
    )


def _scan(project: Project, engine: Engine, said: Requests) -> Scan:
    table = open_table(project, said.path)
    known = tuple(engine.schema(table))
    wanted = {said.time: "time", said.duration: "duration", said.status: "status"}
    problems = tuple(
        Problem(
            what=f"column {column} ({role} of the requests) is missing",
            where=table.name,
            hint=nearest(column, known, {name for name in wanted if name}),
        )
        for column, role in wanted.items()
        if column is not None and column not in known
    )
    if problems:
        raise InputError("the log of requests cannot be read", problems=problems)
    return Scan(
        table=table,
        numeric=(said.duration,) if said.duration else (),
        text=(said.status,) if said.status else (),
        time=said.time,
        time_format=said.time_format,
        zone=project.settings.project.time_zone,
        hours=True,
    )


def _unreadable(engine: Engine, scan: Scan, error: Unreadable) -> InputError:
    problems = tuple(
        Problem(
            what=f"{n} values of column {column} are no {'times' if column == scan.time else 'numbers'}: {text!r}",
            where=scan.table.name,
            hint="correct the log, or declare data.requests.time_format",
        )
        for column, (n, text) in engine.unreadable(scan).items()
    )
    return InputError(f"values of the wrong type: {error}", where=scan.table.name, problems=problems)


def _counted(batch: pa.RecordBatch, said: Requests, timed: Sequence[Service]) -> _CountedHours:
    hours = batch.column(HOUR).fill_null(NO_HOUR).to_numpy(zero_copy_only=False).astype(np.int64)
    durations = read_numbers(batch, said.duration)[0] if said.duration else np.full(batch.num_rows, np.nan)
    known = np.isfinite(durations)
    columns = [
        np.ones(batch.num_rows, dtype=np.int64),
        _failed(batch, said),
        known,
        *(known & ~_good(durations, service) for service in timed),
    ]
    each, place = np.unique(hours, return_inverse=True)
    sums = np.zeros((each.size, len(columns)), dtype=np.int64)
    for index, column in enumerate(columns):
        sums[:, index] = np.bincount(place, weights=column, minlength=each.size)
    buckets, counts = np.unique(slo.sketch_places(np.maximum(durations[known], SHORTEST)), return_counts=True)
    return _CountedHours(
        hours=dict(zip(each.tolist(), sums, strict=True)),
        buckets=Counter(dict(zip(buckets.tolist(), counts.tolist(), strict=True))),
    )


def _good(durations: FloatArray, service: Service) -> NDArray[np.bool_]:
    limit = service.objective
    return durations <= limit if service.operator == "<=" else durations < limit


def _failed(batch: pa.RecordBatch, said: Requests) -> NDArray[np.bool_]:
    """Requests whose status is one of those that mean a failure; one without a status got no answer."""
    if said.status is None:
        return np.zeros(batch.num_rows, dtype=np.bool_)
    texts = read_texts(batch, said.status)
    bad = np.array([*(any(fnmatchcase(str(v), form) for form in said.failed) for v in texts.values), True])
    found: NDArray[np.bool_] = bad[np.where(texts.codes < 0, len(texts.values), texts.codes)]
    return found


def _merged(a: _CountedHours, b: _CountedHours) -> _CountedHours:
    hours = dict(a.hours)
    for hour, counts in b.hours.items():
        hours[hour] = hours[hour] + counts if hour in hours else counts
    return _CountedHours(hours=hours, buckets=a.buckets + b.buckets)
