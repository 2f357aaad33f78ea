"""Takes the declared state of monitoring, alerts, rollback and on-call, gives the largest stage that it allows."""

from __future__ import annotations

from generator.records.fact import Fact
from generator.records.project import Control, Project
from generator.records.table import Cell, Table
from generator.subjects.kit.facts import columns, dated, derived, place, table
from generator.subjects.limits.waking import stranded

STATES = ("not built", "specified", "built", "tested", "live")
NAMES = {"monitoring": "monitoring", "alerts": "alerts", "rollback": "rollback", "on_call": "on-call by name"}
NEEDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("shadow", {"monitoring": "built"}),
    ("canary", {"alerts": "tested", "rollback": "tested", "on_call": "built"}),
    ("full", dict.fromkeys(NAMES, "live")),
)
"""By stage, smallest first, the state that each control needs on top of what the smaller stages need."""
WORDS = {"none": "no traffic yet", "shadow": "a shadow run", "canary": "part of the traffic", "full": "all traffic"}
METHOD = "shadow: monitoring built; canary: alerts and rollback tested, on-call named; full: all of them live"


def state_of(project: Project, name: str) -> str:
    """Return how far a control is; what nothing declares is not built, nor is an on-call that nothing wakes."""
    found = _declared(project, name)
    idle = found is not None and found.name == "on_call" and stranded(project)
    return found.state if found and not idle else STATES[0]


def reaches(project: Project, name: str, needed: str) -> bool:
    """Return whether a control is as far as `needed` or farther."""
    return STATES.index(state_of(project, name)) >= STATES.index(needed)


def allowed(project: Project) -> tuple[str, tuple[str, ...]]:
    """Return the largest stage that the controls allow, or none, and what the next one lacks, in words."""
    stage = "none"
    for following, needs in NEEDS:
        lacking = tuple(
            f"{NAMES[name]} {needed} (now {state_of(project, name)})"
            for name, needed in needs.items()
            if not reaches(project, name, needed)
        )
        if lacking:
            return stage, lacking
        stage = following
    return stage, ()


def request_facts(project: Project) -> tuple[Fact, ...]:
    """Return what can be asked for, the stage after it, and what that one lacks."""
    stage, lacking = allowed(project)
    order = [name for name, _ in NEEDS]
    following = None if stage == order[-1] else order[0 if stage == "none" else order.index(stage) + 1]
    return (
        derived("request.stage", stage, label="Largest stage that the controls allow", method=METHOD),
        derived("request.name", WORDS[stage], label="What can be asked for", method=METHOD),
        derived("request.none", stage == "none", unit="flag", label="No traffic can be asked for", method=METHOD),
        derived(
            "request.next",
            None if following is None else WORDS[following],
            label="The stage after it",
            method=METHOD,
            reason="there is none after all traffic",
        ),
        derived(
            "request.lacks",
            ", ".join(one.partition(" (")[0] for one in lacking) or None,
            label="What the stage after it needs",
            method=METHOD,
            reason="nothing is lacking",
        ),
    )


def controls_table(project: Project) -> Table:
    """Return every control with its state and the stages that wait for it."""
    heads = columns("control", "state", "since", "needed: Needed", "*evidence: Where it can be seen")
    rows = (_row(project, name) for name in NAMES)
    return table("readiness.controls", "State of the controls", heads, rows, reason="")


def _row(project: Project, name: str) -> tuple[Cell, ...]:
    found = _declared(project, name)
    needed = "; ".join(f"{needs[name]} for {WORDS[stage]}" for stage, needs in NEEDS if name in needs)
    since = found.since if found else None
    return (
        NAMES[name].capitalize(),
        derived(
            f"readiness.{name}.state", state_of(project, name), method="as declared", source=place(project, "state")
        ),
        dated(f"readiness.{name}.since", since, method="as declared", reason="not declared (state.controls)"),
        needed,
        (found.evidence or "") if found else "",
    )


def _declared(project: Project, name: str) -> Control | None:
    return next((one for one in project.settings.state.controls if one.name == name), None)
