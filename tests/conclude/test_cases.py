"""The worked cases hold together: what is asked for, the dates, the frequency of retraining and its price."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from itertools import pairwise
from typing import Any

import pytest

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.fact import Fact
from generator.records.project.settings import Settings
from generator.records.reason import UNDECLARED
from generator.records.results import Results
from generator.records.table import Table
from generator.records.watch import unwatched
from generator.subjects.kit.known import date_of, number_of
from tests.house.source import ROOT

SECTIONS = {field.name for field in fields(Settings)}
CASES = ("techmart", "leadscore", "churn")
JUDGED = {"techmart": 14, "leadscore": 28, "churn": 30}
"""Days whose rows judge a new version: as many before the end of a rollout the next version may be trained."""
LONGEST = {"techmart": 47, "leadscore": 92, "churn": 183}
"""Days that no two retrainings of a case are apart: in TechMart fewer than 47, else no more than the case allows."""


@contextmanager
def silent(_stage: str) -> Iterator[Any]:
    yield unwatched


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[str, Results]:
    name = request.param
    return name, pipeline.judge(ROOT / "data" / name / "dossier.yaml", CATALOG, None, silent)


def dated(results: Results) -> dict[str, tuple[datetime.date, str]]:
    """Return the first day of every activity by its id, with its title."""
    rows = results.tables["calendar.dates"].records
    found = {str(row["id"]): (date_of(row["date"]), str(row["activity"])) for row in rows}
    return {id: (day, title) for id, (day, title) in found.items() if day is not None}


@pytest.mark.slow
def test_runs_come_in_time_and_none_while_another_version_is_rolled_out(case: tuple[str, Results]) -> None:
    name, results = case
    days = dated(results)
    runs = sorted(day for day, title in days.values() if title == "Retraining")
    assert len(runs) > 1 and max((b - a).days for a, b in pairwise(runs)) < LONGEST[name]
    stages: dict[str, list[datetime.date]] = {}
    for id, (day, title) in days.items():
        if title == "Rollout":
            stages.setdefault(id.rpartition(".")[0], []).append(day)
    spans = sorted((min(each), max(each)) for each in stages.values())
    judged = datetime.timedelta(days=JUDGED[name])
    assert spans and not [run for run in runs for first, last in spans if first <= run <= last - judged]
    assert not [after for before, after in pairwise(spans) if after[0] <= before[1]]
    of_runs = ("timeline.window", "timeline.refit.")
    assert {one.id for one in results.findings if one.kind == "timeline" and not one.id.startswith(of_runs)} == {
        f"timeline.{id.split('.', 2)[2].rpartition('.')[0]}"
        for id in results.facts
        if id.startswith("calendar.broken.") and id.endswith(".day")
    }


@pytest.mark.slow
def test_the_frequency_of_retraining_has_its_reason_its_range_and_its_sensitivity(case: tuple[str, Results]) -> None:
    name, results = case
    facts, interval = results.facts, results.facts["retraining.recommended.interval"]
    cycle = number_of(facts["rollout.cycle"])
    assert number_of(facts["retraining.decay.money"]) and cycle and (number_of(interval) or 0) >= cycle
    assert len(results.tables["retraining.flips"].rows) == 5
    assert (interval.low is not None) == (name != "churn") == (facts["retraining.ageing.absent"].value is False)
    assert not interval.low or interval.low >= cycle or facts["retraining.ageing.visible"].value


@pytest.mark.slow
def test_one_request_one_payback_and_a_condition_where_the_threshold_costs_money(case: tuple[str, Results]) -> None:
    name, results = case
    facts = results.facts
    if name == "techmart":
        assert facts["request.none"].value is True and facts["request.next"].value == "a shadow run"
        assert facts["retraining.before_launch"].value is True and facts["request.lacks"].value
    paid = [row for row in results.tables["business.case"].records if "ayback" in str(row["item"])]
    assert len(paid) <= 1
    saving = facts.get("actions.capacity.more_per_month")
    ids = {row["id"] for row in results.tables["conditions.all"].records}
    assert ("threshold" in ids) == (saving is not None and saving.high is not None and saving.high < 0)


@pytest.mark.slow
def test_what_a_key_would_bring_names_the_key(case: tuple[str, Results]) -> None:
    _, results = case
    every: list[Fact | Table] = [*results.facts.values(), *results.tables.values()]
    gone = [each for each in every if each.reason]
    assert gone and any(each.asks for each in gone)
    assert not [each.id for each in gone if each.reason.startswith(UNDECLARED) and not each.asks]
    assert not [(each.id, key) for each in gone for key in each.asks if key.split(".")[0] not in SECTIONS]
