"""Takes a rule on features and what training says of them, gives the rule as SQL over the predictions' inputs."""

from collections.abc import Sequence

from generator.estimates.features import critical
from generator.records.project import Metric, Project
from generator.subjects.alerts._sql import (
    day_of,
    enough,
    in_service,
    judged,
    quoted,
    tables_of,
    text,
    windows_from,
    worst,
)
from generator.subjects.kit.known import Known, number_of, text_of
from generator.subjects.limits.quantities import population
from generator.subjects.limits.readings import feature_names
from generator.subjects.limits.rules import RuleLevel
from generator.subjects.limits.series import step_days

EXPECTED: dict[Metric, tuple[str, ...]] = {
    "mean_change": ("drift.{}.mean_reference",),
    "sd_change": ("drift.{}.mean_reference", "drift.{}.sd_reference"),
    "missing": (),
    "missing_points": ("missing.{}.reference",),
}
"""What training says of a feature that the metric is held against."""
MISSING = "count(*) AS k, count(*) - count(v) AS s, 0.0 AS q"
SUMMED: dict[Metric, str] = {
    "mean_change": "count(v) AS k, sum(v) AS s, 0.0 AS q",
    "sd_change": "count(v) AS k, sum(v - {expected}) AS s, sum(power(v - {expected}, 2)) AS q",
    "missing": MISSING,
    "missing_points": MISSING,
}
GIVEN = "nullif(lower(CAST({c} AS VARCHAR)), 'nan')"
"""A number that is not missing, though it may be infinite."""
WRITTEN = "nullif(CAST({c} AS VARCHAR), '')"
"""A text that is not missing: an empty one is."""
FINITE = "CASE WHEN abs(CAST({c} AS DOUBLE PRECISION)) < 'Infinity' THEN {c} END"
"""A number that a mean can hold."""
MADE: dict[Metric, str] = {
    "mean_change": "abs(sum(w.s) / nullif(sum(w.k), 0) - d.expected) / abs(d.expected)",
    "sd_change": (
        "abs(sqrt((sum(w.q) - sum(w.s) * sum(w.s) / nullif(sum(w.k), 0)) / nullif(sum(w.k) - 1, 0)) / d.spread - 1)"
    ),
    "missing": "1.0 * sum(w.s) / sum(w.k)",
    "missing_points": "1.0 * sum(w.s) / sum(w.k) - d.expected",
}


def on_features(levels: tuple[RuleLevel, ...], at: Known, project: Project) -> str | None:
    """Return the query of a rule on features; None where nothing is known to hold them against."""
    limit = levels[0].limit
    chosen = population(limit.metric, limit.features)
    features = _features(limit.metric, chosen, at, project)
    if not features:
        return None
    largest = chosen in ("each", "critical")
    named = worst(limit) if largest else ""
    held = enough(limit, "max(value)" if largest else "avg(value)", "max(n)")
    listed = " UNION ALL\n  ".join(features)
    return (
        f"WITH scored AS (\n  SELECT p.*, {day_of(project)}_of_row FROM {tables_of(project).predictions} AS p\n"
        f"  WHERE {in_service(project)}\n"
        f"), daily AS (\n  {listed}\n"
        f"), windows AS (\n  SELECT d.day, d.feature, sum(w.n) AS n, {MADE[limit.metric]} AS value\n"
        f"  FROM daily AS d JOIN daily AS w ON w.feature = d.feature AND {windows_from(limit, step_days(at))}\n"
        "  GROUP BY d.day, d.feature, d.expected, d.spread\n"
        f"), judged AS (\n  SELECT day, max(n) AS n, {held} AS value{named} FROM windows GROUP BY day\n)\n"
        f"{judged(levels, ', feature, beyond' if largest else '')}"
    )


def _features(metric: Metric, chosen: str, at: Known, project: Project) -> Sequence[str]:
    """Return one SELECT a feature: its rows, values and sums by day."""
    only = critical(project) if chosen == "critical" else None
    rows = at.rows("features.kinds")
    numeric = {text_of(row.get("feature")) for row in rows if text_of(row.get("kind")) == "numeric"}
    lines = []
    for name in feature_names(at, project):
        known = [number_of(at.of_feature(pattern, name)) for pattern in EXPECTED[metric]]
        if (only is not None and name not in only) or any(value is None for value in known):
            continue
        if metric in ("mean_change", "sd_change") and not known[-1]:
            continue
        expected, spread = (*map(repr, known), "0.0", "0.0")[:2]
        value = FINITE if SUMMED[metric] is not MISSING else GIVEN if name in numeric else WRITTEN
        lines.append(
            f"SELECT day, {text(name)} AS feature, {expected} AS expected, {spread} AS spread, count(*) AS n, "
            f"{SUMMED[metric].format(expected=expected)}\n"
            f"    FROM (SELECT day_of_row AS day, {value.format(c=quoted(name))} AS v FROM scored) AS own GROUP BY day"
        )
    return lines
