"""Takes the project, gives the risks of the model file: code that it carries, and how it behaved when it was asked."""

import math

from generator.records.evidence import Claim, Evidence, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Conduct, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Table
from generator.results.words import tables

TABLE = tables(__file__)

FILE = "the model file"
LABELS = (
    "Columns of its input that the model changes",
    "Largest difference between two answers to the same rows",
    "Largest difference between the answers to a row alone and among others",
    "What wrote the model file",
    "What opens the model file here",
)
CODE = (
    "The model file can carry code, and whoever opens it runs that. The project file trusts it and pins its digest; "
    "a format that runs no code, such as skops or ONNX, needs no trust."
)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return whether the model file can carry code and how the model behaved, with the findings of both."""
    code = Fact(
        id="artifact.runs_code",
        value=ledger.runs_code,
        label="The model file runs code when it is opened",
        source=FILE,
    )
    findings = (_finding("runs_code", "model file", (CODE,), code),) if ledger.runs_code else ()
    if ledger.conduct is None:
        return Evidence(facts=(code,), findings=findings)
    facts, versions = _facts(ledger.conduct), _versions(ledger.conduct)
    return Evidence(
        facts=(code, *facts, *versions),
        tables=(_warnings(ledger.conduct),),
        findings=(*findings, *_findings(ledger.conduct, *facts), *_other_version(ledger.conduct, *versions)),
    )


def _versions(conduct: Conduct) -> tuple[Fact, Fact]:
    """Return what wrote the model file and what opens it: a library with its version, where the file says it."""
    *_, wrote, opens = LABELS
    if conduct.wrote is None:
        why = "the file does not say it"
        return missing("artifact.wrote", why, label=wrote), missing("artifact.opens", why, label=opens)
    library, then, now = conduct.wrote
    return (
        Fact(id="artifact.wrote", value=f"{library} {then}", label=wrote, source=FILE),
        Fact(id="artifact.opens", value=f"{library} {now}", label=opens, source=FILE),
    )


def _other_version(conduct: Conduct, wrote: Fact, opens: Fact) -> tuple[Finding, ...]:
    """Return the risk of a model that is asked by other code than trained it: by another version than a patch."""
    if conduct.wrote is None or _release(conduct.wrote[1]) == _release(conduct.wrote[2]):
        return ()
    words = (
        "The model file was written by ",
        wrote,
        " and is opened here by ",
        opens,
        ": it may answer otherwise than in training. Compare some, or name the Python that wrote it: model.python.",
    )
    return (_finding("version", "model file", words, wrote),)


def _release(version: str) -> list[str]:
    return version.split(".")[:2]


def _facts(conduct: Conduct) -> tuple[Fact, Fact, Fact]:
    changes, again, alone, *_ = LABELS
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
    claim = Claim(what=name, relation="holds", value=fact)
    return finding(f"artifact.{name}", "artifact", severity, subject, words, claim)


def _warnings(conduct: Conduct) -> Table:
    return TABLE("artifact.warnings", ((text,) for text in conduct.warnings), reason="no library warned")


ANALYSIS = Analysis(id="artifact", title="Risks of the model file itself", run=run)
