"""Takes words about what has happened, gives the line of `records.jsonl` that keeps it, or why it is none."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.bundle.journal import appended
from generator.errors import InputError
from generator.follow._bundles import found
from generator.load import load
from generator.load.journal import new_record
from generator.load.keys import nearest
from generator.records.journal import APPROVAL, FILE, Record, latest
from generator.records.project import Project
from generator.subjects.journal import BY_CONTROL, unsettled


@dataclass(frozen=True, kw_only=True)
class RecordWish:
    """What is to be recorded; without a version of that of the project file."""

    kind: str
    about: str
    state: str
    date: datetime.date
    who: str
    evidence: Path
    version: str | None = None
    bundle: Path | None = None
    """The bundle that has the condition; else the newest of the version."""


def record(path: Path, wish: RecordWish, today: datetime.date, places: Sequence[Path]) -> tuple[Record, bool]:
    """Append a record beside the project file; return it with its line, and whether it is new."""
    project = load(path, statistics=False)
    if wish.kind == APPROVAL:
        raise InputError("an approval is signed, not recorded by hand", where=FILE, hint="dossier sign --help")
    said = {name: getattr(wish, name) for name in ("kind", "about", "state", "date", "who")}
    version = wish.version or project.settings.model.version
    wanted = new_record(project, wish.evidence, today, version=version, **said)
    if wanted.kind == "condition":
        _check_condition(project, wanted, wish.bundle, places)
    line, new = appended(Path(project.folder, FILE), wanted.text)
    return replace(wanted, line=line), new


def _check_condition(project: Project, wanted: Record, named: Path | None, places: Sequence[Path]) -> None:
    """Raise InputError for a condition that there is not, or that no record can close."""
    id, version = wanted.about, wanted.version
    bundle = found(project, version, named, places)
    if bundle is None:
        hint = "build it first, or name its bundle: --bundle DIR"
        raise InputError(f"no bundle of version {version} says which conditions there are", where=FILE, hint=hint)
    listed = {str(row["id"]) for row in bundle.results.tables["conditions.all"].records}
    own = latest((one for one in project.records if one.version == version), "condition")
    if id not in {*listed, *own}:
        near = nearest(id, listed)
        hint = f"did you mean {near}?" if near else f"it has {', '.join(sorted(listed)) or 'none'}"
        raise InputError(f"the bundle has no condition {id!r}", where=str(bundle.folder), hint=hint)
    why = unsettled(id, {gate.id: gate for gate in bundle.results.gates}) if id in listed else ""
    if why and wanted.state == "closed":
        hint = "once that is mended, the next build drops the condition by itself"
        if id in BY_CONTROL:
            hint = "record what is in place, such as `control monitoring live` or `drill rollback`, and build again"
        raise InputError(f"no record closes the condition {id}, since {why}", where=str(bundle.folder), hint=hint)
