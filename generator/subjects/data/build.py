"""What this build was made from: inputs, versions, the one clock, and the command that repeats it."""

import hashlib

from generator import __version__
from generator.records.environment import PRINTED, python, versions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Value, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.table import Table
from generator.results.words import tables

TABLE = tables(__file__)

HERE = "this build"


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the provenance of everything else."""
    digest = hashlib.sha256("\n".join(f"{s.role} {s.sha256}" for s in ledger.sources).encode()).hexdigest()
    later = any(one.date > ledger.as_of for one in project.records)  # which a build as of that day would not know
    command = "dossier build ." if later else f"dossier build . --as-of {ledger.as_of.isoformat()}"
    facts = (
        _fact("as_of", "As of", ledger.as_of),
        _fact("tool_version", "Compiled by", f"deployment-dossier {__version__}"),
        _fact("digest", "Digest of the inputs", digest),
        _fact("python", "Python", python()),
        _fact("command", "Command that makes these documents again", command),
    )
    return Evidence(facts=facts, tables=(_inputs(ledger), TABLE("build.packages", versions(PRINTED).items())))


def _fact(name: str, label: str, value: Value) -> Fact:
    return Fact(id=f"build.{name}", value=value, label=label, source=HERE, origin="derived")


def _inputs(ledger: Ledger) -> Table:
    rows = tuple(
        (
            source.role,
            source.name,
            _fact(f"inputs.{segment_of(source.role)}.sha256", f"SHA-256 of {source.role}", source.sha256),
            ()
            if source.rows is None
            else Fact(
                id=f"build.inputs.{segment_of(source.role)}.rows",
                value=source.rows,
                label=f"Rows, {source.role}",
                unit="rows",
                source=HERE,
            ),
        )
        for source in ledger.sources
    )
    return TABLE("build.inputs", rows)


ANALYSIS = Analysis(id="build", title="Inputs and versions of the build", run=run)
