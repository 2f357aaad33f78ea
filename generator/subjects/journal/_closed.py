"""Takes a project and a gate, gives whether a record closes the gate's condition, and why none could."""

from collections.abc import Mapping

from generator.records.decision import Gate
from generator.records.journal import Record, closed_by
from generator.records.project import Project

BY_CONTROL = ("monitoring", "rollback")
"""Gates on what there is: recording that it is there makes them pass."""
BY_WORD = ("threshold",)
"""Conditions of no gate that a decision settles."""


def closings(project: Project) -> Mapping[str, Record]:
    """Return by its id each condition that is recorded as closed."""
    return closed_by(project.records)


def settled(project: Project, gate: Gate) -> bool:
    """Return whether a record closes the condition of a gate that did not pass."""
    return gate.id in closings(project) and not unsettled(gate.id, {gate.id: gate})


def unsettled(id: str, gates: Mapping[str, Gate]) -> str:
    """Return why no record can close a condition, to stand behind "since"; nothing where one can.

    A record tells what a build cannot see. It does not take back what the build has measured.
    """
    gate = gates.get(id)
    if id in BY_WORD:
        return ""
    if gate is None:
        return "what it names still stands in the build"
    if gate.id in BY_CONTROL:
        return "its gate looks at what is in place"
    if gate.verdict == "fail":
        return "its gate fails in the build"
    return "its gate is a hard one, which the rows alone decide" if gate.hard else ""
