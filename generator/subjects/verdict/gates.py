"""Takes objectives, policies and evidence, gives gates with verdicts of three values, the verdict and the scorecard."""

from collections.abc import Set
from dataclasses import replace

from generator.records.decision import RECENT, WHOLE, Decision, Decisions, Gate, Verdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.headline import BINARY, REGRESSION
from generator.records.project import Project
from generator.records.quality import quality
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.journal import settled
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, known
from generator.subjects.labels.found import LateLabels
from generator.subjects.segments.found import Segments
from generator.subjects.verdict._awaited import awaited
from generator.subjects.verdict._card import dated, line, mark
from generator.subjects.verdict._controls import asked, controls_table, house_table, request_facts, state_of
from generator.subjects.verdict._hard_gates import hard_gates, recent_gate
from generator.subjects.verdict._judge import margin, verdict_of
from generator.subjects.verdict._minimum import minimum_gates
from generator.subjects.verdict._recent import ORDER
from generator.subjects.verdict._soft_gates import services_table, soft_gates
from generator.subjects.windows.found import Measure, Recent

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NAMES: dict[Verdict, str] = {
    "proceed": "Proceed",
    "proceed_with_conditions": "Proceed with conditions",
    "delay": "Delay",
    "not_enough": "Not enough evidence",
}
LEVELS = ("bias", "in_the_large")
"""Metrics of how far predictions lie above or below what came, on average."""
STATED = ("rollback", "monitoring")
"""Controls on the scorecard, which tells how far each is as the table of controls does."""
ON_CARD = ("data_quality", "drift", "drift_impact", "services", "rollback", "monitoring")


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Judge every gate and decide."""
    at = known(evidence, earlier)
    hard = (*hard_gates(project, at), *minimum_gates(project, at))
    every = (*hard, recent_gate(project, at), *soft_gates(project, at))
    gates = tuple(awaited(gate, at) for gate in every)
    verdict = decide_on(gates, {gate.id for gate in gates if settled(project, gate)})
    controls, request = controls_table(project, at), request_facts(project, at)
    return Decisions(
        facts=(
            *(_count(gates, word) for word in ("pass", "fail", "inconclusive")),
            *request,
            asked(request, verdict),
            derived(QUANTITY("verdict.name"), NAMES[verdict]),
        ),
        tables=(
            _all(gates),
            _scorecard(gates, at, project),
            controls,
            house_table(controls),
            services_table(project, at),
        ),
        gates=gates,
        verdict=verdict,
    )


def decide_on(gates: tuple[Gate, ...], settled: Set[str] = frozenset()) -> Verdict:
    """Return delay when a hard gate failed, not enough when none can be told, proceed when all passed or are settled.

    `settled` are the gates that the rows leave open and whose conditions are recorded as closed.
    """
    hard = [gate.verdict for gate in gates if gate.hard]
    if "fail" in hard:
        return "delay"
    if "pass" not in hard:
        return "not_enough"
    return (
        "proceed" if all(gate.verdict == "pass" or gate.id in settled for gate in gates) else "proceed_with_conditions"
    )


def _count(gates: tuple[Gate, ...], word: str) -> Fact:
    names = {"pass": "passed", "fail": "failed", "inconclusive": "left open"}
    return derived(
        QUANTITY("gates.count.{word}", word=word, names=names[word]),
        sum(gate.verdict == word for gate in gates),
        n=len(gates),
    )


def _all(gates: tuple[Gate, ...]) -> Table:
    rows = (
        (
            gate.title,
            "hard" if gate.hard else "soft",
            gate.window,
            gate.value,
            gate.bound,
            margin(gate),
            mark(gate),
            gate.why,
            gate.remedy,
        )
        for gate in gates
    )
    return TABLE("gates.all", rows, reason="no gates")


def _scorecard(gates: tuple[Gate, ...], at: Known, project: Project) -> Table:
    by_id = {gate.id: gate for gate in gates}
    overall = _overall(gates)
    lately = () if overall.window == by_id["recent"].window else (line(by_id["recent"]),)
    rows: list[tuple[Cell, ...]] = [line(overall), *lately, _segment(gates, at)]
    told = {row[0] for row in rows} | {by_id[id].title for id in ON_CARD}
    rows += [
        _with_recent(gate, at)
        for gate in gates
        if gate.hard and gate.verdict == "fail" and not {dated(gate), gate.title} & told
    ]
    rows += [
        _with_state(line(by_id[id]), id, project) if id in STATED else _with_recent(by_id[id], at) for id in ON_CARD
    ]
    rows.insert(-2, _business(at, project.settings.business.value_against))
    return TABLE("scorecard.rows", rows, reason="nothing to score")


def _with_state(line: tuple[Cell, ...], control: str, project: Project) -> tuple[Cell, ...]:
    """The line of a control: how far it has come, then what of it is written."""
    topic, target, actual, mark, evidence = line
    state = derived(QUANTITY("gates.{control}.state", control=control), state_of(project, control))
    return topic, target, (state, "; ", *actual) if isinstance(actual, tuple) else actual, mark, evidence


def _with_recent(gate: Gate, at: Known) -> tuple[Cell, ...]:
    """The line of a gate; of a level judged on the whole, where highs cancel lows, with that of the recent days."""
    topic, target, actual, mark, evidence = line(gate)
    turned = at.shelf[Recent].measures.get(Measure(metric="bias")) if gate.metric in LEVELS else None
    if gate.window != WHOLE or gate.value.number is None or turned is None or turned.recent.number is None:
        return topic, target, actual, mark, evidence
    found = at.shelf.get(LateLabels)
    way = "lower" if found and (found.gap.number or 0.0) < 0 else "raise"
    late = f", late outcomes {way} it" if found else ""
    return topic, target, (gate.value, "; recent ", turned.recent, late), mark, evidence


def _overall(gates: tuple[Gate, ...]) -> Gate:
    """The gate on the headline metric where there is one, else the worst of the overall gates."""
    overall = [gate for gate in gates if gate.id.partition(".")[0] == "overall"]
    own = {f"overall.{one.metric}" for one in (REGRESSION, BINARY)}
    first = next((gate for gate in overall if gate.id in own), None)
    return first or min(overall, key=lambda gate: ORDER[gate.verdict])


def _segment(gates: tuple[Gate, ...], at: Known) -> tuple[Cell, ...]:
    """The worst critical segment, in the newest days if it is worse there; the worst of all where none is critical."""
    own = [gate for gate in gates if gate.id.startswith("segment.")]
    if own:
        every = (*own, *(lately for gate in own if (lately := _lately(gate, at))))
        return line(min(every, key=lambda gate: (ORDER[gate.verdict], gate not in own, -_excess(gate))))
    name, error = at.shelf[Segments].worst, at.shelf[Segments].worst_error
    actual: Cell = error if name.value is None or error.value is None else (name, ": ", error)
    return (
        "Worst segment",
        ("no segment declared critical",),
        actual,
        Mark(status="inconclusive", word="no target"),
        error.id,
    )


def _lately(gate: Gate, at: Known) -> Gate | None:
    """What a gate on the whole period would be on the recent days alone."""
    if gate.window == RECENT:
        return None
    recent = at.fact(f"{gate.value.id}_recent")
    if recent.number is None:
        return None
    return replace(gate, window=RECENT, value=recent, verdict=verdict_of(recent, gate.bound.number, gate.metric))


def _excess(gate: Gate) -> float:
    value, bound = gate.value.number, gate.bound.number
    if value is None or bound is None:
        return float("-inf")
    return -quality(gate.metric).room(value, bound)


def _business(at: Known, than: str | None = None) -> tuple[Cell, ...]:
    """The value is declared and not proven, whatever errors or decisions are measured to cost."""
    value, lately = at.fact("business.value_per_month"), at.fact("business.loss_increase_recent_per_month")
    loss = at.fact("business.loss_increase_per_month") if lately.value is None else lately
    against = f" against {than}" if than else ""
    target: Cell = "no value declared" if value.value is None else ("value a month ", value, against)
    saved = at.fact("decision.nobody.against_current")
    told: Cell = "no effect in money measured"
    if saved.value is not None:
        told = ("acting on nobody would cost ", saved, " a month more")
    elif loss.value is not None:
        told = ("errors cost ", loss, " a month more than at validation")
    return (
        "Business value",
        target,
        told,
        Mark(status="inconclusive", word="not proven"),
        value.id,
    )


DECISION = Decision(id="gates", title="Gates, verdict and scorecard", run=run)
