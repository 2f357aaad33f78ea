"""Takes everything decided, gives what would change under other costs, tolerances, volumes and modes."""

from collections.abc import Iterable, Iterator

from generator.records.decision import Decision, Decisions, Gate, GateVerdict
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence
from generator.records.project import Project
from generator.records.quality import quality
from generator.records.reason import lacking
from generator.records.table import Cell
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known, known, number_of, text_of
from generator.subjects.limits.healthy import UNJUDGED
from generator.subjects.limits.messages import STANDS
from generator.subjects.limits.rules import rule_levels, title_of
from generator.subjects.verdict import verdict_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

STRICTER = 0.1
"""Share by which what a gate tolerates shrinks."""
WORKED_OUT = "worked out here"
UNCOUNTED = {
    STANDS: "not in it, since they breach in most windows though nothing is wrong",
    UNJUDGED: "not in it, since too few rows come to judge them",
}
Row = tuple[Cell, ...]


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Answer the computed questions and repeat the declared ones."""
    at = known(evidence, earlier)
    rows = (
        *_training(at),
        *_tolerance(earlier.gates),
        *_volumes(project, at),
        *_automated(project),
        *_declared(project),
    )
    return Decisions(
        tables=(TABLE("whatif.rows", rows, reason=lacking("nothing declared to vary", "context.questions")),)
    )


def _training(at: Known) -> Iterator[Row]:
    """The first rows of the table are: as assumed, a run ten times as dear, a run at a tenth."""
    rows = at.rows("retraining.flips")
    for row, words in zip(rows[1:], ("ten times dearer", "ten times cheaper"), strict=False):
        change = "the recommendation stays" if row["option"] == rows[0]["option"] else "the recommendation changes to"
        cost = row["cost"]
        yearly: Sentence = (
            (", at ", cost, " in the next twelve months, what ageing may cost included")
            if isinstance(cost, Fact) and cost.value is not None
            else ()
        )
        answer = (f"{change} “{text_of(row['option'])}”", *yearly)
        yield f"What if a training run were {words}?", answer, WORKED_OUT


def _tolerance(gates: tuple[Gate, ...]) -> Iterator[Row]:
    """The gates on errors with a tenth less tolerated."""
    own = [gate for gate in gates if gate.metric and (gate.hard or gate.id == "recent")]
    judged = [gate for gate in own if number_of(gate.bound) is not None]
    if not judged:
        return
    changed = [(gate, then) for gate in judged if (then := _stricter(gate)) != gate.verdict]
    share = derived(QUANTITY("whatif.stricter"), STRICTER)
    words: list[str | Fact] = []
    for gate, then in changed:
        bound = derived(
            QUANTITY("whatif.{gate}.bound", gate=gate.id), _bound(gate), unit=gate.bound.unit, source=gate.bound.id
        )
        words += ["; " if words else "", f"{gate.title} goes from {gate.verdict} to {then} at ", bound]
    if any(gate.hard and then == "fail" for gate, then in changed):
        words.append("; the verdict would be delay")
    yield (("What if the tolerance were stricter by ", share, "?"), tuple(words) or ("no gate changes",), WORKED_OUT)


def _bound(gate: Gate) -> float | None:
    bound = number_of(gate.bound)
    return None if bound is None else quality(gate.metric).tightened(bound, STRICTER)


def _stricter(gate: Gate) -> GateVerdict:
    return verdict_of(gate.value, _bound(gate), gate.metric)


def _volumes(project: Project, at: Known) -> Iterator[Row]:
    present = at.number("data.production.per_day")
    for volume in (volume for volume in project.settings.alerts.rows_per_day if volume != present):
        lowest: dict[str, tuple[str, Fact, Fact]] = {}
        for level in rule_levels(project):
            head = f"{level.id}.false_alarms_per_month"
            lowest.setdefault(level.rule.id, (title_of(level.rule), at.fact(f"{head}_at_{volume}"), at.fact(head)))
        told = [(then.number, now.number or 0.0) for _, then, now in lowest.values() if then.number is not None]
        total = QUANTITY("whatif.false_alarms_at_{volume}", volume=volume)
        same = QUANTITY("whatif.false_alarms_now.beside_{volume}", volume=volume)
        yield (
            ("What if there were ", at.fact(f"alerts.volume.{volume}"), " a day?"),
            (
                "false alarms on a healthy model: ",
                derived(total, sum(then for then, _ in told) if told else None),
                *(("; now, of the same rules: ", derived(same, sum(now for _, now in told))) if told else ()),
                *_uncounted((title, then) for title, then, _ in lowest.values()),
            ),
            WORKED_OUT,
        )


def _uncounted(rules: Iterable[tuple[str, Fact]]) -> Iterator[str]:
    """Yield the rules that a sum of false alarms leaves out, by why: none of them is silent."""
    left: dict[str, list[str]] = {}
    for title, alarms in rules:
        if alarms.number is None:
            left.setdefault(UNCOUNTED.get(alarms.reason, "not in it, since it cannot be told"), []).append(title)
    yield from (f"; {why}: {', '.join(titles)}" for why, titles in left.items())


def _automated(project: Project) -> Iterator[Row]:
    levels = [level for level in project.settings.alerts.levels if level.severity != "none"]
    mode = project.settings.context.decision_mode
    if not levels or mode is None:
        return
    by_hand = ", ".join(level.name for level in levels if not level.automated)
    alone = ", ".join(level.name for level in levels if level.automated)
    if mode == "advisory":
        question = "What if decisions were automated instead of advice?"
        answer = f"{by_hand} would have to act by themselves, since nobody sees a prediction first" if by_hand else ""
    else:
        question = "What if decisions were advice instead of automated?"
        answer = (
            f"{alone} would no longer have to act by themselves, since a person sees every prediction" if alone else ""
        )
    yield question, answer or "no limit of an alert changes", WORKED_OUT


def _declared(project: Project) -> Iterator[Row]:
    for item in project.settings.context.questions:
        yield item.question, item.answer, "the team says so"


DECISION = Decision(id="whatif", title="What if", run=run)
