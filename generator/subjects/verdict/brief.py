"""Takes gates and findings, gives the three reasons that a reader with ten minutes needs, in words without methods."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.decision import RECENT, Alert, Decision, Decisions, Gate
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence
from generator.records.margins import of_metric
from generator.records.project import Project
from generator.records.quality import quality
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import flag
from generator.subjects.kit.known import Known, known
from generator.subjects.limits.measured import production
from generator.subjects.limits.rules import LEVELS
from generator.subjects.performance.found import Performance
from generator.subjects.verdict._card import actual, mark
from generator.subjects.verdict._recent import ORDER, proven
from generator.subjects.windows.found import Recent

QUANTITY, TABLE = quantities(__file__), tables(__file__)

SHOWN, YEAR = 3, 365
READ_BY_ALL = ("money", "share", "count")
UNTOLD = "no figure speaks against it; what else does stands among the controls"
ELSEWHERE = ("monitoring", "rollback")
"""Gates that page 1 tells among the controls."""
NAMES = {
    "rmse": "typical error",
    "mae": "average error",
    "median_ae": "error of the middle case",
    "wape": "error as a share of the total",
    "r2": "share of the differences that is explained",
    "bias": "average lean",
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
    "minimum.inputs": ("Inputs are past the point at which the team's own rules forbid their use", "", ""),
    "data_quality": ("Data are missing beyond the limits", "How much data may be missing is not said", ""),
    "drift": ("Inputs have moved farther than is allowed", "How far the inputs have moved is not measured", ""),
    "drift_impact": ("The answers lean to one side", "How far the answers lean to one side is open", ""),
    "services": (
        "What the service promises is not kept",
        "It is not shown that the service keeps all it promises",
        "The service keeps what it promises",
    ),
}
"""How a gate that fails, is open, or passes is told, by its id or the first word of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Something that speaks for or against: in words, the newest figure, its limit, and the verdict."""

    words: str
    figure: Cell
    limit: Cell
    status: Mark
    weight: tuple[int, bool, int]
    """Verdict; among what passes, whether its unit is one that not everybody reads; the order of the gates."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Choose the reasons: what speaks for a launch that is approved, what speaks against any other."""
    at = known(evidence, earlier)
    found = sorted((*_of_gates(earlier.gates, at), *_of_claims(at), *_of_limit(at)), key=lambda one: one.weight)
    told = [one for one in found if earlier.verdict == "proceed" or one.status.status != "pass"]
    rows = ((one.words, one.figure, one.limit, one.status) for one in told[:SHOWN])
    return Decisions(
        facts=tuple(_flags(earlier.gates, at)),
        tables=(
            TABLE("brief.reasons", rows, reason=UNTOLD if found else "nothing was judged"),
            _firing(earlier.alerts),
        ),
    )


def _firing(alerts: tuple[Alert, ...]) -> Table:
    """Return the alerts and conditions that fire at the end of the rows, at the gravest level that any reaches."""
    rows: list[tuple[str, str]] = []
    for alert in alerts:
        firing = [level.level for level in alert.levels if level.fires]
        rows += [(level, _called(alert)) for level in firing if level == max(firing, key=LEVELS.index)]
    gravest = max((level for level, _ in rows), key=LEVELS.index, default="")
    shown = dict.fromkeys(row for row in rows if row[0] == gravest)
    return TABLE("brief.firing", shown, reason="none fires")


def _called(alert: Alert) -> str:
    """Return what a reader calls an alert who has met no metric; a limit on a segment is called with it."""
    if alert.metric not in NAMES:
        return alert.title
    name = NAMES[alert.metric].partition(" (")[0].capitalize()
    return name if alert.kind == "alert" else f"{name} of {alert.scope}"


def _flags(gates: tuple[Gate, ...], at: Known) -> Iterator[Fact]:
    """Yield what decides between two wordings."""
    metric, days = at.shelf[Recent].headline, at.fact("data.production.days").number
    lately = at.shelf[Recent].overall
    grown = proven([lately])[0] and (lately.change.number or 0.0) > 0
    own = [gate.verdict for gate in gates if gate.id in (f"overall.{metric}", "recent")]
    yield flag(QUANTITY("brief.watched"), at.fact("readiness.alerts.state").value == "live")
    yield flag(QUANTITY("brief.grown"), grown)
    yield flag(QUANTITY("brief.kept"), set(own) == {"pass"})
    yield flag(QUANTITY("brief.seasonless"), days is not None and days < YEAR)


def _of_gates(gates: tuple[Gate, ...], at: Known) -> Iterator[Ground]:
    lately = any(gate.id.startswith("overall") and gate.window == RECENT for gate in gates)
    for place, gate in enumerate(gates):
        words = _words(gate)
        if gate.id in ELSEWHERE or not words or (gate.id == "recent" and lately):
            continue
        rank = ORDER[gate.verdict] * 2 + (not gate.hard)
        figure, limit = _level(gate, at) or (actual(gate), _limit(gate))
        weight = (rank, gate.verdict == "pass" and gate.value.unit not in READ_BY_ALL, place)
        yield Ground(words=words, figure=figure, limit=limit, status=mark(gate), weight=weight)


def _level(gate: Gate, at: Known) -> tuple[Cell, Cell] | None:
    """What was forecast on the whole beside what came, which says more than the gap between them."""
    forecast, came = at.fact("prediction.mean.production"), production(at.shelf, "base_rate")
    if gate.metric != "in_the_large" or None in (forecast.value, came.value, gate.bound.value):
        return None
    return (forecast, " forecast, ", came, " came"), ("at most ", gate.bound, " apart")


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


def _of_claims(at: Known) -> Iterator[Ground]:
    """Stated figures that contradict one another weigh as a soft gate that fails."""
    count = at.fact("claims.count.conflicts")
    if count.number:
        of: Sentence = (count, " of ", at.fact("claims.count.checked"), " checks fail")
        status = Mark(status="fail", word="fail")
        words = "Figures that the case for launch rests on do not add up"
        yield Ground(words=words, figure=of, limit="none may", status=status, weight=(1, False, len(WORDS)))


def _of_limit(at: Known) -> Iterator[Ground]:
    """A limit that a naive guess keeps, or misses by less than matters, weighs as a soft gate that fails."""
    found = at.shelf[Performance]
    limit, naive, own = found.levels.acceptable, found.benchmark.errors.error, found.head.production
    values = (limit.number, naive.number, own.number)
    if quality(found.headline).floor or None in values:
        return
    ask, guess, error = (value or 0.0 for value in values)
    rate = production(at.shelf, "base_rate").number
    if ask > guess - of_metric(found.headline, error, math.nan if rate is None else rate):
        words = "The limit of the error asks for hardly more than a naive guess reaches"
        figure: Sentence = (naive, " by a naive guess")
        status = Mark(status="fail", word="too lax")
        yield Ground(words=words, figure=figure, limit=limit, status=status, weight=(1, False, len(WORDS) + 1))


DECISION = Decision(id="brief", title="Reasons on one page", run=run)
