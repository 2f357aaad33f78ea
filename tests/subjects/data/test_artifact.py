"""A model file that can carry code is told to every reader; the others are not spoken of."""

from dataclasses import replace

import pytest

from generator.records.ledger import Conduct
from generator.subjects.data.artifact import ANALYSIS
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
    assert evidence.fact("artifact.runs_code").value is True and "can carry code" in str(finding.words)


@pytest.mark.parametrize(
    ("wrote", "told"),
    [(("scikit-learn", "1.5.2", "1.9.0"), 1), (("scikit-learn", "1.9.1", "1.9.0"), 0), (None, 0)],
)
def test_a_file_that_another_version_wrote_is_a_risk(tmp_path, wrote, told):
    made = replace(ledger(tmp_path, rows(days=2)), conduct=Conduct(wrote=wrote))
    evidence = ANALYSIS.run(project(tmp_path), made)
    found = [finding for finding in evidence.findings if finding.id == "artifact.version"]
    assert len(found) == told
    assert evidence.fact("artifact.wrote").value == (f"scikit-learn {wrote[1]}" if wrote else None)
