"""The JSON Schema of `results.json`: what ships is current, takes what is written, and refuses what is not."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from generator.bundle.results import write_results
from generator.bundle.schema import FILE, written
from tests.compose.sample import results

VALIDATOR = Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))

FALSE: dict[str, Callable[[dict[str, Any]], object]] = {
    "a verdict that there is not": lambda told: told.update(verdict="perhaps"),
    "a fact without its range": lambda told: next(iter(told["facts"].values())).pop("range"),
    "an alert without levels": lambda told: told["alerts"][0].pop("levels"),
    "a level that calls nobody": lambda told: told["alerts"][0]["levels"][0].pop("receiver"),
    "a finding that asserts nothing": lambda told: told["findings"][0].pop("claim"),
    "a relation that there is not": lambda told: told["gates"][0]["claim"].update(relation="near"),
    "a key that there is not": lambda told: told.update(more=1),
    "a table whose rows are none": lambda told: next(iter(told["tables"].values())).update(rows=1),
}


def test_what_ships_is_current() -> None:
    Draft202012Validator.check_schema(VALIDATOR.schema)
    assert FILE.read_text(encoding="utf-8") == written(), "write it again: python -m generator.bundle.schema"


def test_what_is_written_is_valid() -> None:
    assert list(VALIDATOR.iter_errors(json.loads(write_results(results())))) == []


@pytest.mark.parametrize("what", FALSE)
def test_what_is_not_written_is_refused(what: str) -> None:
    told = json.loads(write_results(results()))
    FALSE[what](told)
    assert not VALIDATOR.is_valid(told)
