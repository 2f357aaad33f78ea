"""A model file that can carry code is told to every reader; the others are not spoken of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from generator.analyse.artifact import ANALYSIS
from generator.records.ledger import Ledger
from tests.measure.frames import project

NO_LEDGER = cast(Ledger, None)


def with_model(folder, **keys: Any):
    bare = project(folder)
    return replace(bare, settings=replace(bare.settings, model=replace(bare.settings.model, **keys)))


@pytest.mark.parametrize("keys", [{}, {"format": "skops", "path": "m.skops"}, {"format": "rds", "path": "m.rds"}])
def test_safe_formats_are_no_finding(tmp_path, keys):
    found = ANALYSIS.run(with_model(tmp_path, **keys), NO_LEDGER)
    assert not found.findings and found.fact("artifact.runs_code").value is False


def test_a_pickle_is_a_finding_to_watch(tmp_path):
    found = ANALYSIS.run(with_model(tmp_path, format="joblib", path="m.joblib", trust=True), NO_LEDGER)
    (finding,) = found.findings
    assert (finding.kind, finding.severity) == ("artifact", "watch")
    assert found.fact("artifact.runs_code").value is True and "pickle" in str(finding.words)
