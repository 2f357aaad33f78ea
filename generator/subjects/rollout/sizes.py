"""Takes the declared rollout, gives how long each stage has to last, what it risks, and what is known so far."""

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import SAMPLING, Fact, Sentence, segment_of
from generator.records.project import Project
from generator.results.words import quantities
from generator.stats import sequential
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.performance.found import Performance
from generator.subjects.rollout._stages import (
    LEVEL,
    Staged,
    StagePlan,
    beyond,
    cycle,
    over,
    own_rows,
    plan_of,
    share_cap,
    spread,
    staged,
)

QUANTITY = quantities(__file__)


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Size the stages."""
    at = known(evidence, earlier)
    plan = plan_of(project, at)
    stages, cap = staged(project, plan, at), share_cap(plan, plan.per_day)
    own, whole = (fact for one in stages for fact in one.facts), cycle(project, stages)
    return Decisions(
        facts=(
            *plan.facts,
            cap,
            whole,
            *_sequential(plan, at),
            *own,
        ),
        findings=(*_short(stages), *_never(stages), *_exposed(stages, plan), *_hasty(project, plan)),
    )


def _sequential(plan: StagePlan, at: Known) -> tuple[Fact, Fact, Fact]:
    """The comparison so far with limits that hold however often one looks."""
    gain, error, margin = at.shelf[Performance].previous.gain, spread(at), number_of(plan.margin)
    value, reason = number_of(gain), gain.reason or plan.margin.reason or "the scatter of the comparison is not known"
    way = "always-valid confidence sequence (normal mixture), effect planned for is the margin"
    if value is None or not error or not margin:
        names = (("change", "change"), ("reading", ""), ("rows", "rows"))
        nothing = [derived(f"rollout.sequential.{name}", None, unit=unit, reason=reason) for name, unit in names]
        return nothing[0], nothing[1], nothing[2]
    found = sequential.confidence_sequence(value, error**2, margin**2, LEVEL)
    word = "go on" if found.high < margin else "roll back" if found.low > margin else "keep comparing"
    least = sequential.variance_to_decide(margin, margin**2, LEVEL)
    return (
        derived(
            QUANTITY("rollout.sequential.change"),
            value,
            low=found.low,
            high=found.high,
            range=SAMPLING,
            n=gain.n,
            method=way,
            source=gain.id,
        ),
        derived(QUANTITY("rollout.sequential.reading"), word, source=plan.margin.id),
        derived(
            QUANTITY("rollout.sequential.rows", way=way),
            (gain.n or 0) * error**2 / least if gain.n else None,
            source=gain.id,
        ),
    )


def _short(stages: tuple[Staged, ...]) -> Iterator[Finding]:
    for one in stages:
        if one.short:
            yield finding(
                f"{one.id}.short",
                "rollout",
                "confirmed",
                f"rollout stage {one.stage.name}",
                (
                    f"The rollout stage “{one.stage.name}” is declared with ",
                    one.declared,
                    ", but has to last ",
                    one.needed,
                    f": until {one.until.value}.",
                ),
                Claim(what="duration", relation="below", value=one.declared, baseline=one.needed),
                one.rows,
            )


def _never(stages: tuple[Staged, ...]) -> Iterator[Finding]:
    """Yield what cannot be judged at a stage's own rows a day; at those of the data the ladder tells it."""
    for stage, id in ((one, id) for one in stages if one.stage.rows_per_day for id in one.never):
        subject, claim = f"rollout stage {stage.stage.name}", Claim(what="judge", relation="below", value=None)
        words = (f"The rollout stage “{stage.stage.name}” never judges “{id}”: a window holds too few rows.",)
        yield finding(f"{stage.id}.never.{segment_of(id)}", "rollout", "confirmed", subject, words, claim)


def _hasty(project: Project, plan: StagePlan) -> Iterator[Finding]:
    """Yield a declared time until the rollback that ends before what orders the rollback can be judged."""
    said = project.settings.rollout.detection_days
    if said is None or said >= (plan.detection.number or 0):
        return
    path, label = "rollout.detection_days", "Days a bad version is declared to serve"
    stated = declared(project, "rollout.detection_declared", said, path, unit="days", label=label)
    words: Sentence = (
        "A bad version is declared to serve ",
        stated,
        "; the quickest rollback condition on the error has its window and its outcomes only after ",
        plan.detection,
        ", which all losses count.",
    )
    claim = Claim(what="detection", relation="below", value=stated, baseline=plan.detection)
    yield finding("claim.rollout.detection", "claim", "confirmed", "time until a rollback", words, claim)


def _exposed(stages: tuple[Staged, ...], plan: StagePlan) -> Iterator[Finding]:
    """Yield the stages that risk more than is allowed: on average over their days, or at the end of a ramp alone."""
    budget = number_of(plan.budget)
    for one in stages:
        dear = over(one.exposure, budget)
        if not dear and not beyond(one.stage, one.cap.number):
            continue
        rows = own_rows(one.id, one.stage)
        whole: Sentence = () if rows is None else (", then ", rows, " a day")
        head: Sentence = (f"The stage “{one.stage.name}” goes to ", one.traffic, " of the traffic", *whole)
        risk: Sentence = ("; a bad version would cost ", one.exposure, ", more than the ", plan.budget, " allowed")
        claim = Claim(what="exposure", relation="above", value=one.exposure, baseline=plan.budget)
        if not dear:
            risk, claim = (), Claim(what="traffic", relation="above", value=one.traffic, baseline=one.cap)
        bears: Sentence = (", the budget bears ", one.cap)
        id, subject = f"{one.id}.exposed", f"rollout stage {one.stage.name}"
        yield finding(id, "rollout", "confirmed", subject, (*head, *bears, *risk, "."), claim)


DECISION = Decision(id="sizes", title="How long each stage of the rollout lasts", run=run)
