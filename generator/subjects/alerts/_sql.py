"""Takes a rule and the team's tables, gives the rule as SQL: windows, maturity, version and repeats as it is printed.

The dialect is that of DuckDB and PostgreSQL. Every query gives a row a day: the day on which a window ends, its rows,
the value, and whether each level fires; without a value neither yes nor no.
"""

import re

from generator.records.fact import segment_of
from generator.records.project import Labels, Metric, Project, Segment, Tables
from generator.stats.window import span
from generator.subjects.kit.known import Known, number_of
from generator.subjects.limits.quantities import Limit, population
from generator.subjects.limits.rules import RuleLevel

SET_BY = "one row, the version watched: set as its shadow starts, and after going back"
SELECTS = re.compile(r"(?i)\s*(select|with)\b")
OF_OUTCOMES: dict[Metric, tuple[str, str]] = {
    "rmse": ("sum(power(p - y, 2))", "sqrt({mean})"),
    "mae": ("sum(abs(p - y))", "{mean}"),
    "bias": ("sum(CASE WHEN y IS NOT NULL THEN p - y END)", "abs({mean})"),
    "brier": ("sum(power(p - y, 2))", "{mean}"),
    "base_rate": ("sum(y)", "{mean}"),
    "accuracy": ("sum(CASE WHEN (p >= {threshold}) = (y = 1) THEN 1.0 ELSE 0.0 END)", "{mean}"),
}
"""What is summed over the rows of a day whose outcome is known, and what is made of its mean over the window."""
AREA = """ranked AS (
  SELECT day, y, rank() OVER (PARTITION BY day ORDER BY p) + (count(*) OVER (PARTITION BY day, p) - 1) / 2.0 AS place
  FROM labelled),
daily AS (
  SELECT day, count(*) AS n,
    count(*) * (sum(place * y) - sum(y) * (sum(y) + 1) / 2.0) / (sum(y) * (count(*) - sum(y))) AS s
  FROM ranked GROUP BY day HAVING sum(y) > 0 AND sum(y) < count(*))"""
HIGHEST = """tied AS (
  SELECT day, count(*) AS alike, sum(y) AS hits,
    sum(count(*)) OVER (PARTITION BY day ORDER BY p DESC) - count(*) AS above,
    sum(count(*)) OVER (PARTITION BY day) AS n
  FROM labelled GROUP BY day, p),
daily AS (
  SELECT day, max(n) AS n, sum(hits * least(greatest({share} * n - above, 0.0), alike) / alike) / {share} AS s
  FROM tied GROUP BY day)"""


def quoted(name: str) -> str:
    """Return a name as SQL writes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def tables_of(project: Project) -> Tables:
    """Return the team's tables, by the usual names where none are declared."""
    return project.settings.alerts.tables or Tables()


def key_of(project: Project) -> tuple[str, ...]:
    """Return the columns by which an outcome finds its prediction; none where nothing says."""
    data, declared = project.settings.data, tables_of(project).key
    if declared:
        return declared
    if data.labels:
        return (data.labels.key,)
    return (data.entity, data.time) if data.entity and data.time else ()


def day_of(project: Project) -> str:
    """Return the day of a prediction."""
    return f"{_date(project)} AS day"


def watched(project: Project) -> str:
    """Return the view of one row that names the version watched: a deployment changes it and no statement."""
    own = tables_of(project).predictions
    return f'{own[:-1]}_watched"' if own.endswith('"') else f"{own}_watched"


def watching(project: Project) -> str:
    """Return the statement that makes or changes that view, for the version of this build."""
    column, version = quoted(tables_of(project).version), text(project.settings.model.version)
    return f"CREATE OR REPLACE VIEW {watched(project)} AS SELECT {version} AS {column}"


def in_service(project: Project) -> str:
    """Return the condition that a prediction is of the version watched and of a closed day, not of a part of today."""
    column = quoted(tables_of(project).version)
    return f"p.{column} = (TABLE {watched(project)}) AND {answered(project)}"


def answered(project: Project) -> str:
    """Return the condition that a request is of a closed day, whichever version answered it."""
    return closed(_date(project), project)


def scored(project: Project) -> str:
    """Return the condition that a request has a prediction: one that was rejected leaves a row without."""
    return f"p.{quoted(prediction_of(project))} IS NOT NULL"


def of_every_version(metric: Metric, project: Project) -> bool:
    """Return whether a rule asks what is served, by whichever version; without a key a row of each counts twice."""
    return metric == "rows" and bool(key_of(project))


def closed(day: str, project: Project) -> str:
    """Return the condition that a day is closed, by the clock of the model and at the hour that is declared."""
    zone = project.settings.project.time_zone or "UTC"
    hour, minute = map(int, (project.settings.alerts.closes_at or "0:0").split(":"))
    late = f" - INTERVAL '{60 * hour + minute}' MINUTE" if hour or minute else ""
    return f"{day} < CAST(now() AT TIME ZONE {text(zone)}{late} AS DATE)"


def _date(project: Project) -> str:
    return f"CAST(p.{quoted(project.settings.data.time or '')} AS DATE)"


def read_by(project: Project, *, inputs: bool) -> tuple[tuple[str, str, str, str], ...]:
    """Return what statements read: both tables and the view, their columns, what else, and what makes the view."""
    tables, data, labels = tables_of(project), project.settings.data, project.settings.data.labels
    parts = (one.column for one in data.segments if not one.sensitive)
    scored = dict.fromkeys((data.time or "", *key_of(project), prediction_of(project), tables.version, *parts))
    target = tables.target or (labels.target if labels else None) or data.target
    known = ", ".join((*key_of(project), target))
    more = "every input of the model, by its name in the feature specification" if inputs else ""
    predictions = (tables.predictions, ", ".join(name for name in scored if name), more, "")
    outcomes = ((tables.outcomes, known, "", ""),) if key_of(project) else ()
    return predictions, *outcomes, (watched(project), tables.version, SET_BY, watching(project))


def on_outcomes(levels: tuple[RuleLevel, ...], step: int, project: Project, inside: str = "") -> str:
    """Return the query of a rule on errors, ranking or outcomes; `inside` is the condition of a segment."""
    limit = levels[0].limit
    share = (project.settings.decision.top_shares or (0.1,))[0]
    rows, made = labelled(project, inside), "{mean}"
    if limit.metric in ("auc", "precision_at_top"):
        daily = AREA if limit.metric == "auc" else HIGHEST.format(share=share)
    else:
        summed, made = _summed(*OF_OUTCOMES[limit.metric], project)
        whole = f"joined GROUP BY day{_mature(project)}"
        daily = (
            f"daily AS (SELECT day, count(y) AS n, {summed} AS s FROM {'labelled GROUP BY day' if inside else whole})"
        )
        rows = rows if inside else _joined(project)
    return f"WITH {rows},\n{daily},\n{_windows(limit, made, step)}\n{judged(levels)}"


def _summed(summed: str, made: str, project: Project) -> tuple[str, str]:
    """Return what is summed of the rows, at the team's threshold, and what is made of the mean."""
    threshold = project.settings.decision.threshold
    return summed.format(threshold=0.5 if threshold is None else threshold), made


def inside(limit: Limit, at: Known, project: Project) -> str | None:
    """Return the condition that a prediction is of a limit's segment, empty for all; None where no column tells it."""
    if not limit.segment:
        return ""
    own = next((one for one in project.settings.data.segments if limit.segment in (one.name, one.column)), None)
    if own is None:
        return None
    column = f"p.{quoted(own.column)}"
    if not own.quantiles:
        return f"{column} = {text(limit.segment_level)}"
    head = f"reference.segment.{segment_of(limit.segment)}.{segment_of(limit.segment_level)}"
    low, high = at.number(f"{head}.from"), at.number(f"{head}.below")
    ends = [f"{column} {sign} {end!r}" for sign, end in ((">=", low), ("<", high)) if end is not None]
    return " AND ".join(ends) or None


def by_level(limit: Limit, part: str, step: int, project: Project) -> str:
    """Return the query of a rule on errors level by level of a segment, over its newest window and the days before it.

    What adds most to the change stands first: a level that always errs more has no part in a rise.
    """
    summed, made = _summed(*OF_OUTCOMES.get(limit.metric, ("sum(p - y)", "{mean}")), project)
    mean = f"1.0 * {summed} / count(*)"
    reach, _ = span(limit.window_days, step)
    worst = "DESC" if limit.upward or limit.metric not in OF_OUTCOMES else "ASC"
    value, start = made.format(mean=mean), f"(SELECT max(day) FROM labelled) - INTERVAL '{reach}' DAY"
    few = f"GROUP BY part HAVING count(*) >= {project.settings.privacy.small_cell}"
    return (
        f"WITH {labelled(project, part=part)},\n"
        f"usual AS (SELECT part, {value} AS usual FROM labelled WHERE day <= {start} {few}),\n"
        f"newest AS (SELECT part, count(*) AS n, {value} AS value, avg(p) AS predicted, avg(y) AS actual\n"
        f"  FROM labelled WHERE day > {start} {few})\n"
        "SELECT newest.part AS level, n, value, predicted, actual, usual, value - usual AS change,\n"
        "  1.0 * n / (SELECT count(*) FROM labelled WHERE day > " + start + ") AS share\n"
        f"FROM newest LEFT JOIN usual ON usual.part = newest.part ORDER BY n * (value - usual) {worst} NULLS LAST"
    )


def part_of(segment: Segment, at: Known) -> str | None:
    """Return the level of a prediction in a segment; None where its tiers have no names or edges."""
    column = f"p.{quoted(segment.column)}"
    if not segment.quantiles:
        return column
    head = f"reference.segment.{segment_of(segment.name or segment.column)}"
    below = {tier: f"{head}.{segment_of(tier)}.below" for tier in segment.tiers}
    ends = [(at.number(id), tier) for tier, id in below.items()]
    if not ends or any(end is None for end, _ in ends[:-1]):
        return None
    cases = " ".join(f"WHEN {column} < {end!r} THEN {text(tier)}" for end, tier in ends[:-1])
    return f"CASE {cases} WHEN {column} IS NOT NULL THEN {text(ends[-1][1])} END"


def on_predictions(levels: tuple[RuleLevel, ...], step: int, project: Project) -> str:
    """Return the query of a rule on the predictions alone: their mean, or how many there are."""
    limit, tables = levels[0].limit, tables_of(project)
    prediction = f"p.{quoted(prediction_of(project))}"
    keys = ", ".join(f"p.{quoted(name)}" for name in key_of(project))
    counted = f"count(DISTINCT ({keys})) FILTER (WHERE {scored(project)})" if keys else f"count({prediction})"
    n, s = (counted, "1.0") if limit.metric == "rows" else (f"count({prediction})", f"sum({prediction})")
    made = "sum(w.n) / sum(w.s)" if limit.metric == "rows" else "{mean}"
    which = (answered if of_every_version(limit.metric, project) else in_service)(project)
    daily = (
        f"daily AS (\n  SELECT {day_of(project)}, {n} AS n, {s} AS s\n"
        f"  FROM {tables.predictions} AS p WHERE {which} GROUP BY 1)"
    )
    return f"WITH {daily},\n{_windows(limit, made, step)}\n{judged(levels)}"


def wrapped(levels: tuple[RuleLevel, ...], project: Project) -> str | None:
    """Return the team's query of a day and a value, between them the input where one counts; None for another language.

    Its window is its own; days are closed, and every level is judged as elsewhere.
    """
    rule = levels[0].rule
    if rule.query is None or not SELECTS.match(rule.query):
        return None
    over = population(rule.metric, rule.features)
    single = over in ("each", "critical")
    names = "day, feature, value" if single or over == "mean" else "day, value"
    value = "max(value)" if single else "avg(value)"
    more = ", feature, beyond" if single else ""
    named = worst(levels[0].limit) if single else ""
    return (
        f"WITH own({names}) AS (\n  {rule.query.strip().rstrip(';')}),\n"
        f"judged AS (SELECT CAST(day AS DATE) AS day, NULL AS n, {value} AS value{named}\n"
        f"  FROM own WHERE {closed('CAST(day AS DATE)', project)} GROUP BY 1)\n{judged(levels, more)}"
    )


def prediction_of(project: Project) -> str:
    """Return the column of the prediction."""
    return tables_of(project).prediction or project.settings.data.prediction or "prediction"


def judged(levels: tuple[RuleLevel, ...], more: str = "") -> str:
    """Return the end of a query: what each window says of every level."""
    return (
        "SELECT day, n, value" + more + "".join(f",\n  {_fires(one)}" for one in levels) + "\nFROM judged ORDER BY day"
    )


def windows_from(limit: Limit, step: int) -> str:
    """Return the conditions that a window holds its calendar days, and that there is a first full one."""
    reach, lead = span(limit.window_days, step)
    return (
        f"w.day > d.day - INTERVAL '{reach}' DAY AND w.day <= d.day\n"
        f"  WHERE d.day >= (SELECT min(day) FROM daily) + INTERVAL '{lead}' DAY"
    )


def worst(limit: Limit) -> str:
    """Return as columns the input that is the worst, and all inputs beyond a limit, the worst first.

    Values that a millionth tells apart at most go by name, so that engines agree on the order.
    """
    order = "round(value * 1000000) DESC NULLS LAST, feature"
    over = f"value {limit.operator} {number_of(limit.threshold)!r}"
    listed = f"string_agg(feature, ', ' ORDER BY {order}) FILTER (WHERE {over})"
    return f", (array_agg(feature ORDER BY {order}))[1] AS feature,\n    {listed} AS beyond"


def enough(limit: Limit, value: str, n: str = "n") -> str:
    """Return a value that is none where a window has too few rows."""
    return value if not limit.minimum_n else f"CASE WHEN {n} >= {limit.minimum_n} THEN {value} END"


def _windows(limit: Limit, made: str, step: int) -> str:
    value = made.format(mean="sum(w.s) / sum(w.n)")
    return (
        f"windows AS (\n  SELECT d.day, sum(w.n) AS n, {value} AS value\n"
        f"  FROM daily AS d JOIN daily AS w ON {windows_from(limit, step)}\n  GROUP BY d.day),\n"
        f"judged AS (SELECT day, n, {enough(limit, 'value')} AS value FROM windows)"
    )


def labelled(project: Project, inside: str = "", part: str = "") -> str:
    """Return the rows whose outcome counts, by day: those of this version whose day is mature."""
    of_part, told = (" AND inside", "") if inside else ("", ", part" if part else "")
    more = f", {inside} AS inside" if inside else f", {part} AS part" if part else ""
    known = f"y IS NOT NULL AND day IN (SELECT day FROM joined GROUP BY day{_mature(project)}){of_part}"
    return f"{_joined(project, more)},\nlabelled AS (SELECT day, p, y{told} FROM joined WHERE {known})"


def _joined(project: Project, more: str = "") -> str:
    """Return the predictions of this version with their outcomes, where they are known."""
    data, tables, labels = project.settings.data, tables_of(project), project.settings.data.labels
    on = " AND ".join(f"o.{quoted(name)} = p.{quoted(name)}" for name in key_of(project))
    prediction = f"p.{quoted(prediction_of(project))}"
    target = f"o.{quoted(tables.target or (labels.target if labels else None) or data.target)}"
    return (
        f"joined AS (\n  SELECT {day_of(project)}, {prediction} AS p, {_outcome(target, project)} AS y{more}\n"
        f"  FROM {tables.predictions} AS p LEFT JOIN {tables.outcomes} AS o ON {on}\n"
        f"  WHERE {in_service(project)} AND {scored(project)})"
    )


def _mature(project: Project) -> str:
    """Return the condition that of a day's predictions enough have their outcome."""
    return f" HAVING count(y) >= {(project.settings.data.labels or Labels).mature_at} * count(*)"


def _outcome(column: str, project: Project) -> str:
    data = project.settings.data
    if data.task != "binary" or data.positive is None:
        return column
    others = " IN (" + ", ".join(text(one) for one in data.negative) + ")" if data.negative else " IS NOT NULL"
    return f"CASE WHEN {column} = {text(data.positive)} THEN 1 WHEN {column}{others} THEN 0 END"


def _fires(level: RuleLevel) -> str:
    limit, bound = level.limit, number_of(level.limit.threshold)
    breach = f"value {limit.operator} {bound!r}"
    if limit.consecutive == 1:
        return f"{breach} AS {level.name}"
    over = f"OVER (ORDER BY day ROWS BETWEEN {limit.consecutive - 1} PRECEDING AND CURRENT ROW)"
    in_a_row = f"sum(CASE WHEN {breach} THEN 1 ELSE 0 END) {over} = {limit.consecutive}"
    return f"CASE WHEN value IS NOT NULL THEN {in_a_row} END AS {level.name}"
