"""Takes every declared threshold, gives each metric's ladder from expected to rollback and where it is out of order."""

from collections.abc import Iterator

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.headline import headline
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Table
from generator.results.words import columns, quantities, tables
from generator.subjects.kit.facts import declared, derived, table
from generator.subjects.kit.known import Known, known
from generator.subjects.ladder._issue import Issue
from generator.subjects.ladder._lint import lint
from generator.subjects.limits.counting import count_alerts, count_facts, day_facts
from generator.subjects.limits.quantities import NAMES, POPULATIONS, Limit, in_words
from generator.subjects.limits.rules import IN_SUMMARY, RuleLevel, condition_limit, rule_levels
from generator.subjects.limits.series import step_days
from generator.subjects.limits.steps import LadderStep, contradicts, steps
from generator.subjects.performance.found import Performance
from generator.subjects.rollback import idle, idle_table, shown

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NOTHING = lacking("no thresholds declared", "objectives.metrics", "alerts.rules")
NO_STEPS = lacking("no thresholds declared for this metric", "objectives.metrics", "alerts.rules")
IN_ORDER = "every declared threshold stands in order"
CONSEQUENCES: dict[tuple[str, str], str] = {
    ("expected high", "yellow"): "The alert fires while the model does what is expected of it.",
    ("expected high", "retrain"): "A retraining is asked for while the model does what is expected of it.",
    ("expected high", "rollback"): "A model that does what is expected of it is rolled back.",
    ("expected high", "acceptable"): "What is expected is already unacceptable.",
    ("yellow", "retrain"): "A retraining is asked for before anybody has been alerted.",
    ("yellow", "red"): "The lesser alert can never come first.",
    ("yellow", "severe"): "A feature counts as severely drifted before its lesser alert fires.",
    ("yellow", "rollback"): "The model is rolled back before anybody has been alerted.",
    ("yellow", "acceptable"): "The model is unacceptable before anybody has been alerted.",
    ("retrain", "red"): "The red alert calls people before the retraining that would answer it is due.",
    ("retrain", "severe"): "Drift counts as severe before it asks for a retraining.",
    ("retrain", "rollback"): "A new version is rolled back before an old one would be retrained.",
    ("retrain", "acceptable"): "The model is unacceptable before a retraining is asked for.",
    ("red", "rollback"): "The model is rolled back before the red alert fires.",
    ("red", "acceptable"): "The model is unacceptable before the red alert fires.",
}


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Check the order of every ladder, response times against windows, what is counted, and what cannot fire."""
    at = known(evidence, earlier)
    every = steps(at, project)
    issues = (*_out_of_order(every), *_late(at, project), *_counted(at, project), *lint(at, project))
    telling = idle(at, project)
    problems = tuple(one for one in issues if one.severity != "watch")
    notes = tuple(one for one in issues if one.severity == "watch")
    count = derived(QUANTITY("ladder.count.problems"), len(problems))
    return Decisions(
        facts=(count, *shown(telling)),
        tables=(
            _ladder_of_the_headline(every, at, project),
            _every_step(every),
            _pairs("ladder.problems", "Thresholds that contradict one another", problems, every),
            _pairs("ladder.notes", "What else thresholds do to one another", notes, every),
            idle_table(telling, bool(every)),
        ),
        findings=(
            *(issue.finding for issue in issues),
            *(one.finding for one in telling if not one.told_elsewhere),
        ),
    )


def _out_of_order(every: tuple[LadderStep, ...]) -> Iterator[Issue]:
    """One problem for each step that stands below one it belongs above: with the lowest such step, the rest named."""
    for step in every:
        above = sorted(
            (other for other in every if contradicts(other, step)), key=lambda other: (other.rank, -other.height)
        )
        if above:
            yield _issue(step, above, every)


def _issue(step: LadderStep, above: list[LadderStep], every: tuple[LadderStep, ...]) -> Issue:
    first = above[0]
    rest: list[str | Fact] = []
    for other in above[1:]:
        rest += ["; also " if not rest else ", ", f"{other.name} ", other.value]
    side = f" lies {'below' if step.upward else 'above'} "
    place: Sentence = (side, first.value)
    told: Sentence = (side, *first.words)
    floor = _expected_low(step, every)
    if first.role == "expected high" and floor is not None and step.height >= floor.height:
        low, high = (floor, first) if step.upward else (first, floor)
        place = told = (" lies inside the expected band ", low.value, " to ", high.value)
    return Issue(
        id=f"ladder.{step.id}",
        subject=NAMES.get(step.metric, step.metric),
        first=step.words,
        second=first.words,
        problem=(step.value, *place, *rest, "."),
        told=(*step.words, *told, *rest, "."),
        consequence=CONSEQUENCES.get((first.role, step.role), "The steps come in the wrong order."),
    )


def _expected_low(step: LadderStep, every: tuple[LadderStep, ...]) -> LadderStep | None:
    return next((other for other in every if other.metric == step.metric and other.role == "expected low"), None)


def _late(at: Known, project: Project) -> Iterator[Issue]:
    """Levels that promise an answer sooner than their metric is looked at; one problem a level."""
    late: dict[str, list[tuple[RuleLevel, int]]] = {}
    step = step_days(at)
    for one in (each for each in rule_levels(project) if each.severity != IN_SUMMARY and not each.rule.live):
        promised, hours = one.level.respond_within_hours if one.level else None, _hours(one, step)
        if one.level and promised is not None and promised < hours:
            late.setdefault(one.level.name, []).append((one, hours))
    for name, levels in late.items():
        yield _late_issue(project, segment_of(name), levels)


def _hours(level: RuleLevel, step: int) -> int:
    """Hours from the first row of the first window to the last of those in a row, one a step of the data."""
    return 24 * (level.limit.window_days + (level.limit.consecutive - 1) * step)


def _late_issue(project: Project, name: str, late: list[tuple[RuleLevel, int]]) -> Issue:
    levels = project.settings.alerts.levels
    index = levels.index(late[0][0].level)
    promised = declared(
        project,
        f"alerts.level.{name}.respond",
        levels[index].respond_within_hours,
        f"alerts.levels.{index}.respond_within_hours",
        unit="hours",
    )
    longest = derived(QUANTITY("alerts.level.{name}.evaluation_hours", name=name), max(hours for _, hours in late))
    count = derived(QUANTITY("alerts.level.{name}.late_rules", name=name), len(late))
    words = levels[index].respond
    answer: Sentence = (f" ({words})",) if words else (" within ", promised)
    first: Sentence = (f"Level {levels[index].name} promises an answer", *answer)
    second: Sentence = ("its rules look at up to ", longest, " before they can fire")
    return Issue(
        id=f"ladder.response.{name}",
        subject="response time",
        first=first,
        second=second,
        problem=("for ", count, " of its rules on rows the window is longer than the promised response."),
        told=(*first, ", yet ", *second, " (", count, " rules with a longer window)."),
        severity="watch",
        consequence="The promise counts from the alert, not from the damage: the clock starts up to a window late.",
    )


def _counted(at: Known, project: Project) -> Iterator[Issue]:
    """Limits on alerts a day whose answer depends on what is counted."""
    counts = count_alerts(at, project)
    for id, words, limit in _alert_limits(at, project):
        each, rules = day_facts(counts, limit, id)
        observed, fired_each, fired_rules = len(counts.per_rule), each.number, rules.number
        if fired_each is None or fired_rules is None or 2 * fired_each <= observed or 2 * fired_rules > observed:
            continue
        per_feature, per_rule = count_facts(counts)
        days = derived(QUANTITY("{id}.days_observed", id=id), observed)
        problem: Sentence = (
            "per feature there are ",
            per_feature,
            " a day and it fires on ",
            each,
            " of ",
            days,
            "; per rule there are ",
            per_rule,
            " a day and it fires on ",
            rules,
            ".",
        )
        yield Issue(
            id=f"ladder.alerts_per_day.{segment_of(id)}",
            subject="alerts a day",
            first=(f"{words} ", *in_words(limit), ", counted per feature"),
            second=(f"{words} ", *in_words(limit), ", counted per rule"),
            problem=problem,
            told=(f"{words} ", *in_words(limit), ": counted ", *problem),
            consequence="Counted per feature it fires once inputs move, counted per rule hardly ever: "
            "the declaration has to say what an alert is.",
        )


def _alert_limits(at: Known, project: Project) -> Iterator[tuple[str, str, Limit]]:
    for index, condition in enumerate(project.settings.rollback.conditions):
        if condition.metric == "alerts_per_day":
            head = f"rollback.condition.{segment_of(condition.id)}"
            words = f"Rollback “{condition.title or condition.id}”:"
            yield head, words, condition_limit(condition, index, at, project)
    for level in rule_levels(project):
        if level.rule.metric == "alerts_per_day":
            yield level.id, f"{level.title}:", level.limit


def _ladder_of_the_headline(every: tuple[LadderStep, ...], at: Known, project: Project) -> Table:
    head = headline(binary=project.settings.data.task == "binary")
    own = sorted((step for step in every if step.metric == head.metric and step.upward), key=lambda step: step.height)
    base = at.shelf[Performance].head.validation.number
    rows = ((step.name, step.value, _change(step, base), step.source, step.condition) for step in own)
    return TABLE("ladder.headline", rows, reason=NO_STEPS, metric=head.title)


def _change(step: LadderStep, base: float | None) -> Fact:
    return derived(
        QUANTITY("{id}.change", id=step.value.id), step.height / base - 1 if base else None, source=step.value.id
    )


def _every_step(every: tuple[LadderStep, ...]) -> Table:
    rows = (
        (
            f"{NAMES.get(step.metric, step.metric)}{POPULATIONS.get(step.population, '')}",
            step.name,
            step.value,
            step.source,
        )
        for step in sorted(every, key=lambda step: (step.metric, step.population, not step.upward, step.height))
    )
    return TABLE("ladder.all", rows, reason=NOTHING)


def _pairs(id: str, title: str, issues: tuple[Issue, ...], every: tuple[LadderStep, ...]) -> Table:
    heads = columns("*first: One side", "*second: Other side", "*problem", "*consequence")
    rows = ((issue.first, issue.second, issue.problem, issue.consequence) for issue in issues)
    reason = IN_ORDER if every else NOTHING
    return table(id, title, heads, rows, reason=reason)


DECISION = Decision(id="ladder", title="Order of all thresholds", run=run)
