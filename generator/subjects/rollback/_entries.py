"""Takes the alert rules and the evidence, gives for each metric its state at build and what tells its causes apart."""

from collections.abc import Iterator

from generator.records.cells import is_rejection
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.headline import told
from generator.records.project import Metric, Project, Rule
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import dated, derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.counting import count_alerts, read_watched
from generator.subjects.limits.quantities import SIGNS, in_words
from generator.subjects.limits.readings import Reading, whole_period_values
from generator.subjects.limits.rules import IN_SUMMARY, RuleLevel, title_of
from generator.subjects.limits.waking import reach_of
from generator.subjects.limits.watched import ASKS
from generator.subjects.rollback._commands import proof_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_RULES = lacking("no alert rules declared", "alerts.rules")
SHIFTED = "An input looks otherwise than in training. By itself that does no harm; the error tells whether it does."
IMPUTED = "Values do not arrive and stand-ins take their place: predictions move towards the average."
REFUSED = "Values do not arrive: a row without one gets no prediction, or a stand-in, as is declared for the input."
MEANS: dict[Metric, str] = {
    "rmse": "Predictions miss the truth by more than agreed.",
    "mae": "Predictions miss the truth by more than agreed.",
    "bias": "Predictions are too high or too low on average; the order of the cases may still be right.",
    "error_ratio_previous": "This version errs more than the one before it.",
    "brier": "Probabilities miss what happens by more than agreed: their level, their order, or both.",
    "log_loss": "Probabilities miss what happens by more than agreed, sure ones above all.",
    "auc": "Cases are put in the wrong order more often, whatever the level of the probabilities.",
    "accuracy": "More decisions turn out wrong.",
    "precision_at_top": "Of the cases that are acted on first, fewer turn out as hoped.",
    "base_rate": "Other numbers of cases turn out positive than before; the model may be as good as ever.",
    "mean_prediction": "Predictions moved on average; outcomes show later whether rightly.",
    "mean_change": SHIFTED,
    "sd_change": "An input scatters otherwise than in training. By itself that does no harm.",
    "psi": SHIFTED,
    "missing": IMPUTED,
    "missing_points": IMPUTED,
    "unseen": "New categories arrive: training had no row of them, and the model gives them no effect of their own.",
    "rows": "Cases are missing: a run broke off, or lost them on the way. What was predicted is not wrong.",
    "latency_p95": "Answers come late. They are not wrong.",
    "throughput": "Fewer cases get through than agreed. What was predicted is not wrong.",
    "availability": "Requests get no answer.",
    "revenue": "Money falls short. Predictions are one reason among several.",
    "loss_pace": "Errors cost more than planned; which rows and days do, the alerts on the error tell.",
    "alerts_per_day": "Several alerts at once: mostly one cause that several rules see.",
}
"""What a breach says, and what it does not."""
MADE = ("generated", "wrapped")
"""States of a rule's query that stands in `queries.sql`."""
BY_LEVEL = "alerts.by_level"
"""The table of the rules on errors by segment."""
PAST = "past its limit"
"""The state of what wakes nobody: no level of the table of levels."""
SHOWN = 3
"""Features that an entry names; all stand in the tables of drift and of missing values."""


def entries(at: Known, project: Project) -> tuple[Table, ...]:
    """Return one row for each alerting metric, what tells its causes apart, and what each level asks."""
    rules: dict[str, list[tuple[RuleLevel, Reading]]] = {}
    triggers: list[tuple[RuleLevel, Reading]] = []
    for level, found in read_watched(count_alerts(at, project), at, project):
        if level.rule.group == ASKS:
            triggers.append((level, found))
        else:
            rules.setdefault(level.rule.id, []).append((level, found))
    held = list(rules.values())
    return (
        TABLE("runbook.entries", (_entry(levels, at, project) for levels in held), reason=NO_RULES),
        TABLE(
            "runbook.signs",
            (row for levels in held for row in _signs(levels[0][0])),
            reason=lacking("no signs declared", "alerts.rules.tell_apart"),
        ),
        TABLE(
            "runbook.levels",
            (_level(level, at, project) for levels in held for level, _ in levels),
            reason=NO_RULES,
        ),
        TABLE(
            "runbook.triggers",
            (_trigger(level, reading) for level, reading in triggers),
            reason=lacking("no retraining triggers declared that the rows tell of", "retraining.triggers"),
        ),
    )


def _trigger(level: RuleLevel, reading: Reading) -> tuple[Cell, ...]:
    state = Mark(status=level.name, word="firing") if reading.fires else ""
    who = level.rule.owner or "nobody is declared"
    return (level.rule.id, level.anchor, in_words(level.limit), state, reading.current, who)


def _entry(levels: list[tuple[RuleLevel, Reading]], at: Known, project: Project) -> tuple[Cell, ...]:
    rule, head = levels[0][0].rule, f"runbook.entry.{segment_of(levels[0][0].rule.id)}"
    worst, reading = next((one for one in reversed(levels) if one[1].fires), levels[0])
    firing = [one for _, one in levels if one.fires]
    actions = [feature.when_missing or "" for feature in project.settings.data.features]
    refuses = MEANS[rule.metric] == IMPUTED and any(map(is_rejection, actions))
    return (
        rule.id,
        title_of(rule),
        levels[0][0].anchor,
        levels[-1][0].anchor if len(levels) > 1 else "",
        Mark(status=worst.name, word=PAST if worst.called == IN_SUMMARY else worst.name) if firing else "",
        (reading.current, *_not_yet(worst, levels)) if firing and not reading.worst else reading.current,
        reading.worst,
        flag(f"{head}.fires", reading.fires, reason=reading.current.reason),
        dated(QUANTITY("{head}.since", head=head), reading.since),
        derived(QUANTITY("{head}.days", head=head), levels[0][1].observed or None),
        _fired(levels[0][1], head),
        _features(worst, at, project, head) if firing else (),
        REFUSED if refuses else MEANS[rule.metric],
        "; ".join((*rule.checks, *rule.likely_causes)) if not rule.tell_apart else "",
        *_query(rule.id, at),
        *proof_of(rule.id, project),
        ", ".join(f"-by-{row['segment']}" for row in at.rows(BY_LEVEL) if row["of"] == rule.id),
        flag(QUANTITY("{head}.headline", head=head), _headline(levels[0][0], at)),
    )


def _headline(level: RuleLevel, at: Known) -> bool:
    """Whether a rule is on the error itself, of all rows."""
    return level.rule.metric == told(at.facts).metric and not level.limit.segment


def _not_yet(fires: RuleLevel, levels: list[tuple[RuleLevel, Reading]]) -> Sentence:
    """The graver level that a value is not beyond: beside it no value is rounded to the limit that it keeps."""
    above = next((level.limit for level, reading in levels if level is not fires and not reading.fires), None)
    return () if above is None else (f", not {SIGNS[above.operator]} ", above.threshold)


def _query(id: str, at: Known) -> tuple[Cell, Cell]:
    """The name of a rule's query in `queries.sql`, or else the team's own query in full."""
    row = next((row for row in at.rows("alerts.queries") if row["id"] == id), {"state": "", "query": ""})
    return (id, "") if row["state"] in MADE else ("", row["query"])


def _fired(lowest: Reading, head: str) -> Sentence:
    """The days on which the mildest level held, of those on which it could; nothing where it held on none."""
    if not lowest.days:
        return ()
    method = "days whose window breaches the mildest level as often in a row as the rule asks"
    fired = derived(f"{head}.fired", len(lowest.days), unit="count", method=method)
    return (fired, " of ", derived(QUANTITY("{head}.days", head=head), lowest.observed))


def _features(level: RuleLevel, at: Known, project: Project, head: str) -> Sentence:
    """The features that are over the limit in the whole period, the largest first; nothing for other metrics."""
    values = whole_period_values(level.limit.metric, level.limit.features, at, project)
    over = sorted(
        ((value, name) for name, value in values.items() if name and level.limit.breached(value)), reverse=True
    )
    words: list[str | Fact] = []
    for value, name in over[:SHOWN]:
        fact = derived(
            QUANTITY("{head}.over.{name}", head=head, name=segment_of(name)), value, unit=level.limit.threshold.unit
        )
        words += [", " if words else "", f"{name} (", fact, ")"]
    if len(over) > SHOWN:
        more = derived(QUANTITY("{head}.more", head=head), len(over) - SHOWN)
        words += [" and ", more, " more"]
    return tuple(words)


def _signs(level: RuleLevel) -> Iterator[tuple[Cell, ...]]:
    return ((level.rule.id, sign.sign, sign.then) for sign in level.rule.tell_apart)


def _how(rule: Rule, project: Project) -> str:
    """Return by which degraded mode what helps is done, or by going back, else who answers for it, and by what."""
    if rule.mode:
        return f" (“{rule.mode}”, section 3)"
    limit = rule.yellow if rule.red is None else rule.red
    backs = (one for one in project.settings.rollback.conditions if one.action == "roll back")
    if (rule.metric, limit, "none") in {(one.metric, one.threshold, one.relative_to) for one in backs}:
        return " (page 1, third question)"
    reach = reach_of(rule.owner or "", project)
    who = f"{rule.owner}, {reach}," if reach else rule.owner
    return f" (no degraded mode{f'; {who} answers for it' if who else ''})"


def _level(level: RuleLevel, at: Known, project: Project) -> tuple[Cell, ...]:
    """A level that is the gravest of its rule asks for what helps; one below it for the cause."""
    rule, asked = level.rule, level.level
    do = level.do or (asked.action if asked else None) or ""
    fires: Sentence = (f"{SIGNS[level.limit.operator]} ", level.limit.threshold)
    if level.called == IN_SUMMARY:
        return (rule.id, level.name, IN_SUMMARY, fires, do)
    within = next((row["respond"] for row in at.rows("alerts.levels") if asked and row["name"] == asked.name), ())
    soon: Sentence = (", ", *within) if within and isinstance(within, tuple) else ()
    by = _how(rule, project) if level.gravest and level.do else ""
    return (rule.id, level.name, level.name, (*fires, f" ({level.severity}", *soon, ")"), do + by)
