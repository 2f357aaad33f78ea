"""A statistics file in which something cannot be so is refused: any part of it cut, doubled, negative or a word."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.measure.statistics import read_statistics, write_statistics
from tests.measure.frames import project, rows


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("fit")
    rows(days=6, entities=24).to_csv(folder / "production.csv", index=False)
    (folder / "dossier.yaml").write_text("")
    made = measure(project(folder), DuckDB(), ())
    return json.loads(write_statistics(made.plan, made.production, prepared="x"))


def read(body: Any) -> None:
    read_statistics(json.dumps(body).encode(), "statistics.json")


def arrays(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every list that holds numbers, or lists of them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from arrays(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield path


def changed(body: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    body = copy.deepcopy(body)
    inner = body
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return body


FREE = {"days", "causes", "prepared"}
"""What has no length of its own, or is read by its own check."""
SPOILS: dict[str, Callable[[Any], Any]] = {
    "cut": lambda value: value[:-1],
    "doubled": lambda value: [*value, *value],
    "a word": lambda value: "many",
    "a word inside": lambda value: ["many", *value[1:]],
    "a mapping": lambda value: {"a": value},
    "one level up": lambda value: [value],
}


def test_what_was_written_is_read(body: Any):
    read(body)


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoilt_list_is_refused(body: Any, name: str):
    tried = 0
    for path in arrays(body["sums"], ("sums",)):
        if FREE & set(path):
            continue
        tried += 1
        with pytest.raises(InputError, match="not training statistics"):
            read(changed(body, path, SPOILS[name]))
    assert tried >= 25


CASES: dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "no rows": (("sums", "rows"), lambda _: 0),
    "rows below zero": (("sums", "rows"), lambda _: -1),
    "rows beyond counting": (("sums", "rows"), lambda _: 10**400),
    "rows in words": (("sums", "rows"), lambda _: "many"),
    "fewer rows than values": (("sums", "rows"), lambda _: 3),
    "a feature twice": (("plan", "numeric"), lambda names: [names[0], *names[:-1]]),
    "a feature less": (("plan", "numeric"), lambda names: names[:-1]),
    "edges that fall": (("plan", "grid"), lambda grid: [edges[::-1] for edges in grid]),
    "edges that stand still": (("plan", "deciles"), lambda lists: [[1.0, 1.0], *lists[1:]]),
    "edges of nothing": (("plan", "grid"), lambda grid: grid[:-1]),
    "no edges of errors": (("plan", "error_edges"), lambda _: []),
    "edges of errors below zero": (("plan", "error_edges"), lambda edges: [-1.0, *edges[1:]]),
    "a level less": (("plan", "levels"), lambda levels: [levels[0][:-1], *levels[1:]]),
    "a segment without levels": (("plan", "segments"), lambda parts: [{**parts[0], "levels": []}, *parts[1:]]),
    "a segment less": (("plan", "segments"), lambda parts: parts[:-1]),
    "a count below zero": (("sums", "total", "n"), lambda n: [-1, *n[1:]]),
    "a count that is none": (("sums", "slots"), lambda n: [None, *n[1:]]),
    "a mean that is none": (("sums", "total", "mean"), lambda mean: [None, *mean[1:]]),
    "a spread below zero": (("sums", "total", "m2"), lambda spread: [-1.0, *spread[1:]]),
    "a plan in words": (("plan",), lambda _: "plan"),
    "sums that are a list": (("sums",), lambda sums: [sums]),
    "another schema": (("schema_version",), lambda _: 99),
}


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_so_is_refused(body: Any, name: str):
    path, change = CASES[name]
    with pytest.raises(InputError, match="not training statistics") as caught:
        read(changed(body, path, change))
    assert "Error" not in caught.value.problems[0].what


def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    for content in (b"", b"null", b"[]", b"{}", b"7", b'"a"', b"[" * 100_000, b"\xff", b'{"schema_version": 1}'):
        with pytest.raises(InputError, match="not training statistics"):
            read_statistics(content, "statistics.json")
