"""Takes the sheets, gives the row of each: state, series, formula, window, closing, repeats, owner, test, query."""

import datetime
import math

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project
from generator.records.table import Cell
from generator.results.words import columns, quantities
from generator.subjects.alerts._alert_levels import Evaluated
from generator.subjects.alerts._receivers import held_by
from generator.subjects.alerts._sheet import HOLD_MINUTES, Sheet
from generator.subjects.alerts._sheet_levels import fires_when, goes_to, receiver, status, value_series
from generator.subjects.alerts._sql import key_of, of_every_version
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.formulas import OF_ERRORS, formula_of, label_delay, rows_of
from generator.subjects.limits.quantities import SIGNS, unit_of
from generator.subjects.limits.readings import Reading, behind
from generator.subjects.limits.series import step_days
from generator.subjects.limits.steps import COUNTS, disputed, scored_less

QUANTITY = quantities(__file__)

PRINTED = 24
"""Lines of the longest query that a sheet prints; a longer one stands in queries.sql alone."""
BESIDE = "as declared of a trigger; objectives.recent_days or four weeks for a segment, three days for the loss budget"
LATE_HOURS = 6
"""Hours by which a value may come later than the day before, on top of what recovery asks for."""
RESCORED = "data.production.rescored"
HEADS = columns(
    "id",
    "title: What",
    "kind",
    "severity",
    "receiver",
    "status",
    "limits: Limits",
    "current: Value",
    "state: Now",
    "*advice: Before building it",
    "*series: Series",
    "*formula: Formula",
    "*window: Window",
    "*closing: Newest day",
    "*repeats: Repeats and recovery",
    "*why: Where the threshold comes from",
    "*owner: Owner, decision",
    "*test: How to test it",
    "*runbook: Runbook entry",
    "*query_from: Query",
    "*query: SQL",
    "language",
    "measured: Measured here",
)


def sheet_row(sheet: Sheet, sheets: tuple[Sheet, ...], at: Known, project: Project) -> tuple[Cell, ...]:
    """Return what is common to all levels of a rule."""
    rule, own = sheet.rule, [one.level for one in sheet.levels]
    text = sheet.query.text
    return (
        rule.id,
        sheet.title,
        sheet.kind,
        ", ".join(dict.fromkeys(level.severity for level in own)),
        ", ".join(dict.fromkeys(goes_to(sheet, level, project) for level in own)),
        status(sheet.firing or sheet.levels[0]),
        _limits(sheet),
        sheet.reading.current,
        _state(sheet),
        _advice(sheet, at, project),
        _series(sheet, project),
        _formula(sheet, project),
        window(sheet, project),
        _newest(sheet, at, project),
        repeats(sheet, at, project),
        _why(sheet, at, project),
        decision(sheet, sheet.levels, project),
        _test(sheet, sheets, project),
        _runbook(sheet, project),
        _query_from(sheet),
        text if text.count("\n") < PRINTED else "",
        "sql" if sheet.query.state in ("generated", "wrapped") else "",
        "" if number_of(sheet.reading.current) is None else "yes",
    )


def _why(sheet: Sheet, at: Known, project: Project) -> Sentence:
    """Return where the threshold comes from, and which other it contradicts."""
    against = disputed(f"alerts.{sheet.rule.id}", at, project)
    less = scored_less((one.level for one in sheet.levels), at)
    return (
        sheet.rule.why or "not declared",
        *(("; ▲ it ", *against) if against else ()),
        *(("; ▲ ", *less.words, f" are left; {COUNTS}") if less else ()),
    )


def _limits(sheet: Sheet) -> Sentence:
    words: list[str | Fact] = []
    for one in sheet.levels:
        limit = one.level.limit
        words += [f"{', ' if words else ''}{one.level.called} {SIGNS[limit.operator]} ", limit.threshold]
    return tuple(words)


def _state(sheet: Sheet) -> Sentence:
    current, firing = sheet.reading.current, sheet.firing
    worst = f" ({sheet.reading.worst})" if sheet.reading.worst else ""
    if number_of(current) is None:
        return (f"Not measured here: {current.reason}.",)
    if firing is None:
        return ("In bounds: ", current, f"{worst}.")
    head, beyond = f"{firing.level.name.capitalize()}, firing now", _not_reached(sheet)
    if firing.reading.since is None:
        return (f"{head}: ", current, worst, *beyond, ".")
    day = _last(sheet)
    if day and day[0].value == firing.reading.since:
        return (f"{head}, in no window before that of ", day[0], ": ", current, worst, *beyond, ".")
    head += " and in every window"
    since = derived(QUANTITY("{level}.since", level=firing.level.id), firing.reading.since)
    return (f"{head} since ", since, ": ", current, worst, *beyond, ".")


def _not_reached(sheet: Sheet) -> Sentence:
    """Return the level above the one that fires: beside it a value that is close to it is told with enough digits."""
    above = [one for one in sheet.levels if sheet.firing and sheet.levels.index(one) > sheet.levels.index(sheet.firing)]
    return (f"; {above[0].level.name}, ", *fires_when(above[0].level), ", does not") if above else ()


def _advice(sheet: Sheet, at: Known, project: Project) -> Sentence:
    """Which inputs stand behind the one that it tells of, and what to do about a rule that held on most days."""
    firing, one = sheet.firing, sheet.mostly
    others = behind(firing.reading, at, project) if firing else ()
    words: Sentence = ("It tells of that input alone; beyond the limit too: ", *others, ". ") if others else ()
    if one is None:
        return words
    seen = derived(QUANTITY("{level}.days_observed", level=one.level.id), one.reading.observed)
    held: Sentence = (f"The {one.level.name} level held on ", one.days, " of ", seen, ", so it says nothing new. ")
    first = "the inputs, the worst first" if others else "the input" if sheet.reading.worst else "the cause first"
    do = f"Mend {first}, or set the limit anew against the present level of "
    return (*words, *held, do, sheet.reading.current, ".")


def _series(sheet: Sheet, project: Project) -> Sentence:
    who = project.settings.alerts.exposed_by or "the job that runs the queries"
    scale = _scale(unit_of(sheet.rule.metric, project), project)
    made = "recorded by Prometheus from the query below" if sheet.rule.live else f"exposed by {who}"
    return (f"{value_series(sheet, project)}: gauge, {scale}, {made}",)


def _scale(unit: str, project: Project) -> str:
    if not unit:
        return "a number without unit"
    if unit in ("share", "points"):
        return "a share: 1 stands for 100 %"
    return f"in {project.settings.project.currency if unit == 'money' else unit}"


def _formula(sheet: Sheet, project: Project) -> Sentence:
    rule, limit = sheet.rule, sheet.limit
    what = f"{formula_of(rule.metric, project)}; {rows_of(rule.metric, rule.features)}"
    if limit.segment:
        what = f"{what} and whose {limit.segment} is {limit.segment_level}"
    if sheet.query.state != "generated":
        return (what,)
    if of_every_version(rule.metric, project):
        return (f"{what}; of every version, those of one {' and '.join(key_of(project))} once",)
    return (f"{what}; of the version watched",)


def window(sheet: Sheet, project: Project) -> Sentence:
    """Return the days and rows that a value is made of."""
    days = _declared(sheet, "window_days", "days", project)
    words: Sentence = ("one day",) if sheet.rule.window_days == 1 else ("the last ", days, " by the calendar")
    if sheet.rule.live:
        return ("the last ", days, ", up to the moment of each evaluation")
    if sheet.rule.minimum_n:
        words = (*words, "; with fewer than ", _declared(sheet, "minimum_n", "rows", project), " no value")
    return words


def _newest(sheet: Sheet, at: Known, project: Project) -> Sentence:
    """Which day is the newest that is judged, where it is not the one before that of the run."""
    if sheet.rule.metric not in OF_ERRORS:
        return ()
    late = label_delay(at, project)
    if number_of(late) is None:
        return (f"the one whose outcomes are in; how long they take is not known: {late.reason}",)
    known: Sentence = ("the one whose outcomes are in, ", late, " after the predictions")
    if sheet.query.state != "generated" or of_every_version(sheet.rule.metric, project):
        return known
    days = sheet.rule.window_days + math.ceil(late.number or 0.0)
    wait = derived(QUANTITY("alerts.{rule}.first_after", rule=segment_of(sheet.rule.id)), days)
    released = project.settings.model.released if at.fact(RESCORED).value else None
    when = released and derived(
        QUANTITY("alerts.{rule}.first_value", rule=segment_of(sheet.rule.id)), released + datetime.timedelta(days)
    )
    own: Sentence = ("; the statement reads what the version scored itself, so its first value comes ", wait)
    return (*known, *own, " after the first such row", *((": ", when) if when else ()))


def repeats(sheet: Sheet, at: Known, project: Project) -> Sentence:
    """Return how many windows open and close an alert."""
    if sheet.rule.live:
        kept_for = keep_firing(sheet, at)
        return (
            "judged at every evaluation, not once a day; closes ",
            kept_for,
            " after the last breach (keep_firing_for)",
        )
    times = _declared(sheet, "consecutive", "count", project)
    first: Sentence = (
        ("fires at the first window over the limit",)
        if sheet.rule.consecutive == 1
        else ("fires when ", times, " windows in a row are over the limit")
    )
    back: Sentence = ("the first window",)
    if sheet.rule.recovery > 1:
        back = (_declared(sheet, "recovery", "count", project), " windows")
    return (*first, "; closes after ", *back, " within it (keep_firing_for: ", keep_firing(sheet, at), ")")


def keep_firing(sheet: Sheet, at: Known) -> Fact:
    """Return how long an alert stays open after the last breach, until silence is told where one window closes it."""
    if sheet.rule.recovery < 2 or sheet.rule.live:
        return kept(segment_of(sheet.rule.id))
    hours = (sheet.rule.recovery - 1) * 24 * step_days(at) + LATE_HOURS
    return derived(QUANTITY("alerts.{rule}.keep_firing", rule=segment_of(sheet.rule.id)), hours)


def kept(id: str) -> Fact:
    """Return how long an alert stays open at least: when its value is gone, that is told before it closes."""
    method = "twice as long as a silence lasts before it is told, so that it is told first"
    return derived(f"alerts.{id}.keep_firing", 2 * HOLD_MINUTES, unit="minutes", method=method)


def _declared(sheet: Sheet, key: str, unit: str, project: Project) -> Fact:
    id, path = f"alerts.{segment_of(sheet.rule.id)}.{key}", sheet.levels[0].level.path
    value = getattr(sheet.rule, key)
    if not path:
        return derived(id, value, unit=unit, method=BESIDE)
    return declared(project, id, value, f"{path}.{key}", unit=unit)


def decision(sheet: Sheet, levels: tuple[Evaluated, ...], project: Project) -> str:
    """Return whose rule it is and what is decided when it fires, level by level where they differ."""
    asked = {one.level.name: one.level.do for one in levels if one.level.do}
    several = len(set(asked.values())) > 1
    does = "; ".join(dict.fromkeys(f"{name}: {do}" if several else do for name, do in asked.items()))
    return ": ".join(filter(None, (sheet.rule.owner or project.settings.project.owner, does))) or "not declared"


def address(anchor: str, project: Project) -> str:
    """Return where the runbook has its entry: at the declared address, else in the bundle."""
    url = project.settings.alerts.runbook_url
    return f"{url}#{anchor}" if url else f"rollback-runbook.html#{anchor}"


def _runbook(sheet: Sheet, project: Project) -> str:
    """Return the address of each level, behind its name where there are several."""
    own = [one.level for one in sheet.levels]
    if len(own) == 1:
        return address(own[0].anchor, project)
    return ", ".join(f"{level.name}: {address(level.anchor, project)}" for level in own)


def _query_from(sheet: Sheet) -> Sentence:
    id = sheet.rule.id
    if sheet.query.state == "generated":
        where = "" if sheet.query.text.count("\n") < PRINTED else "; too long for this page, it stands there alone"
        what = "value, the input that has it, all beyond the mildest limit" if sheet.one_of_many else "value"
        return (f"statement {id} of queries.sql: by day n, {what} and whether each level fires{where}",)
    if sheet.query.state == "wrapped":
        return (
            f"statement {id} of queries.sql: the team's own, not run here, held against the limits; "
            "the values that it selects have to be of the window and formula above",
        )
    if sheet.query.state == "none":
        return ("none: the two tables do not hold what it looks at, and the team has given no query",)
    asked = "Prometheus asks it; " if sheet.rule.live else ""
    return (f"the team's own; {asked}nothing here has run it or held it against the rule",)


def _test(sheet: Sheet, sheets: tuple[Sheet, ...], project: Project) -> Sentence:
    level, last = (sheet.firing or sheet.levels[0]).level, _last(sheet)
    causes = [one.rule.id for one in sheets if one.firing and one.firing.level.name == "red"]
    held = [one.rule.id for one in sheets if one.rule.id in causes and sheet.rule.id in held_by(one, sheets)]
    where = f"{level.severity} {receiver(level, project)}"
    must = f"with {' and '.join(held)} closed (else it is held back) the message" if held else "the message"
    to = f"{must} must reach {where} and name the runbook entry" if sheet.sends else "the daily summary must say so"
    if sheet.query.state != "generated" or last is None:
        passed = f"In the test system set the {level.name} limit to what today's value passes"
        return (f"{passed}: {to}. Set it back: it must close as stated above.",)
    day, value = last
    words: Sentence = ("Fill both tables with the supplied rows. The query must give ", value, " on ", day)
    if sheet.firing is None:
        return (*words, f". Set the {level.name} limit to what this passes: {to}.")
    return (
        *words,
        f" and say that {level.name} fires",
        *_not_reached(sheet),
        f": {to}. Set the limit beyond it: it must close as stated above.",
    )


def _last(sheet: Sheet) -> tuple[Fact, Fact] | None:
    reading: Reading = sheet.reading
    if not reading.values:
        return None
    day = derived(QUANTITY("alerts.{rule}.last_day", rule=segment_of(sheet.rule.id)), reading.values[-1].day)
    return day, reading.current
