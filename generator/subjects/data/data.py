"""How many rows there are, of when, of whom, and how much they repeat themselves."""

import datetime
import math
import statistics
from itertools import pairwise

from generator.estimates.facts import BOTH, NO_REFERENCE, NO_TIME_COLUMN, NOT_TOLD, PRODUCTION, date_of, number, place
from generator.estimates.headline import head_of
from generator.estimates.intervals import Sums, estimate
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import ROLES, TARGET, Aggregates, Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project, Window
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats.arrays import ratio
from generator.subjects.kit.facts import flag

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NO_TIME = NO_TIME_COLUMN


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the size of the data, its windows, and how many rows one independent row stands for."""
    facts = (
        *_production(project, ledger),
        *_reference(ledger),
        *_features(ledger),
        _repetition(ledger),
        _flag(project),
    )
    return Evidence(facts=facts, tables=(_windows(project, ledger),))


def _production(project: Project, ledger: Ledger) -> list[Fact]:
    rows = ledger.production
    losses = rows.losses
    days = [date for date in (date_of(int(day)) for day in rows.days) if date is not None]
    seen = sorted(date.toordinal() for date in days)
    judged = math.nan if losses is None else float(losses.group[:, 1].sum())
    labelled = float(rows.total.n[len(ledger.plan.numeric) + ROLES.index(TARGET)])
    entities = float(rows.entities.sum()) if ledger.entity_groups and rows.entities is not None else math.nan
    return [
        number(QUANTITY("data.production.rows"), rows.rows),
        number(QUANTITY("data.production.labelled"), labelled),
        number(QUANTITY("data.production.judged"), judged),
        number(QUANTITY("data.production.days"), len(days) or math.nan, reason=NO_TIME),
        flag(QUANTITY("data.production.rescored"), _rescored(project, days)),
        number(
            QUANTITY("data.production.step"),
            statistics.median_high(after - before for before, after in pairwise(seen)) if len(seen) > 1 else math.nan,
            reason=NO_TIME,
        ),
        number(QUANTITY("data.production.per_day"), ratio(rows.rows, len(days)), reason=NO_TIME),
        number(QUANTITY("data.production.entities"), round(entities) if math.isfinite(entities) else math.nan),
        number(QUANTITY("data.production.duplicates"), math.nan if ledger.duplicates is None else ledger.duplicates),
        *_production_ends(ledger),
    ]


def _rescored(project: Project, days: list[datetime.date]) -> bool:
    """Return whether rows are older than the version, so that it scored afterwards what another one had answered."""
    released, first = project.settings.model.released, min(days, default=None)
    return bool(project.settings.model.path) and released is not None and first is not None and first < released


def _reference(ledger: Ledger) -> list[Fact]:
    sums = ledger.reference
    days = [] if sums is None else [d for d in (date_of(int(day)) for day in sums.days) if d is not None]
    rows = math.nan if sums is None or not sums.rows else sums.rows
    return [
        number(
            QUANTITY("data.reference.rows"),
            rows,
            source="training statistics",
            reason=NO_REFERENCE if sums is None else NOT_TOLD,
        ),
        _date("data.reference.start", "First training day", min(days, default=None), "training statistics"),
        _date("data.reference.end", "Last training day", max(days, default=None), "training statistics"),
    ]


def _features(ledger: Ledger) -> list[Fact]:
    numeric, categorical = len(ledger.plan.numeric), len(ledger.plan.categorical)
    return [
        number(QUANTITY("data.features.count"), numeric + categorical, source="ledger: plan"),
        number(QUANTITY("data.features.numeric"), numeric, source="ledger: plan"),
        number(QUANTITY("data.features.categorical"), categorical, source="ledger: plan"),
    ]


def _repetition(ledger: Ledger) -> Fact:
    """Return how many rows of this data tell as much about the error as one independent row."""
    losses, entities = ledger.production.losses, ledger.production.entities
    repeated, value = "entities and days" if ledger.entity_groups else "days", math.nan
    if losses is not None and entities is not None:
        found = estimate(
            head_of(ledger, "").ratio, Sums(group=losses.group, day=losses.day, entities=float(entities.sum()))
        )
        value = max(1.0, ratio(found.variance, found.row_variance, empty=math.nan))
    return number(QUANTITY("data.design_effect", repeated=repeated), value, source=PRODUCTION)


def _flag(project: Project) -> Fact:
    return Fact(
        id="data.simulated",
        value=project.settings.data.simulated,
        label="Rows are simulated",
        origin="declared",
        source=project.file,
    )


def _date(id: str, label: str, day: datetime.date | None, source: str = PRODUCTION) -> Fact:
    reason = "" if day else (NO_TIME if source == PRODUCTION else "the training statistics hold no dates")
    return Fact(id=id, value=day, label=label, unit="date", source=source, reason=reason)


def _windows(project: Project, ledger: Ledger) -> Table:
    data = project.settings.data
    rows = [
        row
        for row in (
            _window(project, "Training", "training", data.training, ledger.reference, _reference_ends(ledger)),
            _validation(project),
            _measured(ledger),
        )
        if row
    ]
    return TABLE("data.windows", rows)


def _window(
    project: Project,
    name: str,
    key: str,
    window: Window | None,
    sums: Aggregates | None,
    found: tuple[Cell, Cell] = ((), ()),
) -> tuple[Cell, ...] | None:
    """Return a line of the windows: its days as declared, else as `found`."""
    if window is None and sums is None:
        return None
    ends: list[Cell] = list(found)
    if window is not None:
        ends = [
            Fact(
                id=f"declared.data.{key}.{end}",
                value=getattr(window, end),
                label=end.capitalize(),
                origin="declared",
                method="declared",
                source=place(project, f"data.{key}.{end}"),
            )
            for end in ("start", "end")
        ]
    return (name, *ends, _rows(f"data.windows.{key}.rows", sums, 0), _rows(f"data.windows.{key}.labelled", sums, 1))


def _validation(project: Project) -> tuple[Cell, ...] | None:
    """Return the line of validation; its rows are those that the declared metrics were measured on."""
    line = _window(project, "Validation", "validation", project.settings.data.validation, None)
    metrics = enumerate(project.settings.objectives.metrics)
    index, n = next(((i, one.n) for i, one in metrics if one.validation is not None and one.n), (0, None))
    if line is None or n is None:
        return line
    rows = Fact(
        id="declared.data.validation.rows",
        value=n,
        label="Rows of validation",
        unit="rows",
        origin="declared",
        method="declared",
        source=place(project, f"objectives.metrics.{index}.n"),
    )
    return (*line[:3], rows, rows)


def _rows(id: str, sums: Aggregates | None, column: int) -> Cell:
    if sums is None or sums.losses is None:
        return ()
    rows = float(sums.rows) if column == 0 else float(sums.losses.group[:, 1].sum())
    return number(id, rows, label="Rows", unit="rows", source=BOTH)


def _measured(ledger: Ledger) -> tuple[Cell, ...]:
    return (
        "Production",
        *_production_ends(ledger),
        _rows("data.windows.production.rows", ledger.production, 0),
        _rows("data.windows.production.labelled", ledger.production, 1),
    )


def _reference_ends(ledger: Ledger) -> tuple[Cell, Cell]:
    """Return the first and the last training day; nothing where the training rows have none."""
    _, start, end = _reference(ledger)
    return (start, end) if start.value else ((), ())


def _production_ends(ledger: Ledger) -> tuple[Fact, Fact]:
    days = [date for date in (date_of(int(day)) for day in ledger.production.days) if date is not None]
    return (
        _date("data.production.start", "First production day", min(days, default=None)),
        _date("data.production.end", "Last production day", max(days, default=None)),
    )


ANALYSIS = Analysis(id="data", title="Rows, windows and entities", run=run)
