"""Notes of a team stand at the end of their section in every build, are never written, and tell what is outdated."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from generator.cli import app
from tests.hostile.world import World

FACT = "performance.rmse.production"


def build(folder: Path, *words: str) -> Result:
    words = ("build", str(folder), "--format", "md", "--quiet", *words)
    return CliRunner().invoke(app, [*words, "-o", str(folder / "bundles" / "out")])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world = World(tmp_path / "case")
    world.save()
    return world.folder


def note(folder: Path, text: str, place: str = "monitoring/what-to-build") -> Path:
    path = folder / "notes" / f"{place}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def section(folder: Path) -> str:
    """A section of the monitoring specification, by the names that a refusal lists."""
    note(folder, "Words.", "monitoring/nowhere")
    found = build(folder)
    assert found.exit_code == 2
    (folder / "notes/monitoring/nowhere.md").unlink()
    hint = re.search(r"try: (?:there are|did you mean) ([\w-]+)", found.stderr)
    assert hint, found.stderr
    return hint[1]


def monitoring(folder: Path) -> str:
    return (folder / "bundles/out/monitoring.md").read_text()


def test_a_note_stands_in_its_section_and_its_file_is_left_alone(folder: Path, section: str):
    text = "The feed of *cost* is late on Mondays: ask **Ada**.\n\n- First `feed.sh`.\n- Then [the page](https://example.com/a).\n"
    path = note(folder, text, f"monitoring/{section}")
    assert build(folder, "--document", "monitoring").exit_code == 0
    told = monitoring(folder)
    assert "> **Note of the team**" in told
    assert "ask **Ada**" in told and "> - First `feed.sh`." in told and "[the page](<https://example.com/a>)" in told
    assert path.read_text() == text
    inputs = json.loads((folder / "bundles/out/manifest.json").read_text())["inputs"]
    assert f"notes/monitoring/{section}.md" in {each["name"] for each in inputs}


def test_a_note_survives_a_rendering_from_results_alone(folder: Path, section: str):
    note(folder, "Ask Ada.", f"monitoring/{section}")
    assert build(folder).exit_code == 0
    out = folder / "bundles" / "again"
    words = ["render", str(folder / "bundles/out"), "-o", str(out), "--format", "md", "--quiet"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert (out / "monitoring.md").read_bytes() == (folder / "bundles/out/monitoring.md").read_bytes()


def test_what_a_note_cites_is_held_against_the_build(folder: Path, section: str):
    assert build(folder).exit_code == 0
    now = json.loads((folder / "bundles/out/results.json").read_text())["facts"][FACT]["value"]
    note(folder, f"It errs by [{now:.2f}](fact:{FACT}).", f"monitoring/{section}")
    assert build(folder).exit_code == 0
    assert f"It errs by {now:.2f}." in monitoring(folder) and "when this was written" not in monitoring(folder)
    note(folder, f"It errs by [{now + 1:.2f}](fact:{FACT}).", f"monitoring/{section}")
    assert build(folder).exit_code == 0
    told = " ".join(monitoring(folder).replace(">", " ").split())
    assert f"It errs by {now + 1:.2f}." in told
    assert f"was {now + 1:.2f} when this was written; it is {now:.2f}" in told


def test_a_note_is_part_of_what_a_document_says(folder: Path, section: str):
    digests = []
    for text in ("", "Ask Ada.", "Ask Bo."):
        if text:
            note(folder, text, f"monitoring/{section}")
        assert build(folder).exit_code == 0
        digests.append(json.loads((folder / "bundles/out/citations.json").read_text())["contents"])
    assert len({each["monitoring"] for each in digests}) == 3
    assert len({each["rollback-runbook"] for each in digests}) == 1


def test_another_note_is_no_silence_among_the_changes(folder: Path, section: str):
    assert build(folder).exit_code == 0
    (folder / "bundles/out").rename(folder / "bundles/before")
    note(folder, "Ask Ada.", f"monitoring/{section}")
    assert build(folder, "--previous", str(folder / "bundles/before")).exit_code == 0
    told = monitoring(folder).split("## Changes")[1]
    assert re.search(rf"\| Note, monitoring/{section} +\| none +\| Ask Ada\. +\|", told)
    assert "Monitoring specification" in (folder / "bundles/out/index.html").read_text().split("read again: ")[1][:60]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("Now {{ performance.rmse }}.", "monitoring/x", ("notes/monitoring/x.md:1", "is code of a template")),
        ("ok\n{% if x %}", "monitoring/x", ("notes/monitoring/x.md:2", "is code of a template")),
        ("TODO: ask", "monitoring/x", ("notes/monitoring/x.md:1", "placeholder 'TODO'")),
        ("# Title", "monitoring/x", ("a heading stands in the note", "paragraphs and lists")),
        ("  \n", "monitoring/x", ("the note is empty",)),
        ("ok", "x", ("the file is no note", "notes/<document>/<section>.md")),
        ("ok", "monitoring/deep/x", ("the file is no note",)),
        ("ok", "monitring/x", ("there is no document 'monitring'", "rename its folder: there are executive-summary")),
        ("ok", "monitoring/nowhere", ("has no section 'nowhere'", "rename the file")),
        ("[1](fact:performance.rmse.productoin)", "monitoring/SECTION", ("does not make", f"did you mean {FACT}?")),
    ],
)
def test_what_is_no_note_is_refused(folder: Path, section: str, text: str, place: str, said: tuple[str, ...]):
    note(folder, text, place.replace("SECTION", section))
    result = build(folder)
    assert result.exit_code == 2 and not (folder / "bundles/out").exists()
    for words in said:
        assert words in result.stderr, result.stderr


def test_check_looks_at_notes_too(folder: Path):
    note(folder, "Now {{ performance.rmse }}.", "monitoring/x")
    result = CliRunner().invoke(app, ["check", str(folder), "--quiet"])
    assert result.exit_code == 2 and "is code of a template" in result.stderr


def test_markup_in_a_note_is_text(folder: Path, section: str):
    note(folder, "<script>alert(1)</script> | a | b [x](javascript:1)", f"monitoring/{section}")
    assert build(folder, "--document", "monitoring", "--format", "html").exit_code == 0
    page = (folder / "bundles/out/monitoring.html").read_text()
    assert "&lt;script&gt;alert(1)" in page and 'href="javascript' not in page
