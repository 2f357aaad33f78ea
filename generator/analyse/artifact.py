"""Takes the project, gives the risk of a model file that runs code when it is opened."""

from __future__ import annotations

from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return whether the model file can carry code, and the finding that says so to every approver."""
    risky = ledger.runs_code
    fact = Fact(
        id="artifact.runs_code",
        value=risky,
        label="The model file runs code when it is opened",
        source="the model file",
    )
    words = (
        "The model file is a pickle: whoever opens it runs the code it carries. The project file trusts it and pins "
        "its digest; save it with skops to need no trust.",
    )
    finding = Finding(
        id="artifact.runs_code",
        kind="artifact",
        severity="watch",
        subject="model file",
        words=words,
        evidence=(fact.id,),
    )
    return Evidence(facts=(fact,), findings=(finding,) if risky else ())


ANALYSIS = Analysis(id="artifact", title="Risks of the model file itself", run=run)
