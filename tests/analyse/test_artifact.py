"""A model file that can carry code is told to every reader; the others are not spoken of."""

from __future__ import annotations

from dataclasses import replace

from generator.analyse.artifact import ANALYSIS
from tests.measure.frames import ledger, project, rows


def found(folder, *, runs_code):
    made = ledger(folder, rows(days=2))
    return ANALYSIS.run(project(folder), replace(made, runs_code=runs_code))


def test_safe_formats_are_no_finding(tmp_path):
    evidence = found(tmp_path, runs_code=False)
    assert not evidence.findings and evidence.fact("artifact.runs_code").value is False


def test_a_pickle_is_a_finding_to_watch(tmp_path):
    evidence = found(tmp_path, runs_code=True)
    (finding,) = evidence.findings
    assert (finding.kind, finding.severity) == ("artifact", "watch")
    assert evidence.fact("artifact.runs_code").value is True and "pickle" in str(finding.words)
