"""What the comparison of two environments calls equal, and what it does not."""

import json
from pathlib import Path

import pytest

from tests.packaging.same_results import differences, unequal


@pytest.mark.parametrize(
    ("mine", "yours"),
    [({"a": [1.0, "x"]}, {"a": [1.0000005, "x"]}), ({"a": None}, {"a": None}), (0.0, 1e-12), ([], [])],
)
def test_a_rounding_is_no_difference(mine: object, yours: object):
    assert list(unequal(mine, yours, "results")) == []


@pytest.mark.parametrize(
    ("mine", "yours", "place"),
    [
        ({"a": [1.0]}, {"a": [1.00001]}, "results.a[0]"),
        ({"a": 1}, {"b": 1}, "results"),
        ({"a": [1, 2]}, {"a": [1]}, "results.a"),
        ({"a": {"verdict": "delay"}}, {"a": {"verdict": "proceed"}}, "results.a.verdict"),
        (1.0, None, "results"),
    ],
)
def test_anything_else_is_one_with_its_place(mine: object, yours: object, place: str):
    (found,) = unequal(mine, yours, "results")
    assert found.startswith(f"{place}: ")


def test_documents_may_differ_by_the_versions_of_packages_and_python_alone(tmp_path: Path):
    for name, version, word in (("here", "2.4", "same"), ("there", "2.0", "same"), ("other", "2.4", "another")):
        (tmp_path / name).mkdir()
        tables = {"build.packages": {"rows": [["numpy", version]]}}
        (tmp_path / name / "results.json").write_text(
            json.dumps({"tables": tables, "facts": {"build.python": version}})
        )
        (tmp_path / name / "annex.md").write_text(f"{word}\n| numpy | {version} |\n| Python | {version} |\n")
    assert list(differences(tmp_path / "here", tmp_path / "there")) == []
    assert list(differences(tmp_path / "here", tmp_path / "other")) == ["annex.md: the texts differ"]
