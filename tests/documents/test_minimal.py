"""A project of rows alone, as `init` starts it: its documents are short, and one list names what is undeclared."""

import re

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli import app

MOST = 15
"""How often six documents may say that something is not declared."""


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("minimal")
    rng = np.random.default_rng(3)
    for name, start in (("train", "2025-01-01"), ("prod", "2025-04-01")):
        rows = pd.DataFrame({"day": np.repeat(pd.date_range(start, periods=20).strftime("%Y-%m-%d"), 20)})
        rows["km"] = rng.uniform(1, 9, len(rows)).round(2)
        rows["p"] = (rows["km"] / 10).round(3)
        rows["left"] = np.where(rng.random(len(rows)) < rows["p"], "Yes", "No")
        rows.to_csv(folder / f"{name}.csv", index=False)
    rows = ["--production", folder / "prod.csv", "--reference", folder / "train.csv"]
    columns = ["--target", "left", "--prediction", "p", "--positive", "Yes", "--quiet"]
    for words in (
        ["init", folder / "p", *rows, *columns],
        ["build", folder / "p", "-o", folder / "b", "--format", "md"],
    ):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output
    return {path.stem: path.read_text() for path in sorted((folder / "b").glob("*.md"))}


@pytest.mark.slow
def test_few_words_are_lost_on_what_is_not_declared(texts):
    assert len(texts) == 6
    assert sum(len(re.findall("not declared", text, re.IGNORECASE)) for text in texts.values()) <= MOST


@pytest.mark.slow
def test_each_key_is_named_once_in_the_one_list(texts):
    (rows,) = re.findall(r"## Gaps\n(.*?)\n## ", texts["appendix"], re.DOTALL)
    named = re.findall(r"^\| ([a-z_]+(?:\.[a-z_]+)*)", rows, re.MULTILINE)
    assert {"objectives.metrics", "alerts.rules", "people.approvers"} <= {name[:18].rstrip(".") for name in named}
    assert len(named) == len(set(named)) > 15 and named[0].startswith("objectives.metrics")


@pytest.mark.slow
def test_no_heading_stands_alone(texts):
    for name, text in texts.items():
        assert not re.findall(r"^#{2,3} .*\n+(?=## |---$)", text, re.MULTILINE), name
