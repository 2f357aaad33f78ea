"""The record of what the wheel stands beside is of today's dependencies, and holds nothing back."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = (Path(__file__).parent / "beside.md").read_text()


def test_it_was_made_with_the_dependencies_of_today():
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert re.findall(r"^- `(.+)`$", RECORD, re.MULTILINE) == dependencies, "the bounds changed: run `make beside`"


def test_each_package_keeps_its_newest_version():
    rows = re.findall(r"^\| ([a-z-]+) \| (\d\S*) \| (\S+) \|$", RECORD, re.MULTILINE)
    assert {name for name, _, _ in rows} >= {
        "mlflow",
        "feast",
        "snowflake-ml-python",
        "evidently",
        "great-expectations",
    }
    assert [name for name, alone, beside in rows if alone != beside] == []
