"""Takes gates and conditions, gives the three reasons that a reader with ten minutes needs, without methods."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.records.decision import (
    HOLDS_FULL,
    HOLDS_LAUNCH,
    HOLDS_PART,
    RECENT,
    Alert,
    Decision,
    Decisions,
    Gate,
)
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence, facts_of
from generator.records.margins import of_metric
from generator.records.project import Project
from generator.records.quality import quality
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import dated, flag
from generator.subjects.kit.known import Known, Row, date_of, known, text_of
from generator.subjects.kit.stages import faults, wrong
from generator.subjects.limits.measured import production
from generator.subjects.limits.rules import LEVELS
from generator.subjects.performance.found import Performance
from generator.subjects.verdict._card import actual, mark, target
from generator.subjects.verdict._controls import asks_built, state_of
from generator.subjects.verdict._recent import ORDER, proven
from generator.subjects.windows.found import Recent

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SHOWN, YEAR = 3, 365
LAST, RESCORED, WAIT = "windows.whole.end", "data.production.rescored", "labels.nowcast.mature_after"
NEXT, ASKED = "conditions.next", "calendar.decision"
READ_BY_ALL = ("money", "share", "count")
UNTOLD = "nothing that was judged holds anything back"
BUILT = "built, a rule and data for every area"
"""What a run that nobody sees asks of the monitoring."""
CONTROLS = ("monitoring", "rollback")
"""Gates of which it says more how far they are than what of them is counted."""
STEPS = (HOLDS_LAUNCH, HOLDS_PART, HOLDS_FULL)
"""What a condition holds back, the nearest first; what holds nothing back is no reason."""
NAMES = {
    "rmse": "typical error",
    "mae": "average error",
    "median_ae": "error of the middle case",
    "wape": "error as a share of the total",
    "r2": "share of the differences that is explained",
    "bias": "gap of predicted and actual",
    "brier": "error of the probabilities (0 is perfect, 0.25 a coin toss)",
    "log_loss": "penalty for wrong forecasts",
    "auc": "order of the cases (1 is perfect, 0.5 a coin toss)",
}
"""What a reader calls a metric who has met none."""
WORDS: dict[str, tuple[str, str, str]] = {
    "overall": (
        "The {name} is past its limit",
        "Whether the {name} keeps its limit is open",
        "The {name} keeps its limit",
    ),
    "segment": (
        "For {group} the {name} is past its limit",
        "Whether the {name} for {group} keeps its limit is open",
        "For {group} the {name} keeps its limit",
    ),
    "recent": (
        "In the newest days the {name} is past its limit",
        "Whether the {name} keeps its limit in the newest days is open",
        "In the newest days the {name} keeps its limit",
    ),
    "minimum.naive": ("A naive guess does as well", "", ""),
    "minimum.ranking": ("The order of the cases is no better than chance", "", ""),
    "minimum.level": ("The forecasts as a whole are off", "", ""),
    "minimum.doubled": ("The error has doubled", "", ""),
    "minimum.inputs": ("Inputs are past the stop limits that the team set for them", "", ""),
    "data_quality": ("Data are missing beyond the limits", "How much data may be missing is not said", ""),
    "drift": ("Inputs have moved farther than is allowed", "How far the inputs have moved is not measured", ""),
    "drift_impact": ("The answers lean to one side", "How far the answers lean to one side is open", ""),
    "services": (
        "What the service promises is not kept",
        "It is not shown that the service keeps all it promises",
        "The service keeps what it promises",
    ),
    "monitoring": ("Faults go unseen: monitoring is not ready", "", ""),
    "rollback": ("There is no tested way back", "Whether there is a way back is open", ""),
}
"""How a gate that fails, is open, or passes is told, by its id or the first word of it."""


OF_FINDINGS = {
    "ladder": "Thresholds contradict one another",
    "rollout": "",
}
"""How findings are told whose condition holds something back, by the id of the condition; stages by what is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Something that speaks for or against: in words, the newest figure, its limit, and the verdict."""

    words: str
    figure: Cell
    limit: Cell
    status: Mark
    holds: str
    """What it holds back; nothing for what speaks for a launch."""
    weight: tuple[int, int, int]
    """Verdict; how near what it holds back, or whether not everybody reads its unit; the order of the gates."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Choose the reasons: what speaks for a launch that is approved, what holds back any other."""
    at = known(evidence, earlier)
    found = _for(earlier.gates, at) if earlier.verdict == "proceed" else _against(earlier.gates, project, at)
    told = sorted(found, key=lambda one: one.weight)[:SHOWN]
    rows = ((one.words, one.figure, one.limit, one.status, one.holds) for one in told)
    return Decisions(
        facts=tuple(_flags(earlier.gates, project, at)),
        tables=(
            TABLE("brief.reasons", rows, reason=UNTOLD if earlier.gates else "nothing was judged"),
            _firing(earlier.alerts),
        ),
    )


def _firing(alerts: tuple[Alert, ...]) -> Table:
    """Return the alerts that fire at the end of the rows at the gravest level that any of them reaches.

    Conditions and diagnostics wake nobody, and stand in the daily summary alone.
    """
    own = (alert for alert in alerts if alert.kind == "alert")
    rows = [(level.level, _called(alert)) for alert in own for level in alert.levels if level.fires]
    gravest = max((level for level, _ in rows), key=LEVELS.index, default="")
    return TABLE("brief.firing", dict.fromkeys(row for row in rows if row[0] == gravest), reason="none fires")


def _called(alert: Alert) -> str:
    """Return what a reader calls an alert who has met no metric; a limit on a segment is called with it."""
    if alert.metric not in NAMES:
        return alert.title
    name = NAMES[alert.metric].partition(" (")[0].capitalize()
    return name if alert.scope == "none" else f"{name} of {alert.scope}"


def _served_itself(project: Project, at: Known) -> Iterator[Fact]:
    """Yield whether every judged row is older than the version, and the day from which its own can be judged."""
    released, last = project.settings.model.released, at.date(LAST)
    told = at.fact(RESCORED).value is True
    older = told and released is not None and last is not None and last < released
    wait = at.fact(WAIT).number
    day = released + datetime.timedelta(wait) if older and released and wait is not None else None
    yield flag(QUANTITY("brief.all_rescored"), older)
    yield dated(QUANTITY("brief.own_judged"), day)


def _due_at_once(at: Known) -> bool:
    """Return whether what has to hold next falls due with the decision, which leaves nothing to wait for."""
    due, asked = [date_of(row["due"]) for row in at.rows(NEXT)], at.date(ASKED)
    return asked is not None and any(day is not None and day <= asked for day in due)


def _flags(gates: tuple[Gate, ...], project: Project, at: Known) -> Iterator[Fact]:
    """Yield what decides between two wordings."""
    metric, days = at.shelf[Recent].headline, at.fact("data.production.days").number
    lately = at.shelf[Recent].overall
    grown = proven([lately])[0] and (lately.change.number or 0.0) > 0
    own = [gate.verdict for gate in gates if gate.id in (f"overall.{metric}", "recent")]
    yield flag(QUANTITY("brief.watched"), at.fact("readiness.alerts.state").value == "live")
    yield flag(QUANTITY("brief.grown"), grown)
    yield from _served_itself(project, at)
    yield flag(QUANTITY("brief.due_at_once"), _due_at_once(at))
    yield flag(QUANTITY("brief.kept"), set(own) == {"pass"})
    yield flag(QUANTITY("brief.seasonless"), days is not None and days < YEAR)
    yield flag(QUANTITY("brief.lax"), _is_lax(at))


def _for(gates: tuple[Gate, ...], at: Known) -> Iterator[Ground]:
    """Yield the gates that pass, those first whose unit everybody reads."""
    lately = any(gate.id.startswith("overall") and gate.window == RECENT for gate in gates)
    for place, gate in enumerate(gates):
        if gate.verdict == "pass" and not (gate.id == "recent" and lately):
            yield from _told(gate, (not gate.hard, gate.value.unit not in READ_BY_ALL, place), "", at)


def _against(gates: tuple[Gate, ...], project: Project, at: Known) -> Iterator[Ground]:
    """Yield the gates and findings whose conditions hold something back; a finding weighs as a soft gate that fails."""
    held = {text_of(row["id"]): row for row in at.rows("conditions.all") if text_of(row["blocks"]) in STEPS}
    for place, gate in enumerate(gates):
        if row := held.get(gate.id):
            weight = (ORDER[gate.verdict] * 2 + (not gate.hard), _near(row), place)
            for one in _told(gate, weight, _holds(row, at), at):
                state = state_of(project, gate.id) if gate.id in CONTROLS else ""
                limit = BUILT if asks_built(gate.id, project) else target(gate)
                yield replace(one, figure=state, limit=limit) if state else one
    for place, (id, words) in enumerate(OF_FINDINGS.items(), len(gates)):
        if row := held.get(id):
            count = next(facts_of(row["how"]))
            figure, status = (count, " found"), Mark(status="fail", word="fail")
            weight, holds = (1, _near(row), place), _holds(row, at)
            told = words or wrong(faults(at.findings))
            yield Ground(words=told, figure=figure, limit="none may be", status=status, holds=holds, weight=weight)


def _told(gate: Gate, weight: tuple[int, int, int], holds: str, at: Known) -> Iterator[Ground]:
    """Yield a gate in words, where it has any."""
    if words := _words(gate):
        figure, limit = _level(gate, at) or (actual(gate), _limit(gate))
        yield Ground(words=words, figure=figure, limit=limit, status=mark(gate), holds=holds, weight=weight)


def _near(row: Row) -> int:
    return STEPS.index(text_of(row["blocks"]))


def _holds(row: Row, at: Known) -> str:
    """What a condition holds back, the launch by the name of the stage that comes next."""
    blocks, following = text_of(row["blocks"]), text_of(at.fact("request.next"))
    return following or blocks if blocks == HOLDS_LAUNCH else blocks


def _level(gate: Gate, at: Known) -> tuple[Cell, Cell] | None:
    """What was forecast on the whole beside what came, which says more than the gap between them."""
    forecast, came = at.fact("prediction.mean.production"), production(at.shelf, "base_rate")
    if gate.metric != "in_the_large" or None in (forecast.value, came.value, gate.bound.value):
        return None
    return (forecast, " told, ", came, " came"), ("at most ", gate.bound, " apart")


def _words(gate: Gate) -> str:
    head = gate.id.partition(".")[0]
    words = WORDS.get(gate.id) or WORDS.get(head)
    if words is None or gate.value.number is None:
        return ""
    name = NAMES.get(gate.metric) or quality(gate.metric).name
    return words[ORDER[gate.verdict]].format(name=name, group=gate.title.partition(": ")[2])


def _limit(gate: Gate) -> Cell:
    bound = gate.bound.number
    if bound is None:
        return "not declared"
    if gate.bound.unit == "count":
        return ("all ", gate.bound) if bound else "none may be"
    return _side(gate.bound, floor=quality(gate.metric).floor)


def _side(bound: Fact, *, floor: bool) -> Sentence:
    return ("at least " if floor else "below ", bound)


def _is_lax(at: Known) -> bool:
    """Tell whether a naive guess keeps the limit of the error, or misses it by less than matters."""
    found = at.shelf[Performance]
    limit, naive, own = found.levels.acceptable, found.benchmark.errors.error, found.head.production
    values = (limit.number, naive.number, own.number)
    if quality(found.headline).floor or None in values:
        return False
    ask, guess, error = (value or 0.0 for value in values)
    rate = production(at.shelf, "base_rate").number
    return ask > guess - of_metric(found.headline, error, math.nan if rate is None else rate)


DECISION = Decision(id="brief", title="Reasons on one page", run=run)
