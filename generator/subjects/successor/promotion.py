"""Takes both versions on the same rows, gives whether the new one is no worse: in error, segments, level, and time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.decision import Decision, Decisions, GateVerdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact, segment_of
from generator.records.headline import told
from generator.records.margins import level, of_metric
from generator.records.named import PROJECT
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import complete, derived, flag
from generator.subjects.kit.known import Known, known, number_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

OPEN = "a gate could not be judged"
NONE = lacking("no previous version to score", "model.previous.path", file=PROJECT)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldGate:
    """A gate of promotion: what is held against what; the verdict needs the whole range within it."""

    title: str
    value: Fact
    margin: Fact

    @property
    def verdict(self) -> GateVerdict:
        """Return whether the whole range keeps the margin, none of it does, or neither."""
        value, margin = number_of(self.value), number_of(self.margin)
        if value is None or margin is None:
            return "inconclusive"
        low, high = (value if end is None else end for end in (self.value.low, self.value.high))
        return "pass" if high <= margin else "fail" if low > margin else "inconclusive"


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Return the gates that a new version has to pass against the one before it."""
    at = known(evidence, earlier)
    gates = tuple(_gates(project, at)) if at.number("previous.scored_rows") else ()
    rows = [_row(gate) for gate in gates]
    verdicts = {gate.verdict for gate in gates}
    may = False if "fail" in verdicts else True if verdicts == {"pass"} else None
    promoted = flag(QUANTITY("successor.promote"), may, source="table successor.gates", reason=OPEN if gates else NONE)
    made = TABLE("successor.gates", rows, reason=NONE)
    return complete(Decisions(facts=(promoted,), tables=(made,)), set(at.facts))


def _gates(project: Project, at: Known) -> Iterator[HeldGate]:
    head, rate = told(at.facts), at.number("performance.base_rate.production")
    before = at.number(f"performance.{head.metric}.previous")
    matters = of_metric(head.metric, before or math.nan, math.nan if rate is None else rate)
    share = matters / before if before else None
    margin = _margin("error", share, "change", "the change of an error that matters, of that of the version before")
    metric = head.name.capitalize()
    yield HeldGate(title=f"{metric}, all rows", value=at.fact("performance.gain.previous"), margin=margin)
    for each in project.settings.objectives.critical_segments:
        gain = at.fact(f"successor.{segment_of(each.segment)}.{segment_of(each.level)}.gain")
        yield HeldGate(title=f"{metric}, {each.level} ({each.segment})", value=gain, margin=margin)
    farther = at.fact("successor.level.farther")
    far = matters if rate is None else level(rate)
    limit = _margin("level", far, farther.unit, "the difference of a level that matters")
    yield HeldGate(title="How much farther the average lies off what came", value=farther, margin=limit)
    yield HeldGate(
        title="Time of one prediction of the model, 99th percentile",
        value=at.fact("inference.one_row.p99"),
        margin=at.fact("features.latency.headroom"),
    )


def _margin(name: str, value: float | None, unit: str, method: str) -> Fact:
    return derived(QUANTITY("successor.margin.{name}", name=name), value, unit=unit, method=method)


def _row(gate: HeldGate) -> tuple[Cell, ...]:
    return gate.title, gate.value, gate.margin, Mark(status=gate.verdict, word=gate.verdict)


DECISION = Decision(id="promotion", title="Gates of promotion", run=run)
