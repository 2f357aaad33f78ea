"""Takes the project, gives the risks of the model file: code that it carries, and how it behaved when it was asked."""

from __future__ import annotations

import math

from generator.records.evidence import Evidence, Finding, Severity
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Conduct, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Column, Table

FILE = "the model file"
LABELS = (
    "Columns of its input that the model changes",
    "Largest difference between two answers to the same rows",
    "Largest difference between the answers to a row alone and among others",
)
PICKLE = (
    "The model file is a pickle: whoever opens it runs the code it carries. The project file trusts it and pins "
    "its digest; save it with skops to need no trust."
)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return whether the model file can carry code and how the model behaved, with the findings of both."""
    code = Fact(
        id="artifact.runs_code",
        value=ledger.runs_code,
        label="The model file runs code when it is opened",
        source=FILE,
    )
    findings = (_finding("runs_code", "model file", (PICKLE,), code),) if ledger.runs_code else ()
    if ledger.conduct is None:
        return Evidence(facts=(code,), findings=findings)
    facts = _facts(ledger.conduct)
    return Evidence(
        facts=(code, *facts),
        tables=(_warnings(ledger.conduct),),
        findings=(*findings, *_findings(ledger.conduct, *facts)),
    )


def _facts(conduct: Conduct) -> tuple[Fact, Fact, Fact]:
    changes, again, alone = LABELS
    apart = (
        Fact(id="artifact.alone", value=conduct.alone, label=alone, source=FILE)
        if math.isfinite(conduct.alone)
        else None
    )
    return (
        Fact(id="artifact.changes", value=", ".join(conduct.changes) or "none", label=changes, source=FILE),
        Fact(id="artifact.again", value=conduct.again, label=again, source=FILE),
        apart or missing("artifact.alone", "a row alone gets no answer", label=alone),
    )


def _findings(conduct: Conduct, changes: Fact, again: Fact, alone: Fact) -> tuple[Finding, ...]:
    found = []
    if conduct.changes:
        words = (
            "The model changes the rows it is given, in the columns ",
            changes,
            ": what else uses them is at risk.",
        )
        found.append(_finding("changes", "model", words, changes))
    if conduct.again:
        words = ("The same rows got two different answers, up to ", again, " apart: a second build has other figures.")
        found.append(_finding("again", "model", words, again, "confirmed"))
    if alone.value is None:
        fails = (
            "The model answers many rows and fails on one of them alone: a service that asks for one gets no answer.",
        )
        found.append(_finding("alone", "model", fails, alone, "confirmed"))
    elif conduct.alone:
        words = ("The answer to a row depends on the rows beside it: alone it lies up to ", alone, " away.")
        found.append(_finding("alone", "model", words, alone, "confirmed"))
    return tuple(found)


def _finding(name: str, subject: str, words: Sentence, fact: Fact, severity: Severity = "watch") -> Finding:
    return Finding(
        id=f"artifact.{name}", kind="artifact", severity=severity, subject=subject, words=words, evidence=(fact.id,)
    )


def _warnings(conduct: Conduct) -> Table:
    return Table(
        id="artifact.warnings",
        title="What the libraries of the model warned of",
        columns=(Column(key="warning", label="Warning"),),
        rows=tuple((text,) for text in conduct.warnings),
        reason="" if conduct.warnings else "no library warned",
    )


ANALYSIS = Analysis(id="artifact", title="Risks of the model file itself", run=run)
