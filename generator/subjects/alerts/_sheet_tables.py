"""Takes the sheets, gives their tables: what to build, the sheets, rules without one, dashboard, queries, values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.gauges import ESCALATION, GAUGES, LIVENESS
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.results.words import columns, quantities, tables
from generator.subjects.alerts._alert_levels import Evaluated
from generator.subjects.alerts._burn import Burn
from generator.subjects.alerts._liveness import hold
from generator.subjects.alerts._receivers import Way, unreached
from generator.subjects.alerts._sheet import Sheet
from generator.subjects.alerts._sheet_levels import (
    answer,
    expression,
    fires_series,
    fires_when,
    goes_to,
    receiver,
    status,
    value_series,
)
from generator.subjects.alerts._sheet_rows import HEADS, address, decision, keep_firing, repeats, sheet_row, window
from generator.subjects.alerts._sql import by_level, part_of, read_by
from generator.subjects.alerts._sql_features import EXPECTED
from generator.subjects.kit.facts import derived, table
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import OF_ERRORS
from generator.subjects.limits.quantities import unit_of
from generator.subjects.limits.rules import LEVELS, SILENT
from generator.subjects.limits.series import step_days
from generator.subjects.limits.watched import ASKS

QUANTITY, TABLE = quantities(__file__), tables(__file__)
NAMED = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*(?=\{)")
"""Names of the metrics in a query of Prometheus."""

COUNTED = (
    "Alerts a day are those of page 1 that fire, each rule once, without those on error budgets and on the monitoring "
    "itself, and without what stands here and is told in the daily summary."
)


def sheet_table(sheets: tuple[Sheet, ...], at: Known, project: Project, reason: str) -> Table:
    """Return one row a rule with what is common to all its levels."""
    rows = (sheet_row(sheet, sheets, at, project) for sheet in sheets if sheet.kind == "alert")
    return table("alerts.sheets", "Alerting metrics", HEADS, rows, reason=reason)


def further_table(sheets: tuple[Sheet, ...], at: Known, project: Project, reason: str) -> Table:
    """Return one row for every rule that has no sheet."""
    rows = (sheet_row(sheet, sheets, at, project) for sheet in sheets if sheet.kind != "alert")
    made = table("alerts.further", "Further rules", HEADS, rows, reason="every rule has a sheet" if sheets else reason)
    return replace(made, note=(COUNTED,) if any(one.rule.metric == "alerts_per_day" for one in sheets) else ())


def build_table(
    sheets: tuple[Sheet, ...], burns: Sequence[Burn], alive: Table, ways: Sequence[Way], project: Project, reason: str
) -> Table:
    """Return what is to be built: the alerting metrics, those on error budgets, and those on the monitoring itself."""
    heads = columns("id", "*title: What", "status: State", "severity", "receiver: Goes to", "respond: Answer within")
    own = [_built(sheet, project) for sheet in sheets if sheet.sends]
    no_data = Mark(status="info", word="no data")
    counted = [(one.id, one.title, no_data, one.severity, one.receiver, one.respond) for one in burns]
    others = [
        (
            row["id"],
            row["title"],
            no_data,
            *(row[key] for key in ("severity", "receiver", "respond")),
        )
        for row in alive.records
    ]
    rows, note = _said_once((*own, *counted, *others) if own else (), len(heads) - 2)
    return replace(table("alerts.build", "What to build", heads, rows, reason=reason), note=(*note, *unreached(ways)))


def _said_once(rows: tuple[tuple[Cell, ...], ...], place: int) -> tuple[tuple[tuple[Cell, ...], ...], Sentence]:
    """Return the rows without the receiver, and a note that tells it, where all have the same."""
    found = {str(row[place]) for row in rows}
    if len(found) != 1:
        return rows, ()
    return tuple((*row[:place], "", *row[place + 1 :]) for row in rows), ("Receiver of all: ", found.pop(), ". ")


def _built(sheet: Sheet, project: Project) -> tuple[Cell, ...]:
    own = [one.level for one in sheet.levels]
    words: list[str | Fact] = []
    for words_of in dict.fromkeys(answer(level.level, project) or ("not declared",) for level in own):
        words += [", " if words else "", *words_of]
    return (
        sheet.rule.id,
        sheet.title,
        status(sheet.firing or sheet.levels[0]),
        ", ".join(dict.fromkeys(level.severity for level in own)),
        ", ".join(dict.fromkeys(receiver(level, project) for level in own)),
        tuple(words),
    )


def dashboard_table(sheets: tuple[Sheet, ...], reason: str) -> Table:
    """Return every rule that sends messages with its value now, its limits and where it stands."""
    return TABLE("alerts.dashboard", map(_shown, (one for one in sheets if one.sends)), reason=reason)


def _shown(sheet: Sheet) -> tuple[Cell, ...]:
    bounds = {one.level.name: one.level.limit.threshold for one in sheet.levels}
    mark = status(sheet.firing or sheet.levels[0])
    if mark.status in ("watch", "green"):
        mark = Mark(status="green", word="in bounds")
    title = ": ".join(filter(None, (sheet.title, sheet.reading.worst)))
    return (title, sheet.reading.current, *(bounds.get(name, "not set") for name in LEVELS), mark)


def rule_table(
    sheets: tuple[Sheet, ...],
    burns: Sequence[Burn],
    alive: Table,
    unanswered: Table,
    at: Known,
    project: Project,
    reason: str,
) -> Table:
    """Return the alerting rules of Prometheus: a level of a rule, a budget, a silence, an age."""
    own = [_rule(sheet, one, at, project) for sheet in sheets for one in sheet.levels]
    counted = map(_burn, burns)
    more = (*counted, *(_silence(row, project) for row in alive.records), *map(_escalation, unanswered.records))
    return TABLE("alerts.rules", (*own, *more) if own else (), reason=reason)


def _rule(sheet: Sheet, one: Evaluated, at: Known, project: Project) -> tuple[Cell, ...]:
    level = one.level
    return (
        level.alert,
        sheet.rule.id,
        level.name,
        sheet.title,
        fires_when(level),
        level.severity if sheet.sends else SILENT[0],
        goes_to(sheet, level, project),
        (answer(level.level, project) or ("not declared",)) if sheet.sends else ("none: it wakes nobody",),
        (*window(sheet, project), "; ", *repeats(sheet, at, project)),
        decision(sheet, (one,), project),
        expression(sheet, level, project),
        fires_series(sheet, level.name, project),
        value_series(sheet, project),
        "feature" if sheet.one_of_many else "",
        (),
        (),
        keep_firing(sheet, at),
        address(level.anchor, project),
    )


def _burn(one: Burn) -> tuple[Cell, ...]:
    told = (one.title, one.limit, one.severity, one.receiver, one.respond, one.meaning)
    return (
        one.id,
        one.rule,
        one.level,
        *told,
        (),
        one.expression,
        one.series,
        one.value,
        "",
        (),
        (),
        one.keeps,
        one.runbook,
    )


def _silence(row: Mapping[str, Cell], project: Project) -> tuple[Cell, ...]:
    told = (row[key] for key in ("title", "limit", "severity", "receiver", "respond"))
    where, once = address("alert-liveness", project), row["keep"]
    return (
        *(row["id"], row["rule"], LIVENESS, *told, (), (), row["expression"], row["series"], ()),
        *("source" if once else "", row["silent"], () if once else hold(), once, where),
    )


def _escalation(row: Mapping[str, Cell]) -> tuple[Cell, ...]:
    told = (row[key] for key in ("title", "limit", "severity", "receiver", "respond"))
    return (
        row["id"],
        "",
        ESCALATION,
        *told,
        (),
        (),
        row["expression"],
        "",
        (),
        (),
        row["after"],
        (),
        (),
        row["runbook"],
    )


def query_table(sheets: tuple[Sheet, ...], alive: Table, reason: str) -> Table:
    """Return the query of every rule, and those of the alerts on the monitoring itself."""
    own = ((sheet.rule.id, sheet.title, sheet.query.state, sheet.query.text) for sheet in sheets)
    more = ((row["id"], row["title"], "generated", row["query"]) for row in alive.records if row["query"])
    rows = (*own, *more) if sheets else ()
    return TABLE("alerts.queries", rows, reason=reason)


def by_level_table(sheets: tuple[Sheet, ...], at: Known, project: Project) -> Table:
    """Return the query of every generated rule on all rows' errors, level by level of each segment."""
    step = step_days(at)
    parts = ((one.name or one.column, part_of(one, at)) for one in project.settings.data.segments if not one.sensitive)
    known = [(name, part) for name, part in parts if part]
    rows = (
        (
            f"{sheet.rule.id}-by-{name}",
            sheet.rule.id,
            name,
            f"{sheet.title}, by {name}",
            by_level(sheet.limit, part, step, project),
        )
        for sheet in sheets
        for name, part in known
        if sheet.query.state == "generated" and sheet.rule.metric in OF_ERRORS
        if not sheet.limit.segment and sheet.rule.group != ASKS
    )
    return TABLE("alerts.by_level", rows, reason="no rule on errors is told by segment")


def reads_table(sheets: tuple[Sheet, ...], project: Project, reason: str) -> Table:
    """Return what the generated statements read: both tables and the view, with their columns."""
    metrics = {sheet.rule.metric for sheet in sheets if sheet.query.state == "generated"}
    rows = read_by(project, inputs=not metrics.isdisjoint(EXPECTED)) if metrics else ()
    return TABLE("alerts.reads", rows, reason=reason)


def value_table(sheets: tuple[Sheet, ...], sources: Table, project: Project, reason: str) -> Table:
    """Return what each rule reads on each day, and which of its levels fire then; no value where it has none.

    `source` is that of the input where it is out on the day.
    """
    out = {(str(row["date"]), str(row["source"])) for row in sources.records if row["out"]}
    of = {one.name: one.source or "" for one in project.settings.data.features}
    rows = (
        (*row, of.get(name, "") if (day, of.get(name, "")) in out else "")
        for sheet in sheets
        for row, day, name in _days(sheet, project)
    )
    return TABLE("alerts.values", rows, reason=reason)


def _days(sheet: Sheet, project: Project) -> Iterator[tuple[tuple[Cell, ...], str, str]]:
    head, unit = f"queries.{segment_of(sheet.rule.id)}", unit_of(sheet.rule.metric, project)
    current = sheet.reading.current
    for one in sheet.reading.windows:
        id = f"{head}.{one.day}"
        fact = derived(id, one.value, unit=unit, method=current.method, source=current.source)
        value = fact if one.value is not None else ()
        rows = derived(QUANTITY("{id}.rows", id=id), one.rows) if one.rows else ()
        fires = [each.level.name for each in sheet.levels if one.day in each.reading.days]
        day = one.day.isoformat()
        yield (sheet.rule.id, sheet.title, day, value, rows, one.feature, ", ".join(fires)), day, one.feature


def metrics_table(watched: bool, project: Project, reason: str) -> Table:
    """Return what is exposed for the rules: names, units and labels."""
    rows = ((one.name, "gauge", one.unit, ", ".join(one.labels), f"{one.says}; {one.unit}") for one in GAUGES)
    counters = ((one.title, one.counters) for one in project.settings.services if one.counters)
    more = (
        (selector, "counter", "requests", "", f"{title}: {which} requests, exposed by the service itself")
        for title, of in counters
        for which, selector in (("GOOD", of.good), ("ALL", of.total))
    )
    listed = (*rows, *more)
    return TABLE("alerts.metrics", (*listed, *_asked_live(listed, project)) if watched else (), reason=reason)


def _asked_live(listed: Sequence[Sequence[str]], project: Project) -> Iterator[tuple[str, ...]]:
    """Yield the metrics that Prometheus is asked for by a rule itself, and that no row lists."""
    known = {name for row in listed for name in NAMED.findall(row[0])}
    rules = [rule for rule in project.settings.alerts.rules if rule.live]
    for name in dict.fromkeys(name for rule in rules for name in NAMED.findall(rule.query or "")):
        if name not in known:
            ids = ", ".join(rule.id for rule in rules if name in NAMED.findall(rule.query or ""))
            yield name, "", "", "", f"Asked by {ids}; exposed by the service or by Prometheus itself"
