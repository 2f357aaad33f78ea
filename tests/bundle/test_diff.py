"""`dossier diff`: nothing of a bundle and itself; of one threshold what rests on it; and who has to read again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html
from typer.testing import CliRunner, Result

from generator.cli import app
from generator.records.change import KINDS
from tests.hostile.world import World, accepted

RULE = {
    "id": "rmse-daily",
    "title": "Error of the day",
    "group": "accuracy",
    "metric": "rmse",
    "operator": ">=",
    "yellow": 3.4,
    "red": 4.0,
    "window_days": 1,
}


def built(folder: Path, change: Callable[[dict[str, Any]], object] = lambda project: None, comment: str = "") -> Path:
    """Build a world whose project file was changed, in all five documents."""
    world = World(folder / "case")
    world.project["alerts"] = {"rules": [dict(RULE)]}
    world.project["people"] = {"roles": [{"role": "Model owner", "name": "Ada Byron"}]}
    change(world.project)
    world.folder.mkdir(parents=True)
    (world.folder / "dossier.yaml").write_text(comment + yaml.safe_dump(world.project, sort_keys=False))
    accepted(world, world.build("--format", "md"))
    return world.output


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("before"))


def run(old: Path, new: Path, *words: str) -> Result:
    result = CliRunner().invoke(app, ["diff", str(old), str(new), "--quiet", *words])
    assert result.exit_code == 0, result.output
    return result


def told(old: Path, new: Path) -> Any:
    return json.loads(run(old, new, "--json").stdout)


def test_a_bundle_and_itself_differ_in_nothing(before: Path):
    found = told(before, before)
    assert found["changes"] == []
    assert len(found["documents"]) == 6 and all(each["same"] for each in found["documents"])
    assert "Nothing changed" in run(before, before).stdout


def test_a_comment_changes_an_input_and_no_document(before: Path, tmp_path: Path):
    """Every line of the project file stands elsewhere then, and its digest is another."""
    found = told(before, built(tmp_path, comment="# written anew\n\n"))
    assert [change["kind"] for change in found["changes"]] == ["input"]
    assert "project file" in found["changes"][0]["id"]
    assert all(each["same"] and not each["changes"] for each in found["documents"])


def test_a_threshold_is_told_with_what_rests_on_it(before: Path, tmp_path: Path):
    new = built(tmp_path, lambda project: project["alerts"]["rules"][0].update(yellow=3.6))
    found = told(before, new)
    (alert,) = (change for change in found["changes"] if change["kind"] == "alert")
    assert alert["id"] == "rmse-daily.yellow"
    assert (alert["before"], alert["after"]) == (">= 3.4 over a day", ">= 3.6 over a day")
    assert not [change for change in found["changes"] if change["kind"] in ("verdict", "gate")]
    again = {each["id"]: each for each in found["documents"]}
    assert alert["id"] in again["monitoring"]["changes"] and not again["monitoring"]["same"]
    assert again["feature-requirements"]["same"]
    words = run(before, new).stdout
    assert "Feature-requirement specification" in words.split("As before: ")[1].split("\n")[0]
    assert "| rmse, yellow (`rmse-daily.yellow`) | >= 3.4 over a day | >= 3.6 over a day |" in words
    assert words.split("must read again:\n\n")[1].startswith("- ")


@pytest.mark.parametrize("form", ["html", "json"])
def test_other_forms_tell_the_same(before: Path, tmp_path: Path, form: str):
    new = built(tmp_path, lambda project: project["alerts"]["rules"][0].update(yellow=3.6))
    found = run(before, new, "--format", form).stdout
    if form == "json":
        assert json.loads(found) == told(before, new)
        assert json.loads(found)["read_again"][0] != "feature-requirements"
    else:
        page = html.fromstring(found)
        assert {"rmse, yellow", "&gt;= 3.4 over a day"} & set(found.replace("<", "\n<").replace(">", ">\n").split("\n"))
        assert [each.text for each in page.iter("h1")] and page.find(".//table") is not None


def test_inputs_of_the_model_are_told_as_breaking_or_not(before: Path, tmp_path: Path):
    """Without a list every column is an input; one that is taken out is a change that its producer must know of."""

    def narrowed(project: dict[str, Any]) -> None:
        project["data"]["features"] = [
            {"name": "cost", "unit": "EUR"},
            {"name": "rating", "owner": "Ada Byron"},
            *({"name": name} for name in ("clicks", "city", "brand")),
        ]

    changed = told(before, built(tmp_path, narrowed))["changes"]
    titles = {each["title"] for each in changed if each["kind"] == "feature"}
    assert {"cost: unit, breaking", "weight: removed, breaking", "rating: owner, not breaking"} <= titles


def test_a_limit_that_turns_a_gate_turns_the_verdict_everywhere(before: Path, tmp_path: Path):
    def strict(project: dict[str, Any]) -> None:
        project["objectives"]["metrics"][0].update(acceptable=1.5, validation=1.4)

    found = told(before, built(tmp_path, strict))
    kinds = [change["kind"] for change in found["changes"]]
    assert kinds == sorted(kinds, key=tuple(KINDS).index)
    (gate,) = (change for change in found["changes"] if change["kind"] == "gate" and change["id"] == "overall.rmse")
    assert gate["before"].startswith("inconclusive") and gate["after"].startswith("fail")
    assert found["changes"][0]["kind"] == "verdict" and found["changes"][0]["after"] == "delay"
    assert all("verdict" in each["changes"] for each in found["documents"])


def test_another_owner_is_a_word_and_no_figure(before: Path, tmp_path: Path):
    new = built(tmp_path, lambda project: project["people"]["roles"][0].update(name="Grace Hopper"))
    found = told(before, new)
    assert not [change for change in found["changes"] if change["kind"] in ("figure", "gate", "alert")]
    changed = [change for change in found["changes"] if "Grace Hopper" in change["after"]]
    assert changed and all("Ada Byron" in change["before"] for change in changed)
    assert any(not each["same"] for each in found["documents"])


def test_the_way_back_is_the_same_turned_round(before: Path, tmp_path: Path):
    new = built(tmp_path, lambda project: project["alerts"]["rules"][0].update(yellow=3.6))
    forth = {(c["kind"], c["id"], c["before"], c["after"]) for c in told(before, new)["changes"]}
    back = {(c["kind"], c["id"], c["after"], c["before"]) for c in told(new, before)["changes"]}
    assert forth == back


def test_what_is_no_bundle_is_refused(before: Path, tmp_path: Path):
    result = CliRunner().invoke(app, ["diff", str(before), str(tmp_path), "--quiet"])
    assert result.exit_code == 2 and "try: " in result.stderr
