"""Rules on rows that come by the day and by the week: what is said of them counts in days."""

import shutil
from pathlib import Path
from typing import Literal

import pytest
import yaml

from generator import pipeline
from generator.catalog import CATALOG
from generator.records.results import Results
from tests.worlds.axes import World
from tests.worlds.world import project, silent, truth


def ruled(time: Literal["day", "week"], window: int, folder: Path) -> Results:
    """Return what is said of a quiet world with a rule on its error, some 8 % above that of the held-out rows."""
    of = World(time=time, seed=3)
    shutil.copytree(project(of), folder / time)
    file = folder / time / "dossier.yaml"
    settings = yaml.safe_load(file.read_text())
    level = truth(of).held_out ** 0.5
    settings["objectives"] = {"metrics": [{"metric": "rmse", "validation": level, "n": 3_600}]}
    rule = {"id": "error", "metric": "rmse", "yellow": 1.08 * level, "window_days": window, "recovery": 2}
    settings["alerts"] = {"rules": [rule]}
    settings["data"]["outcome_days"] = 10
    file.write_text(yaml.safe_dump(settings))
    return pipeline.judge(file, CATALOG, None, silent)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    folder = tmp_path_factory.mktemp("ruled")
    return {"day": ruled("day", 1, folder), "week": ruled("week", 7, folder)}


def number(results: Results, id: str) -> float:
    value = results.facts[id].value
    assert isinstance(value, float | int), results.facts[id]
    return float(value)


def test_a_seventh_of_the_evaluations_sends_a_seventh_of_the_messages(both: dict[str, Results]) -> None:
    """The same 120 rows a point, a day or a week apart; what differs is how often a month they are looked at."""
    assert number(both["week"], "data.production.step") == 7 and number(both["day"], "data.production.step") == 1
    day, week = (number(both[time], "alerts.error.yellow.false_alarms_per_month") for time in ("day", "week"))
    assert week == pytest.approx(day / 7, rel=0.15)
    assert number(both["week"], "alerts.total.false_alarms_per_month") == week


def test_the_wait_is_seven_times_as_long_and_the_truth_comes_on_top(both: dict[str, Results]) -> None:
    day, week = (number(both[time], "alerts.error.yellow.delay") - 10 for time in ("day", "week"))
    assert week == pytest.approx(7 * day, rel=0.15)


def test_windows_hold_the_same_rows_and_every_number_is_the_one_of_its_level(both: dict[str, Results]) -> None:
    for results in both.values():
        rows = results.tables["alerts.sheet_levels"].records
        designed = results.tables["alerts.designed"].records
        assert results.facts["alerts.error.yellow.days_fired"].n == 30
        assert designed[0]["false_alarms"] == rows[0]["false_alarms"]
