"""`model.file`: what a training job writes takes its place among the keys of the project, with errors at its lines."""

from pathlib import Path

import pytest

from generator.errors import InputError
from generator.estimates.facts import place
from generator.load import load
from generator.records import inputs
from tests.load.example import problems, project, text, write

TRAINED = """\
version: 2026.10.0
path: model.bin
sha256: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
training: {start: 2026-07-01, end: 2026-09-28}
metrics:
  - {metric: mae, validation: 1.5, n: 700}
  - {metric: rmse, validation: 2.5, n: 700}
previous: {version: 2026.09.0}
"""
AGREED = text("model", "name: Ridge\nfile: model.yaml\nformat: skops").replace('  version: "1.0"\n', "").replace(
    "  prediction: guess\n", ""
) + ("objectives:\n  metrics:\n    - {metric: rmse, expected_low: 2, expected_high: 3}\n")


def trained(folder: Path, content: str = TRAINED) -> str:
    (folder / "model.bin").write_bytes(b"x")
    (folder / "model.yaml").write_text(content)
    return AGREED


def test_what_the_job_writes_is_as_if_it_stood_in_the_project_file(tmp_path: Path):
    found = project(tmp_path, trained(tmp_path))
    settings = found.settings
    assert (settings.model.version, settings.model.path) == ("2026.10.0", "model.bin")
    assert settings.model.previous and settings.model.previous.version == "2026.09.0"
    assert settings.data.training and settings.data.training.start.isoformat() == "2026-07-01"
    rmse, mae = settings.objectives.metrics
    assert (rmse.metric, rmse.validation, rmse.n, rmse.expected_high) == ("rmse", 2.5, 700, 3)
    assert (mae.metric, mae.validation) == ("mae", 1.5)
    assert place(found, "model.version") == "model.yaml:1"
    assert place(found, "data.training.start") == "model.yaml:4"
    assert place(found, "objectives.metrics.0.validation") == "model.yaml:7"
    assert place(found, "objectives.metrics.0.expected_low").startswith("dossier.yaml:")


def test_the_file_is_an_input_and_no_small_table(tmp_path: Path):
    found = project(tmp_path, trained(tmp_path))
    assert ("training result", "model.yaml") in inputs.small_files(found)
    assert found.table_files == () and len(found.read["model.yaml"]) == 64


def test_the_command_line_wins_over_both(tmp_path: Path):
    file = write(tmp_path, trained(tmp_path))
    (tmp_path / "other.yaml").write_text(TRAINED.replace("2026.10.0", "2026.11.0"))
    assert load(file, changes=("model.version=7",)).settings.model.version == "7"
    assert load(file, changes=("model.file=other.yaml",)).settings.model.version == "2026.11.0"
    shifted = load(file, changes=("data.training.end=2026-09-27",)).settings.data.training
    assert shifted and shifted.end.isoformat() == "2026-09-27"


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "hint"),
    [
        ("version: 2026.10", "verison: 2026.10", "model.yaml:1:1", "'verison' is not known in `model`", "`version`?"),
        ("2026.10.0", "[1]", "model.yaml:1:10", "`model.version` should be text", "one plain value"),
        ("2026-09-28", "soon", "model.yaml:4:36", "`data.training.end` should be a date", "2026"),
        ("2d71", "3d71", "model.yaml:3:9", "`model.sha256` is not the digest of 'model.bin'", "2d71"),
        ("model.bin", "modell.bin", "model.yaml:2:7", "`model.path` names 'modell.bin'", "there is a 'model.bin'"),
        ("version: 2026.10.0", "file: a.yaml\nname: x", "model.yaml:1:7", "`model.file` stands in the project", "one"),
    ],
)
def test_what_is_wrong_in_it_is_found_at_its_line(tmp_path: Path, old: str, new: str, where: str, what: str, hint: str):
    found = problems(tmp_path, trained(tmp_path, TRAINED.replace(old, new)))
    assert any(one.where.startswith(where) and what in one.what and hint in one.hint for one in found), [
        (one.where, one.what, one.hint) for one in found
    ]


def test_what_stands_in_both_files_is_told_with_both_places(tmp_path: Path):
    doubled = trained(tmp_path).replace("expected_low: 2,", "validation: 9, expected_low: 2,")
    line = doubled[: doubled.index("validation: 9")].count("\n") + 1
    (found,) = problems(tmp_path, doubled)
    assert found.where == "model.yaml:7:32"
    assert found.what == f"`objectives.metrics.rmse.validation` stands in the project file too, in line {line}"


@pytest.mark.parametrize("content", ["", "- 1\n", "word\n"])
def test_a_file_without_keys_is_refused(tmp_path: Path, content: str):
    (found,) = problems(tmp_path, trained(tmp_path, content))
    assert "keys and values" in found.what and "version" in found.hint


def test_a_file_that_is_not_there_is_found_in_the_project_file(tmp_path: Path):
    with pytest.raises(InputError) as error:
        load(write(tmp_path, AGREED))
    (found,) = error.value.problems
    assert found.where.endswith("dossier.yaml:5:9") and "training job" in found.hint
