"""Whether rows are older than the version that scored them."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from generator.subjects.data import data
from tests.subjects import worlds


@pytest.mark.parametrize(
    ("released", "path", "older"), [(-1, "m", False), (0, "m", False), (1, "m", True), (1, None, False)]
)
def test_rows_older_than_the_version_were_scored_by_it_afterwards(
    tmp_path: Path, released: int, path: str | None, older: bool
) -> None:
    made = worlds.project(tmp_path)
    project, ledger = worlds.ledger(tmp_path, worlds.rows(20, 1), worlds.rows(12, 2), made)
    first = next(f.value for f in data.ANALYSIS.run(project, ledger).facts if f.id == "data.production.start")
    assert isinstance(first, datetime.date)
    model = replace(project.settings.model, released=first + datetime.timedelta(days=released), path=path)
    of = replace(project, settings=replace(project.settings, model=model))
    facts = {fact.id: fact.value for fact in data.ANALYSIS.run(of, ledger).facts}
    assert facts["data.production.rescored"] is older
