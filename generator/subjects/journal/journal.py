"""Takes the records that are known, gives them as a table, and what contradicts them in project file and evidence."""

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.journal import VERSION, latest
from generator.records.project import Project, State
from generator.results.words import tables
from generator.subjects.journal._closed import closings, unsettled

TABLE = tables(__file__)


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """List the records, and tell where they and the project file, or they and this build, do not agree."""
    rows = (
        (
            one.date.isoformat(),
            " ".join((one.kind, *((one.about,) if one.about != VERSION else ()), one.state)).replace("_", " "),
            one.version,
            one.who,
            one.evidence,
            one.sha256,
            one.place,
        )
        for one in project.records
    )
    return Decisions(
        tables=(TABLE("journal.records", rows, reason="nothing is recorded until this day"),),
        findings=(*_stage(project), *_controls(project), *_conditions(project, earlier)),
    )


def _stage(project: Project) -> Iterator[Finding]:
    record, said = latest(project.records, "state").get(VERSION), project.stated.stage
    if record and said not in (State().stage, project.settings.state.stage):
        yield _finding(
            "stage",
            VERSION,
            f"{project.file} says of the version {said}, {record.place} says {record.state.replace('_', ' ')} since "
            f"{record.date}: the record counts.",
        )


def _controls(project: Project) -> Iterator[Finding]:
    recorded = latest(project.records, "control")
    for control in project.stated.controls:
        record = recorded.get(control.name)
        if record is None or record.state == control.state or (control.since and control.since < record.date):
            continue
        newer = control.since is not None and control.since > record.date
        since = f" since {control.since}" if control.since else ""
        name = control.name.replace("_", "-")
        yield _finding(
            control.name,
            name,
            f"{project.file} says of {name} {control.state}{since}, {record.place} says {record.state} since "
            f"{record.date}: {'what is newer counts, the project file' if newer else 'the record counts'}.",
        )


def _conditions(project: Project, earlier: Decisions) -> Iterator[Finding]:
    gates = {gate.id: gate for gate in earlier.gates}
    still = {row["id"] for one in earlier.tables if one.id == "conditions.all" for row in one.records}
    for id, record in closings(project).items():
        if id in still and (why := unsettled(id, gates)):
            yield _finding(
                f"condition.{id}",
                id,
                f"{record.place} says that the condition {id} was closed on {record.date}, but it stays open, since "
                f"{why}.",
            )


def _finding(id: str, subject: str, words: str) -> Finding:
    claim = Claim(what="record", relation="contradicts", value=None)
    return finding(f"record.{id}", "record", "watch", subject, (words,), claim)


DECISION = Decision(id="journal", title="What was recorded", run=run)
