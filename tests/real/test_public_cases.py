"""Thirteen inputs of the shape of public reports, as a stranger would type them, against values worked out elsewhere.

Each folder holds its rows, `run.sh` with the commands, and `expected.json`, made with pandas, SciPy or scikit-learn.
"""

import json
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from generator.cli import app

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "public"
NAMES = (
    "code-numeric-in-training-text-in-production",
    "dd-mm-yyyy-becomes-a-feature",
    "digit-strings-refused-leading-zeros",
    "float32-against-float64-ks",
    "int-coded-category-scored-as-text",
    "money-and-percent-as-categories",
    "na-is-a-country-and-a-missing-number",
    "names-that-differ-in-case-or-repeat",
    "segment-over-an-integer-feature",
    "third-outcome-counts-as-zero",
    "yyyymmdd-integer-in-parquet-format-ignored",
)
GLYPHS, FORMATS = "level-unreadable-in-the-pdf", "foreign-formats-read-as-csv"
REPEATED = {"segment-over-an-integer-feature": 8}
"""Cases whose levels have fewer rows than any document prints: repeated rows have the same errors."""
pytestmark = pytest.mark.real


def test_every_case_is_asked():
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == {*NAMES, GLYPHS, FORMATS}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Copy a case, and give what its commands answer, one after the other."""

    def commands(name: str) -> Iterator[tuple[list[str], Result]]:
        folder = tmp_path / name
        shutil.copytree(CASES / name, folder)
        monkeypatch.chdir(folder)
        repeat(folder / "prod.csv", REPEATED.get(name, 1))
        for line in (folder / "run.sh").read_text().splitlines():
            if line.startswith("${DOSSIER"):
                words = shlex.split(line)[1:]
                yield words, CliRunner().invoke(app, words)

    return commands


def repeat(file: Path, times: int) -> None:
    head, *lines = file.read_text().splitlines(keepends=True) if times > 1 else ("",)
    if times > 1:
        file.write_text(head + "".join(lines) * times)


def found(results: dict[str, Any], key: str) -> Any:
    if key == "findings":
        return results[key]
    value = results["facts"][key]["value"]
    return value["date"] if isinstance(value, dict) else value


@pytest.mark.parametrize("name", NAMES)
def test_a_case_holds_the_values_that_are_expected(run, name):
    for words, result in run(name):
        assert result.exit_code == 0, f"{words}: {result.output}"
    results = json.loads(Path("bundle", "results.json").read_text())
    for key, value in json.loads(Path("expected.json").read_text()).items():
        if "exit code" not in key:
            wanted = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            assert found(results, key) == wanted, key


def test_signs_that_no_font_has_are_named(run):
    *_, (_, built) = run(GLYPHS)
    assert built.exit_code == 0, built.output
    assert "東 (U+6771)" in built.stderr and Path("bundle", "executive-summary.pdf").exists()


REFUSED = {"prod.xlsx": "the workbook cannot be read", "prod.pkl": "the file is a pickle"}


def test_each_foreign_file_is_read_or_named_as_what_it_is(run):
    """A workbook of two lines of XML is none, whatever it is called; all others have rows."""
    for words, result in run(FORMATS):
        refused = REFUSED.get(words[-1])
        assert result.exit_code == (2 if refused else 0), result.output
        if refused:
            assert refused in result.stderr and "try: " in result.stderr
        else:
            assert "minutes" in Path("out", "dossier.yaml").read_text()
            shutil.rmtree("out")
