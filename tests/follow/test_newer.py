"""`dossier verify --data`: whether rows are newer than a bundle, and which of its limits they breach."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from generator.cli import app
from tests.bundle.test_diff import RULE
from tests.hostile.world import World, accepted
from tests.measure.frames import rows

OLD, NEW, EACH = 16, 12, 30
LAST = "2026-03-16"
BREACHED = {"alert rmse-daily.yellow", "trigger worse"} | {
    f"gate {id}" for id in ("overall.rmse", "recent", "drift_impact", "minimum.doubled")
}
"""What rows with a far larger error and another level breach; the last gate stands only where it fails."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = rows(days=OLD, entities=EACH, seed=2, shift=0.2)
    world = World(tmp_path_factory.mktemp("newer") / "case", production=table)
    world.project["objectives"]["metrics"][0]["acceptable"] = 4.0
    world.project["alerts"] = {"rules": [RULE | {"yellow": 5.0, "red": 20.0}]}
    world.project["retraining"] = {
        "triggers": [{"id": "worse", "metric": "rmse", "operator": ">", "threshold": 6.0, "window_days": 2}]
    }
    accepted(world, world.build())
    return world.folder


@pytest.fixture
def case(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "case"))


def later(noise: float = 0.0) -> pd.DataFrame:
    """Return rows of the days after the bundle's, with so much error more."""
    table = rows(days=OLD + NEW, entities=EACH, seed=3, shift=0.2).iloc[OLD * EACH :]
    return table.assign(price=table["price"] + noise)


def append(case: Path, noise: float) -> None:
    """Let the project's own file of rows go on."""
    pd.concat([pd.read_csv(case / "rows.csv"), later(noise)]).to_csv(case / "rows.csv", index=False)


def change(case: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    project = yaml.safe_load((case / "dossier.yaml").read_text())
    edit(project)
    (case / "dossier.yaml").write_text(yaml.safe_dump(project, sort_keys=False))


def verify(case: Path, data: Path | str, *words: str) -> Result:
    place = str(case / "bundles" / "out")
    return CliRunner().invoke(app, ["verify", place, "--data", str(data), "--quiet", *words])


def told(result: Result) -> Any:
    return json.loads(result.stdout)["newer"]


def breached(result: Result) -> set[str]:
    return {f"{one['kind']} {one['id']}" for one in told(result)["breached"]}


def test_the_same_rows_are_not_newer(case: Path):
    result = verify(case, case)
    assert result.exit_code == 0, result.output
    assert f"newer data: none, the last day is {LAST}" in result.stdout
    assert told(verify(case, case / "dossier.yaml", "--json"))["rows"] == 0


def test_newer_rows_within_all_limits_are_told(case: Path):
    append(case, 0.0)
    result = verify(case, case)
    assert result.exit_code == 0, result.output
    assert f"newer data: 360 rows of 12 days after {LAST}, to 2026-03-28" in result.stdout
    assert "they breach none of" in result.stdout


def test_newer_rows_beyond_limits_are_named_with_what_they_breach(case: Path):
    append(case, 12.0)
    change(case, lambda project: project["alerts"]["rules"][0].update(title="Another title"))
    found = verify(case, case, "--json")
    assert found.exit_code == 1
    assert breached(found) == BREACHED
    yellow = next(one for one in told(found)["breached"] if one["id"] == "rmse-daily.yellow")
    assert yellow["limit"] == 5.0 and yellow["value"] > 10 and not yellow["before"]
    assert (yellow["first"], yellow["last"], yellow["days"]) == ("2026-03-17", "2026-03-28", 12)


def test_the_limits_are_those_of_the_bundle_whatever_the_project_says_now(case: Path):
    append(case, 12.0)

    def wider(project: dict[str, Any]) -> None:
        project["alerts"]["rules"][0]["yellow"] = 19.0
        project["objectives"]["metrics"][0]["acceptable"] = 19.0
        project["retraining"]["triggers"][0]["threshold"] = 19.0

    change(case, wider)
    result = verify(case, case)
    assert result.exit_code == 1, result.output
    for words in ("Error of the day, yellow: ", "on 12 of 12 days, last on 2026-03-28\n", "6 of which held"):
        assert words in result.stdout, result.stdout
    assert breached(verify(case, case, "--json")) == BREACHED


def test_a_limit_that_the_project_no_longer_has_is_told_as_not_judged(case: Path):
    append(case, 0.0)
    change(case, lambda project: project.pop("retraining"))
    result = verify(case, case)
    assert result.exit_code == 0, result.output
    assert "not judged: gate data_quality, gate drift, trigger worse\n" in result.stdout


@pytest.mark.parametrize("name", ["new rows.csv", "нові: рядки #1.csv"])
def test_a_file_of_newer_rows_alone(case: Path, tmp_path: Path, name: str):
    later(12.0).to_csv(tmp_path / name, index=False)
    result = verify(case, tmp_path / name, "--json")
    assert result.exit_code == 1, result.output
    assert told(result)["rows"] == 360 and breached(result) >= {"alert rmse-daily.yellow"}
    assert "alert rmse-daily.red" not in breached(result)


def test_rows_of_a_bundle_in_the_past_are_newer_in_the_file_that_it_was_built_from(case: Path):
    words = ("--as-of", "2026-03-14", "-o", str(case / "bundles" / "out"), "--format", "md", "--document", "monitoring")
    assert CliRunner().invoke(app, ["build", str(case), *words]).exit_code == 0
    result = verify(case, case, "--json")
    assert (told(result)["days"], told(result)["rows"]) == (2, 60)


def test_rows_that_wait_for_their_outcomes_are_counted_and_judge_no_error(case: Path):
    later().assign(price=None).to_csv(case / "new.csv", index=False)
    result = verify(case, case / "new.csv", "--json")
    assert result.exit_code == 0, result.output
    assert told(result)["rows"] == 360 and "gate overall.rmse" in told(result)["not_judged"]


def test_rows_without_days_are_newer_where_they_are_other_rows(tmp_path: Path):
    world = World(tmp_path / "case")
    world.both(lambda table: table.drop(columns="date"))
    del world.data["time"]
    accepted(world, world.build("--as-of", "2026-03-08"))
    same = verify(world.folder, world.folder, "--json")
    assert same.exit_code == 0 and told(same)["breached"] == [] and told(same)["rows"] == 0
    append(world.folder, 12.0)
    assert "gate overall.rmse" in breached(verify(world.folder, world.folder, "--json"))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda project: project["model"].update(version="2"), "the rows are scored by version 2"),
        (lambda project: project["project"].update(name="other"), "not of other"),
        (lambda project: project["data"].update(target="none"), "none"),
    ],
)
def test_another_version_or_project_is_refused(case: Path, edit: Callable[[dict[str, Any]], Any], said: str):
    change(case, edit)
    result = verify(case, case)
    assert result.exit_code == 2, result.output
    assert said in result.stderr


def test_what_is_not_there_is_refused_at_once(case: Path):
    result = verify(case, case / "none.csv")
    assert result.exit_code == 2 and "there is no such file" in result.stderr


def test_a_file_needs_its_project(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(case / "bundles" / "out", tmp_path / "alone")
    monkeypatch.chdir(tmp_path / "alone")
    shutil.move(case, tmp_path / "x" / "y" / "z" / "case")
    later().to_csv(tmp_path / "new.csv", index=False)
    words = ["verify", str(tmp_path / "alone"), "--data", str(tmp_path / "new.csv")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2 and "--project DIR" in result.stderr
    named = CliRunner().invoke(app, [*words, "--project", str(tmp_path / "x" / "y" / "z" / "case")])
    assert named.exit_code == 0, named.output


def test_a_bundle_that_is_not_in_order_is_not_asked_for_more(case: Path):
    append(case, 12.0)
    file = case / "bundles" / "out" / "monitoring.md"
    file.write_text(file.read_text() + "All is well.\n")
    result = verify(case, case)
    assert result.exit_code == 4 and "monitoring.md was changed" in result.stderr and not result.stdout
