"""A project and a day → the project as its records tell it until that day: they win where they are newer."""

import datetime
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from generator.errors import InputError
from generator.records.journal import APPROVAL, FILE, ROLE, TRAFFIC, VERSION, Record, digest, latest, share_of
from generator.records.ledger import Ledger, SourceFile
from generator.records.project import Control, Model, Project, Reach, State

REACHED: dict[str, Reach] = {
    "candidate": "candidate",
    "shadow": "shadow",
    "canary": "canary",
    "in_service": "full",
    "retired": "candidate",
}
"""What a recorded state is in the words of the project file; a retired version answers nobody, like a candidate."""


PRESENT, PREVIOUS = "{model.version}", "{previous.version}"


def known_to(project: Project, ledger: Ledger, day: datetime.date | None) -> tuple[Project, Ledger]:
    """Return a project as `known_at` does, and the ledger with the records among its sources where there are any."""
    project = known_at(project, day)
    known = project.records
    source = SourceFile(role=ROLE, name=FILE, sha256=digest(known), rows=len(known))
    return project, replace(ledger, sources=(*ledger.sources, source)) if known else ledger


def known_at(project: Project, day: datetime.date | None) -> Project:
    """Return a project whose state, controls and last drill are those of that day; without a day, of all records.

    What the project file itself gives as state stays at hand. Records of other versions say nothing of this one, but a
    drill does: it is the house that held it. Approvals are of what was built, and nothing that a build knows.
    """
    version, settings = project.settings.model.version, project.settings
    told = (one for one in project.records if one.kind != APPROVAL)
    own = (one for one in told if one.version == version or one.kind == "drill")
    known = tuple(one for one in own if day is None or one.date <= day)
    stage, drill = latest(known, "state").get(VERSION), latest(known, "drill").get("rollback")
    if drill and settings.rollback.last_drill and settings.rollback.last_drill > drill.date:
        drill = None
    share = latest(known, TRAFFIC).get(VERSION)
    share = None if share and stage and share.date < stage.date else share
    controls = tuple(_controls(settings.state.controls, latest(known, "control")))
    won = {f"state.controls.{index}": record for index, (_, record) in enumerate(controls) if record}
    won |= {key: one for key, one in (("state.stage", stage), ("state.traffic", share)) if one}
    won |= {"rollback.last_drill": drill} if drill else {}
    state = replace(
        settings.state,
        **_traffic(settings.state, stage, share),
        stage=REACHED[stage.state] if stage else settings.state.stage,
        controls=tuple(control for control, _ in controls),
    )
    rollback = replace(settings.rollback, last_drill=drill.date) if drill else settings.rollback
    rollback = _filled(rollback, settings.model)
    return replace(
        project,
        settings=replace(settings, state=state, rollback=rollback),
        lines={**project.lines, **{key: record.line for key, record in won.items()}},
        tables={**project.tables, **dict.fromkeys(won, FILE)},
        records=known,
        stated=settings.state,
    )


def _traffic(declared: State, stage: Record | None, share: Record | None) -> dict[str, Any]:
    """Return the share of the traffic and its day: as recorded, else as declared where no later state is recorded."""
    if share:
        return {"traffic": share_of(share.state), "traffic_since": share.date}
    return {"traffic": None, "traffic_since": None} if stage and REACHED[stage.state] != declared.stage else {}


def _filled(value: Any, model: Model) -> Any:
    """Return what is declared of a rollback with `{model.version}` and `{previous.version}` as they are in this build.

    So a retraining, after which there is another version to go back to, edits no step. Raises InputError where a text
    names a version before this one and there is none.
    """
    if isinstance(value, str):
        if PREVIOUS in value and model.previous is None:
            hint = "declare model.previous, or build where the bundle of that version is found"
            raise InputError(f"a text under `rollback` names {PREVIOUS}, and there is none", hint=hint)
        before = model.previous.version if model.previous else ""
        return value.replace(PREVIOUS, before).replace(PRESENT, model.version)
    if isinstance(value, tuple):
        return tuple(_filled(item, model) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _filled(getattr(value, each.name), model) for each in fields(value)})
    return value


def _controls(declared: tuple[Control, ...], recorded: dict[str, Record]) -> Iterator[tuple[Control, Record | None]]:
    """Yield each control as it stands, those of the project file first, with the record that says so."""
    for control in declared:
        record = recorded.get(control.name)
        newer = record is not None and (control.since is None or control.since <= record.date)
        yield (_control(record), record) if record and newer else (control, None)
    named = {control.name for control in declared}
    for name, record in recorded.items():
        if name not in named:
            yield _control(record), record


def _control(record: Record) -> Control:
    words: Any = {"name": record.about, "state": record.state}
    return Control(**words, since=record.date, evidence=record.evidence)
