"""Takes every level, trigger and condition, gives those that tell nothing: never, always, by chance, mostly."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.evidence import Claim, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Condition, Project
from generator.records.reason import lacking
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.counting import Counts, beyond_all, count_alerts, read_counted
from generator.subjects.limits.healthy import FEWEST, Chance, chance_fact, healthy_breach
from generator.subjects.limits.messages import monthly_fact, pace_of
from generator.subjects.limits.quantities import Limit, in_words, unit_of
from generator.subjects.limits.rules import condition_limit, rule_levels, trigger_limit
from generator.subjects.limits.series import rows_a_day
from generator.subjects.limits.steps import WORTHLESS, beneath
from generator.subjects.rollback._conditions import arm_rows, chance_on_arms, compares, words_against

QUANTITY, TABLE = quantities(__file__), tables(__file__)

ROLLBACK = 4
"""The last step of the ladder."""
SHARES = ("share", "points")
"""Units of metrics that lie between nought and one."""
BY_CHANCE = 1 / 3
"""Share of windows from which a condition that holds by chance is told."""
RASH = 0.05
"""The same for going back, which is dear when nothing is wrong."""
MOSTLY = 0.5
"""Share of the supplied days from which a rule that fired on them is told."""
NO_STEPS = lacking("no thresholds declared", "objectives.metrics", "alerts.rules")
NOTHING = (
    "no condition was found that never holds, always holds, holds mostly by chance, held on most supplied days, "
    "holds only of a model worse than none, or by one failed request"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A declared condition by the name its documents give it, with its place on the ladder."""

    id: str
    name: str
    limit: Limit
    rank: int
    baseline: str = "none"
    condition: Condition | None = None
    against: Sentence = ()
    """How it is declared, where it compares with the previous version, on whose error its limit rests."""

    @property
    def words(self) -> Sentence:
        """Return the condition in the words of every document."""
        return self.against or in_words(self.limit)

    @property
    def relative(self) -> bool:
        """Return whether its threshold stands on another value."""
        return self.baseline != "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Idle:
    """A condition that tells nothing as it stands: why, what to do, and whether a finding says so here."""

    id: str
    stated: Stated
    why: Sentence
    do: str
    severity: Severity = "confirmed"
    told_elsewhere: bool = False

    @property
    def finding(self) -> Finding:
        """Return it as a finding with its numbers."""
        words: Sentence = (f"{self.stated.name}: ", *self.stated.words, ": ", *self.why, f". {self.do}")
        return finding(
            self.id,
            "alert",
            self.severity,
            self.stated.name,
            words,
            Claim(what=self.stated.limit.metric, relation="contradicts", value=None),
        )


def idle(at: Known, project: Project) -> tuple[Idle, ...]:
    """Return every condition that tells nothing, in the order of the project file."""
    counts = count_alerts(at, project)
    found: list[Idle] = []
    for one in stated(at, project):
        never = [*_never(one, counts, at, project)]
        found += never or [
            *_always(one, project),
            *_by_chance(one, at, project),
            *_on_most_days(one, counts, at, project),
            *_worthless(one, at),
            *_single(one, at),
        ]
    return tuple(found)


def idle_table(found: tuple[Idle, ...], declared: bool) -> Table:
    """Return the table of these conditions."""
    rows = ((one.stated.name, one.stated.words, one.why, one.do) for one in found)
    return TABLE("ladder.idle", rows, reason=NOTHING if declared else NO_STEPS)


def stated(at: Known, project: Project) -> Iterator[Stated]:
    """Yield every level of a rule, retraining trigger and rollback condition."""
    for level in rule_levels(project):
        rank = 1 if level.name == "yellow" else 3
        yield Stated(id=f"{segment_of(level.rule.id)}.{level.name}", name=level.title, limit=level.limit, rank=rank)
    for index, trigger in enumerate(project.settings.retraining.triggers):
        yield Stated(
            id=f"retraining.{segment_of(trigger.id)}",
            name=f"Retraining trigger “{trigger.id}”",
            limit=trigger_limit(trigger, index, at, project),
            rank=2,
            baseline=trigger.relative_to,
        )
    for index, condition in enumerate(project.settings.rollback.conditions):
        yield Stated(
            id=f"rollback.{segment_of(condition.id)}",
            name=f"Rollback “{condition.title or condition.id}”",
            limit=condition_limit(condition, index, at, project),
            rank=ROLLBACK,
            baseline=condition.relative_to,
            condition=condition,
            against=words_against(condition, index, project) if compares(condition) else (),
        )


def _never(one: Stated, counts: Counts, at: Known, project: Project) -> Iterator[Idle]:
    """Thresholds that no value passes, and windows that never hold the rows they ask for."""
    limit, bound = one.limit, one.limit.threshold.number
    if limit.metric == "alerts_per_day" and counts.rules and beyond_all(limit, counts):
        rules = derived(QUANTITY("ladder.reach.{id}.rules", id=one.id), counts.rules)
        why: Sentence = ("it can never hold: counted per rule there are only ", rules, " to count")
        yield Idle(
            id=f"ladder.reach.{one.id}.value", stated=one, why=why, do="Lower it, or say that it counts features."
        )
    elif (
        bound is not None and not one.relative and (_share(one, project) and bound >= 1 if limit.upward else bound <= 0)
    ):
        why = ("it can never hold: no value can pass the threshold",)
        yield Idle(id=f"ladder.reach.{one.id}.value", stated=one, why=why, do="Set a threshold that values can pass.")
    yield from _too_few(one, at)


def _too_few(one: Stated, at: Known) -> Iterator[Idle]:
    per_day, arm = rows_a_day(at), arm_rows(one.condition)
    if not one.limit.minimum_n or per_day is None:
        return
    held = per_day * one.limit.window_days * arm
    if held >= one.limit.minimum_n:
        return
    where = "" if arm == 1 else " on its share of the traffic"
    window = derived(QUANTITY("ladder.reach.{id}.rows", id=one.id), held, source="data.production.per_day")
    why: Sentence = ("it is never judged: its window holds ", window, f"{where} at this volume, fewer than it asks for")
    yield Idle(
        id=f"ladder.reach.{one.id}.rows",
        stated=one,
        why=why,
        do="Lengthen the window, or lower the minimum number of rows.",
    )


def _share(one: Stated, project: Project) -> bool:
    """Whether the metric lies between nought and one."""
    return unit_of(one.limit.metric, project) in SHARES and one.limit.metric not in ("mean_change", "sd_change")


def _always(one: Stated, project: Project) -> Iterator[Idle]:
    """Thresholds that every value passes: all metrics are sizes, shares, counts or losses, so at least nought."""
    bound, operator = one.limit.threshold.number, one.limit.operator
    if bound is None or one.relative or one.limit.metric in ("revenue", "log_loss"):
        return
    below = bound < 0 or (bound == 0 and operator == ">=")
    above = _share(one, project) and (bound > 1 or (bound == 1 and operator == "<="))
    if below if one.limit.upward else above:
        why: Sentence = ("it always holds: every value passes the threshold",)
        yield Idle(id=f"ladder.always.{one.id}", stated=one, why=why, do="Set a threshold that healthy days keep.")


def _worthless(one: Stated, at: Known) -> Iterator[Idle]:
    """Limits below what is reached without a model: they hold only once it is worse than none."""
    if reached := beneath(one.limit, at):
        do = "Raise it above that."
        if one.limit.metric == "accuracy":
            do = "Watch the ranking, the error of the probabilities or the money instead; else raise it above that."
        why: Sentence = (f"it {WORTHLESS}: ", *reached)
        yield Idle(id=f"ladder.worthless.{one.id}", stated=one, why=why, severity="watch", do=do)


def _single(one: Stated, at: Known) -> Iterator[Idle]:
    """Limits on the share of requests answered that one failed request passes at the volume of the rows."""
    limit, per_day = one.limit, rows_a_day(at)
    bound = limit.threshold.number
    if limit.metric != "availability" or limit.upward or bound is None or per_day is None:
        return
    asked = per_day * limit.window_days
    if asked * (1.0 - bound) < 1.0:
        rows = derived(QUANTITY("ladder.single.{id}.rows", id=one.id), asked, source="data.production.per_day")
        why: Sentence = ("one failed request alone makes it hold, were there no more requests than ", rows, " scored")
        do = "Lengthen the window, or ask for several failed requests."
        yield Idle(id=f"ladder.single.{one.id}", stated=one, why=why, severity="watch", do=do)


def _by_chance(one: Stated, at: Known, project: Project) -> Iterator[Idle]:
    chance = _chance(one, at, project)
    rash = one.condition is not None and one.condition.action == "roll back"
    if chance.value is None or not (chance.value >= BY_CHANCE or (rash and chance.value > RASH)):
        return
    head = f"ladder.chance.{one.id}"
    source = next((fact.id for fact in one.against if isinstance(fact, Fact)), one.limit.threshold.id)
    share = chance_fact(f"{head}.share", chance, label="By chance a window", source=source)
    messages = monthly_fact(f"{head}.messages", chance, pace_of(one.limit, at), source)
    often: Sentence = (", ", messages) if messages.number is not None else ()
    why: Sentence = ("it holds by chance in ", share, " of its windows with nothing wrong", *often)
    do = "Lengthen the window, ask for several in a row, or move the threshold."
    if one.condition is not None and compares(one.condition):
        do = "Score the same rows by both versions and compare these, or lengthen the window."
    yield Idle(id=head, stated=one, why=why, do=do, told_elsewhere=rash)


def _chance(one: Stated, at: Known, project: Project) -> Chance:
    if one.condition is not None and compares(one.condition):
        return chance_on_arms(one.condition, at)
    return healthy_breach(one.limit, rows_a_day(at), at, project)


def _on_most_days(one: Stated, counts: Counts, at: Known, project: Project) -> Iterator[Idle]:
    if one.condition is not None and compares(one.condition):
        return
    head = f"ladder.mostly.{one.id}"
    reading = read_counted(one.limit, counts, at, project, f"{head}.current")
    if reading.observed < FEWEST or len(reading.days) <= MOSTLY * reading.observed:
        return
    fired, of = (
        derived(f"{head}.{key}", value, unit=unit, method=method, source=one.limit.threshold.id)
        for key, value, unit, method in (
            ("days", len(reading.days), "", "supplied days on which it held"),
            ("of", reading.observed, "days", "supplied days with a full window"),
        )
    )
    why: Sentence = ("it held on ", fired, " of ", of, ": one that mostly holds says nothing new")
    yield Idle(
        id=head,
        stated=one,
        why=why,
        severity="watch",
        do="Mend what it shows, or set it anew against the present level, or take it off.",
    )


def shown(found: tuple[Idle, ...]) -> tuple[Fact, ...]:
    """Return how many conditions there are that tell nothing."""
    return (derived(QUANTITY("ladder.count.idle"), len({one.stated.id for one in found})),)
