"""Takes the sized and dated stages, gives the rollout as one table, and how often its rules err."""

import math
from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Condition, Project, Stage
from generator.records.reason import UNDECLARED, Reason, lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.stats.messages import MessageRule, chance_within
from generator.subjects.kit.facts import dated, declared, derived, flag
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.series import points_in, step_days
from generator.subjects.rollout._stages import LEVEL, beyond, cap_id, over, own_rows, unguarded

QUANTITY, TABLE = quantities(__file__), tables(__file__)

TODAY = "rollout.served.today"
UNRECORDED = lacking("not recorded by `dossier record PROJECT traffic SHARE`", "state.traffic")
NO_STAGES = lacking("no stages declared", "rollout.stages")
NO_RULES = "no rollback condition compares with the previous version on a share of the traffic"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Print the stages, and hold the rules that guard them against what they err."""
    guarded = any(one.name == "rollback" and one.state in ("tested", "live") for one in project.settings.state.controls)
    own = () if guarded else tuple(unguarded(project, known(evidence, earlier)))
    at = known(evidence, replace(earlier, facts=(*earlier.facts, *own)))
    return Decisions(
        facts=(*own, *_served(project, at), *_worst(project, at)),
        tables=(_stages(project, at), _rules(project, at)),
        findings=tuple(_outside(project, at)),
    )


def _served(project: Project, at: Known) -> tuple[Fact, ...]:
    """Return the traffic of the stage that the version is in, its own of today, and whether its budget bears it."""
    state, stage = project.settings.state, _stage_of(project, at)
    cap, now = at.fact(cap_id(stage)), state.traffic if state.stage == "canary" else None
    share, ramp = (stage.traffic, stage.traffic_from) if now is None else (now, None)
    today = declared(project, TODAY, now, "state.traffic", unit="share", label="Share of the traffic that it has now")
    return (
        replace(cap, id="rollout.served.cap"),
        derived(QUANTITY("rollout.served.first"), ramp),
        *((replace(today, reason=UNRECORDED if now is None else ""),) if now or ramp is not None else ()),
        derived(QUANTITY("rollout.served.owner"), stage.owner),
        dated(QUANTITY("rollout.served.since"), state.traffic_since if now is not None else None),
        derived(QUANTITY("rollout.served.share"), share, reason=Reason(UNDECLARED, ("state.stage",))),
        flag(QUANTITY("rollout.served.over"), beyond(replace(stage, traffic=share), cap.number)),
    )


def _stage_of(project: Project, at: Known) -> Stage:
    """Return the stage that the version is in by its state, one without traffic where that does not tell."""
    state = project.settings.state
    own = [one for one in project.settings.rollout.stages if state.serves and one.reach == state.stage]
    found = own if len(own) == 1 else [one for one in own if _begun(one, at)]
    return found[0] if len(found) == 1 else Stage(name="", traffic=1.0 if state.stage == "full" else None)


def _outside(project: Project, at: Known) -> Iterator[Finding]:
    """Yield a share of the traffic that the version is said to have, and that its state or its stage does not."""
    state, stage = project.settings.state, _stage_of(project, at)
    share = declared(project, TODAY, state.traffic, "state.traffic", unit="share")
    if share.number is None:
        return
    first, last = stage.traffic_from or stage.traffic, stage.traffic
    claim, head = Claim(what="traffic", relation="differs", value=share), ("The version is said to have ", share)
    if state.stage != "canary":
        words: Sentence = (*head, f" of the traffic, while its state is {state.stage}: one of the two is out of date.")
    elif first is None or last is None or first <= share.number <= last:
        return
    else:
        words = (*head, f" of the traffic, which its stage “{stage.name}” does not plan.")
    yield finding("rollout.served.outside", "rollout", "confirmed", "share of the traffic", words, claim)


def _worst(project: Project, at: Known) -> Iterator[Fact]:
    """Yield the stage that risks most, its own volume, and what a bad version costs with and without a way back."""
    costs = ((at.number(f"rollout.{segment_of(one.name)}.exposure"), one) for one in project.settings.rollout.stages)
    priced = ((cost, one) for cost, one in costs if cost)
    _, worst = max(priced, default=(0.0, None), key=lambda each: each[0])
    id = f"rollout.{segment_of(worst.name)}" if worst else "rollout"
    yield derived(QUANTITY("rollout.worst.name"), worst.name if worst else None)
    yield derived(QUANTITY("rollout.worst.rows"), worst.rows_per_day if worst else None)
    cap = at.fact(cap_id(worst)) if worst else derived(QUANTITY("rollout.worst.cap"), None)
    yield replace(cap, id="rollout.worst.cap")
    yield flag(QUANTITY("rollout.worst.over"), worst is not None and beyond(worst, cap.number))
    for key in ("exposure", "exposure_unguarded"):
        fact = at.fact(f"{id}.{key}")
        yield replace(
            fact, id=f"rollout.worst.{key}", reason=NO_STAGES if fact.value is None and not fact.reason else fact.reason
        )


def _begun(stage: Stage, at: Known) -> bool:
    start = at.date(f"rollout.{segment_of(stage.name)}.start")
    return start is not None and at.as_of is not None and start <= at.as_of


def _stages(project: Project, at: Known) -> Table:
    return TABLE("rollout.stages", (_row(one, at) for one in project.settings.rollout.stages), reason=NO_STAGES)


def _row(stage: Stage, at: Known) -> tuple[Cell, ...]:
    names = ("days_declared", "days_needed", "until", "days_planned", "exposure", "exposure_unguarded", "start", "end")
    shown = tuple(at.fact(f"rollout.{segment_of(stage.name)}.{name}") for name in names)
    said, needed, *_ = (number_of(fact) for fact in shown)
    short = said is not None and needed is not None and said < needed
    exposure = shown[names.index("exposure")]
    dear = over(exposure, at.number("rollout.exposure_budget")) or beyond(stage, at.number(cap_id(stage)))
    if short or dear:
        words = ("too short",) * short + ("over the budget",) * dear
        mark = Mark(status="fail", word=", ".join(words))
    elif needed is None:
        mark = Mark(status="inconclusive", word="need not known")
    else:
        mark = Mark(status="pass", word="long enough")
    return (
        stage.name,
        _traffic(stage, at),
        *(() if fact.value is None else fact for fact in shown),
        mark,
        _note(stage),
        stage.gate or (),
    )


def _note(stage: Stage) -> Cell:
    """What happens, and at how many rows a day the cost of a bad version is meant where these are not the data's."""
    said = () if stage.note is None else (stage.note,)
    rows = own_rows(f"rollout.{segment_of(stage.name)}", stage)
    return said if rows is None else (*said, "; " if said else "", "priced at ", rows, " a day")


def _traffic(stage: Stage, at: Known) -> Cell:
    """The share of the traffic; where it grows, from which to which."""
    share = at.fact(f"rollout.{segment_of(stage.name)}.traffic")
    if stage.traffic_from is None:
        return share
    begins = derived(
        QUANTITY("rollout.{name}.traffic_from", name=segment_of(stage.name), name_2=stage.name), stage.traffic_from
    )
    return (begins, " to ", share)


def _rules(project: Project, at: Known) -> Table:
    found = (
        _rule(one, project, at)
        for one in project.settings.rollback.conditions
        if one.relative_to == "previous" and one.traffic is not None
    )
    return TABLE("rollout.rules", (row for row in found if row), reason=NO_RULES)


def _rule(condition: Condition, project: Project, at: Known) -> tuple[Cell, ...]:
    """A condition with its chance a window and over the stage of its traffic; nothing where the chance is not known."""
    head = f"rollback.condition.{segment_of(condition.id)}"
    chance = at.fact(f"{head}.false_alarm")
    value = number_of(chance)
    if value is None:
        return ()
    share = condition.traffic or 0.0
    same = (one for one in project.settings.rollout.stages if math.isclose(one.mean_traffic, share))
    stage = next(same, None)
    days = at.number(f"rollout.{segment_of(stage.name)}.days_planned") if stage else None
    step, window = step_days(at), points_in(condition.window_days, step_days(at))
    windows = None if days is None else max(1, int(days // step) - window + 1)
    once = derived(
        QUANTITY("{head}.false_alarm_in_stage", head=head),
        None if windows is None else max(value, chance_within(value, 0.0, MessageRule(window=window), windows)),
        simulated=True,
        source=chance.id,
    )
    bound = derived(QUANTITY("rollout.sequential.error"), 1 - LEVEL)
    return (
        condition.title or condition.id,
        chance,
        once,
        ("at most ", bound, " in all"),
        at.fact("rollout.sequential.rows"),
    )


DECISION = Decision(id="rollout", title="How traffic moves to the new version", run=run)
