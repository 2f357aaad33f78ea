"""The floors hold, and the contracts that hold them would notice if they did not."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT

CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
FILES = ("__main__", "cli", "catalog", "pipeline", "start", "errors")
"""The floors that are one file; the others are folders."""

VIOLATIONS = {
    "a floor is climbed": ("floors", "records/fact.py", "import generator.stats"),
    "a stage imports a stage": ("floors", "compose/__init__.py", "import generator.render"),
    "a stage imports a stage inside a function": (
        "floors",
        "render/__init__.py",
        "def door():\n    from generator.compose import door",
    ),
    "a module has no floor": ("floors", "helpers.py", "x = 1"),
    "a record imports a later record": ("records", "records/fact.py", "import generator.records.project"),
    "a record has no place": ("records", "records/other.py", "x = 1"),
    "two modules import each other": (
        "circles",
        "stats/mean.py",
        "def f():\n    import generator.stats.spread",
    ),
    "a plugin imports its neighbour": (
        "plugins",
        "subjects/drift/drift.py",
        "import generator.subjects.drift.draw_drift_heat",
    ),
    "a room imports one that builds on it": ("rooms", "subjects/drift/drift.py", "import generator.subjects.causes"),
    "a room has no place": ("rooms", "subjects/other.py", "x = 1"),
    "a plugin reaches its neighbour by the kit": (
        "plugins",
        "render/html.py",
        "from generator.render import _kit",
    ),
    "pydantic leaves load": ("pydantic", "records/fact.py", "import pydantic"),
    "typer leaves cli": ("terminal", "pipeline.py", "import typer"),
    "rich is hidden in a function": ("terminal", "measure/fold.py", "def f():\n    from rich import print"),
    "duckdb leaves engines": ("engines", "measure/fold.py", "import duckdb"),
    "weasyprint leaves render": ("weasyprint", "bundle/__init__.py", "def f():\n    import weasyprint"),
    "matplotlib leaves figures": ("matplotlib", "render/html.py", "import matplotlib.pyplot as plt"),
    "pyhanko leaves its module": ("pyhanko", "bundle/__init__.py", "def f():\n    import pyhanko.sign"),
    "jinja2 leaves compose and render": ("prose", "export/grafana.py", "from jinja2 import Template"),
    "a model is opened in the program itself": ("foreign", "scoring/skops.py", "def f():\n    import skops.io"),
    "the scorer imports the program": ("scorer", "scorer/serve.py", "from generator.errors import InputError"),
    "pandas reaches a stage after the ledger": ("rows", "subjects/drift/drift.py", "import pandas as pd"),
}

ALLOWED = {
    "load/schema.py": "import pydantic\nimport pandas",
    "cli.py": "import typer\nimport rich\ndef f():\n    import generator.pipeline",
    "engines/duckdb.py": "import duckdb\nimport pyarrow",
    "render/pdf.py": "from generator.render import _fonts\ndef f():\n    import weasyprint",
    "render/markdown.py": "import jinja2\nimport markdown\nfrom generator.render import _fonts",
    "render/_fonts.py": "x = 1",
    "figures/heat.py": "import matplotlib.pyplot",
    "measure/fold.py": "import generator.engines.duckdb\nimport pandas\nimport generator.stats.mean",
    "subjects/drift/drift.py": "import generator.figures.heat",
    "stats/mean.py": "import generator.records.fact",
}


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder with the contracts of its pyproject.toml."""
    program = "from importlinter.cli import lint_imports_command as main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-logo", "--no-cache", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def layers(contract: str) -> list[str]:
    """Return the modules that a contract of layers names."""
    return re.findall(r"\w+", " ".join(CONTRACTS[contract]["layers"]))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with every floor and nothing on it, under the contracts of this project."""
    package = tmp_path / "generator"
    for folder in set(layers("floors")) - set(FILES):
        (package / folder).mkdir(parents=True)
        (package / folder / "__init__.py").touch()
    records = [f"records/{name}" for name in layers("records")]
    for room in layers("rooms"):
        (package / "subjects" / room).mkdir(exist_ok=True)
        (package / "subjects" / room / "__init__.py").touch()
    for file in ("__init__", *FILES, *records, "subjects/drift/draw_drift_heat", "render/pdf", "stats/mean"):
        (package / f"{file}.py").touch()
    (package / "stats/spread.py").write_text("import generator.stats.mean\n")
    (package / "render/_kit.py").write_text("import generator.render.pdf\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    return tmp_path


def test_the_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_house_in_order_keeps_every_contract(house: Path):
    (house / "generator/render/_kit.py").write_text("")
    for name, text in ALLOWED.items():
        (house / "generator" / name).write_text(text + "\n")
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("case", VIOLATIONS)
def test_a_contract_breaks_when(case: str, house: Path):
    contract, name, text = VIOLATIONS[case]
    (house / "generator" / name).write_text(text + "\n")
    done = lint(house, "--contract", contract)
    assert done.returncode == 1
    assert "0 kept, 1 broken" in done.stdout, done.stdout + done.stderr


def test_every_contract_has_a_violation():
    assert set(CONTRACTS) == {contract for contract, _, _ in VIOLATIONS.values()}
