"""Takes the declared state of monitoring, alerts, rollback and on-call, gives the largest stage that they allow."""

import datetime
from itertools import groupby

from generator.estimates.facts import place
from generator.records.decision import Verdict
from generator.records.fact import Fact, segment_of
from generator.records.project import REACH, Control, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import dated, derived, flag, table
from generator.subjects.kit.known import Known
from generator.subjects.limits.waking import stranded

QUANTITY, TABLE = quantities(__file__), tables(__file__)

STATES = ("not built", "specified", "built", "tested", "live")
NAMES = {"monitoring": "monitoring", "alerts": "alerts", "rollback": "rollback", "on_call": "on-call by name"}
NEEDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("shadow", {"monitoring": "built"}),
    ("canary", {"alerts": "tested", "rollback": "tested", "on_call": "built"}),
    ("full", dict.fromkeys(NAMES, "live")),
)
"""By stage, smallest first, the state that each control needs on top of what the smaller stages need."""
STEPS = {"built": "set up", "tested": "set up and test", "live": "put into service:"}
WORDS = {"none": "no traffic yet", "shadow": "a shadow run", "canary": "part of the traffic", "full": "all traffic"}
ALIKE = ("built", "tested", "live", "owner", "blocks")
METHOD = "shadow: monitoring built; canary: alerts and rollback tested, on-call named; full: all of them live"
UNJUDGED = "that version judged"


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


def _asked_for(project: Project, at: Known) -> tuple[str, tuple[str, ...]]:
    """Return the largest stage that can be asked for: a version still to be trained runs unseen until it is judged."""
    stage, lacking = allowed(project)
    if at.fact("retraining.before_launch").value is True and stage in ("canary", "full"):
        return "shadow", (UNJUDGED,)
    return stage, lacking


def asks_built(gate: str, project: Project) -> bool:
    """Return whether a gate is that on monitoring and asks only that it be built, as before a run that nobody sees."""
    return gate == "monitoring" and allowed(project)[0] == "none"


def next_steps(project: Project) -> list[str]:
    """Return what there is to do before the next stage, one step for controls that lack the same."""
    stage, _ = allowed(project)
    order = ("none", *(name for name, _ in NEEDS))
    _, needs = NEEDS[min(order.index(stage), len(NEEDS) - 1)]
    todo: dict[str, list[str]] = {}
    for name, needed in needs.items():
        if not reaches(project, name, needed):
            todo.setdefault(STEPS[needed], []).append(NAMES[name])
    return [f"{step} {', '.join(names)}" for step, names in todo.items()]


def request_facts(project: Project, at: Known) -> tuple[Fact, ...]:
    """Return what can be asked for, the stage after it, what that one lacks, and when each can begin."""
    stage, lacking = _asked_for(project, at)
    order = [name for name, _ in NEEDS]
    following = None if stage == order[-1] else order[0 if stage == "none" else order.index(stage) + 1]
    has = stage == project.settings.state.stage and UNJUDGED not in lacking
    return (
        flag(QUANTITY("request.has"), has, method=METHOD),
        derived(QUANTITY("request.stage"), stage, method=METHOD),
        derived(QUANTITY("request.name"), WORDS[stage], method=METHOD),
        derived(QUANTITY("request.none"), stage == "none", method=METHOD),
        _begins("request.from", "" if has else stage, project, at),
        derived(QUANTITY("request.next"), None if following is None else WORDS[following], method=METHOD),
        _begins("request.next_from", following or "", project, at),
        derived(QUANTITY("request.lacks"), ", ".join(one.partition(" (")[0] for one in lacking) or None, method=METHOD),
        *_serving(project, stage),
    )


def asked(request: tuple[Fact, ...], verdict: Verdict) -> Fact:
    """Return what a reader of the verdict is asked to approve, in a few words; `request` are the facts on it."""
    told = {fact.id: fact.value for fact in request}
    words = "no traffic"
    if verdict == "proceed_with_conditions" and told["request.beyond"]:
        words = "to keep the traffic that it has, on conditions, and no more"
    elif verdict == "proceed_with_conditions" and told["request.none"]:
        words = f"the preparation of {told['request.next']}, and no traffic yet"
    elif verdict == "proceed_with_conditions" and told["request.has"]:
        words = f"to go on with {told['request.name']}{', and no more' if told['request.next'] else ''}"
    elif verdict in ("proceed", "proceed_with_conditions"):
        words = f"{told['request.name']}{', and no more' if told['request.next'] else ''}"
    return derived(QUANTITY("request.asked", method=METHOD), words, source="verdict.name")


def _serving(project: Project, stage: str) -> tuple[Fact, ...]:
    """What the version is said to serve already, and whether that is more than its controls allow."""
    beyond = stage != "full" and _serves(project, REACH[REACH.index(stage) + 1] if stage in REACH else REACH[1])
    serves = WORDS.get(project.settings.state.stage)
    return (
        derived(QUANTITY("request.serves"), serves),
        flag(QUANTITY("request.beyond"), beyond, method=METHOD),
        flag(QUANTITY("request.way_back"), reaches(project, "rollback", "tested")),
    )


def _start(stage: str, at: Known) -> datetime.date | None:
    return at.date(f"rollout.{segment_of(stage)}.start")


def _serves(project: Project, kind: str) -> bool:
    """Whether the version is declared to have reached a stage, if not a later one."""
    return kind in REACH and REACH.index(project.settings.state.stage) >= REACH.index(kind)


def _begins(id: str, kind: str, project: Project, at: Known) -> Fact:
    """The planned first day of the first declared stage of a kind: unseen, part of the traffic, or all of it."""
    found = (_start(stage.name, at) for stage in project.settings.rollout.stages if kind == stage.reach)
    return dated(
        id, next(found, None), label="First day of it", method="plan of the rollout", reason="no day is planned"
    )


def controls_table(project: Project, at: Known) -> Table:
    """Return every control: how far it is, who answers for it, and the first stage that waits for it, with its day.

    What no stage waits for stands there once it is known.
    """
    others = [one.name for one in project.settings.state.controls if one.name not in NAMES]
    rows = (_row(project, name, at) for name in (*NAMES, *others))
    return TABLE("readiness.controls", rows)


def house_table(whole: Table) -> Table:
    """Return the controls in as few lines as they differ: neighbours that stand alike share one."""
    lines: list[tuple[Cell, ...]] = []
    for alike, group in groupby(whole.records, key=lambda row: tuple(row[key] for key in ALIKE)):
        same = list(group)
        names = ", ".join(str(row["control"]) for row in same)
        lines.append((names.capitalize(), *alike, same[0]["needed"]))
    heads = tuple(column for column in whole.columns if column.key in ("control", *ALIKE, "needed"))
    return table("readiness.house", "Is the house ready", heads, lines, reason="")


def _row(project: Project, name: str, at: Known) -> tuple[Cell, ...]:
    found = _declared(project, name)
    state, head = state_of(project, name), f"readiness.{name}"
    waits = next((kind for kind, needs in NEEDS if name in needs and not reaches(project, name, needs[name])), "")
    return (
        NAMES.get(name, name).capitalize(),
        derived(QUANTITY("{head}.state", head=head), state, source=_place(project, name)),
        *("yes" if reaches(project, name, step) else "no" for step in STATES[2:]),
        (project.settings.project.owner or "to be named").partition(",")[0],
        WORDS.get(waits, "nothing"),
        "now" if _serves(project, waits) else _begins(f"{head}.needed", waits, project, at) if waits else "",
        dated(
            QUANTITY("{head}.since", head=head),
            found.since if found else None,
            reason=lacking(UNDECLARED, "state.controls"),
        ),
        (found.evidence or "") if found else "",
    )


def _place(project: Project, name: str) -> str:
    """Return where the state of a control is said, in the project file or in a record."""
    index = next((at for at, one in enumerate(project.settings.state.controls) if one.name == name), None)
    return place(project, "state" if index is None else f"state.controls.{index}")


def _declared(project: Project, name: str) -> Control | None:
    return next((one for one in project.settings.state.controls if one.name == name), None)
