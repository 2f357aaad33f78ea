"""Takes a kept measurement of the model's own time, gives it as facts; a timing is never made in a build."""

from generator.estimates.facts import number
from generator.records.evidence import Evidence
from generator.records.fact import Fact, missing
from generator.records.inference import InferenceCost
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.results.words import quantities

QUANTITY = quantities(__file__)

PLACES = {"p50": "half of all calls", "p95": "95 of 100 calls", "p99": "99 of 100 calls"}
RATE = "rows per second"
NOT_KEPT = lacking("no measurement is kept", "model.cost", file=PROJECT)
OTHER_MODEL = lacking("the kept measurement timed another model file", "model.cost", file=PROJECT)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return how long one prediction and a batch of them took where they were measured, or why that is not known."""
    cost, source = ledger.cost, project.settings.model.cost or ""
    reason = NOT_KEPT if cost is None else "" if cost.current else OTHER_MODEL
    if cost is None or reason:
        units = {f"one_row.{key}": "ms" for key in PLACES}
        units |= {"batch.rows_per_second": RATE, "machine": "", "measured_on": "date"}
        gaps = (missing(f"inference.{key}", reason, label=_label(key), unit=unit) for key, unit in units.items())
        return Evidence(facts=tuple(gaps))
    singles = (
        number(
            QUANTITY("inference.one_row.{key}", key=key, measured_on=cost.measured_on),
            cost.one_row[key],
            label=_label(f"one_row.{key}"),
            n=cost.calls,
            source=source,
        )
        for key in PLACES
    )
    return Evidence(facts=(*singles, *_others(cost, source)))


def _others(cost: InferenceCost, source: str) -> tuple[Fact, ...]:
    return (
        number(
            QUANTITY("inference.batch.rows_per_second", measured_on=cost.measured_on),
            cost.rows_per_second,
            label=_label("batch.rows_per_second"),
            unit=RATE,
            n=cost.rows,
            source=source,
        ),
        Fact(id="inference.machine", value=cost.machine, label=_label("machine"), source=source),
        Fact(
            id="inference.measured_on", value=cost.measured_on, label=_label("measured_on"), unit="date", source=source
        ),
    )


def _label(key: str) -> str:
    if key.startswith("one_row."):
        return f"Time of the model for one row, kept in {PLACES[key.removeprefix('one_row.')]}"
    return {
        "batch.rows_per_second": "Rows a second in batch",
        "machine": "Machine of the measurement",
        "measured_on": "Measured on",
    }[key]


ANALYSIS = Analysis(id="inference", title="Time the model itself takes, from a kept measurement", run=run)
