"""What the rules read, as a text file for Prometheus: the newest closed day as gauges without timestamps."""

import datetime
from collections.abc import Iterator, Mapping

from generator.export._prometheus import day_end, model_of, number_of
from generator.records.artifact import Artifact
from generator.records.gauges import (
    FIRES,
    GAUGES,
    LIVENESS,
    OUTAGE,
    OUTCOMES_DAY,
    PREDICTIONS_DAY,
    ROWS,
    RULE_DAY,
    RUN,
    VALUE,
    VERSION,
    Gauge,
    labels_of,
)
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import Cell, day_of

PATH = "prometheus/metrics.prom"
DAYS = {"no-predictions": PREDICTIONS_DAY, "no-outcomes": OUTCOMES_DAY}
"""By alert the gauge that it reads."""
Row = Mapping[str, Cell]
Sample = tuple[Gauge, str, float]
"""A gauge, its labels, and its value."""


def export(results: Results) -> Artifact | None:
    """Return `prometheus/metrics.prom` as it is for the day of the build; None where no rule sends an alert."""
    table = results.tables.get("alerts.metrics")
    if table is None or not table.rows:
        return None
    return Artifact(path=PATH, content=exposition(results, None))


def exposition(results: Results, run: datetime.datetime | None) -> bytes:
    """Return the newest closed day in Prometheus's text format, made at `run`, or when the day of the results ended.

    What could not be worked out is left out. Source: Prometheus, exposition formats, text-based format 0.0.4.
    """
    head, samples = results.header, list(_samples(results))
    made = int(run.timestamp()) if run else day_end(results, head.as_of)
    samples.append((RUN, model_of(results), made))
    samples.append((VERSION, labels_of(model=head.model, version=head.version), 1))
    lines = [" ".join(f"# What the alert rules of {head.model} read.".split())]
    for gauge in GAUGES:
        own = [f"{gauge.name}{labels} {value!r}" for each, labels, value in samples if each is gauge]
        if own:
            lines += [f"# HELP {gauge.name} {gauge.says} ({gauge.unit}).", f"# TYPE {gauge.name} gauge", *own]
    return "".join(f"{line}\n" for line in lines).encode()


def _samples(results: Results) -> Iterator[Sample]:
    newest = {str(row["id"]): row for row in results.tables["alerts.values"].records}
    levels = {alert.id: [each.level for each in alert.levels] for alert in results.alerts}
    for rule, row in newest.items():
        yield from _of_rule(rule, row, levels[rule], results)
    yield from _of_sources(results)
    for row in results.tables["alerts.liveness"].records:
        day = day_of(row["newest"])
        if day is not None:
            yield DAYS[str(row["id"])], model_of(results), day_end(results, day)


def _of_rule(rule: str, row: Row, levels: list[str], results: Results) -> Iterator[Sample]:
    model = results.header.model
    own, value, rows = labels_of(model=model, rule=rule), number_of(row["value"]), number_of(row["rows"])
    if value is not None:
        feature = {"feature": str(row["feature"])} if row["feature"] else {}
        yield VALUE, labels_of(model=model, rule=rule, **feature), value
        source = {"source": str(row["source"])} if row["source"] else {}
        fires = str(row["fires"]).split(", ")
        for level in levels:
            yield FIRES, labels_of(model=model, rule=rule, level=level, **source), int(level in fires)
    if rows is not None:
        yield ROWS, own, rows
    yield RULE_DAY, own, day_end(results, datetime.date.fromisoformat(str(row["date"])))


def _of_sources(results: Results) -> Iterator[Sample]:
    """Yield what the newest day says of each source."""
    rows = results.tables["alerts.sources"].records
    newest = max((str(row["date"]) for row in rows), default="")
    own = {"model": results.header.model, "rule": OUTAGE}
    for row in rows:
        value = number_of(row["value"])
        if row["date"] == newest and value is not None:
            source = str(row["source"])
            yield VALUE, labels_of(**own, source=source), value
            yield FIRES, labels_of(**own, level=LIVENESS, source=source), int(row["out"] == "yes")
    if newest:
        yield RULE_DAY, labels_of(**own), day_end(results, datetime.date.fromisoformat(newest))


COMPANION = Companion(id="metrics", title="Metrics of the newest day (prometheus/metrics.prom)", export=export)
