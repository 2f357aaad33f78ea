"""Results as a build would give them, from a fixed seed: every table and fact that a figure reads, as in TechMart."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from generator.records.decision import Alert, AlertLevel
from generator.records.evidence import Evidence
from generator.records.fact import SAMPLING, Fact, Value
from generator.records.results import Header, Results
from generator.records.table import Cell, Column, Mark, Table
from tests.subjects import shelves

START = datetime.date(2026, 9, 14)
TODAY = datetime.date(2026, 10, 13)
FEATURES = [
    *(f"price_{name}" for name in ("competitor_avg", "competitor_min", "competitor_max", "marketplace_median")),
    *("review_count", "rating_mean", "stock_on_hand", "days_of_supply", "lead_time_days", "reorder_point"),
    *("shipping_cost", "storage_cost", "handling_cost", "packaging_cost", "tariff_cost", "fuel_surcharge"),
    *("unit_cost", "landed_cost", "list_price_msrp", "wholesale_price", "page_views_7d", "cart_adds_7d"),
    *("conversion_rate", "return_rate", "days_since_launch", "warranty_months", "weight_kg", "promo_depth"),
]
FACTS = """
performance.rmse.production money 9.42 9.21 9.64
performance.rmse.validation money 8.2 8.05 8.36
performance.rmse.first_third money 8.51 8.2 8.8
performance.rmse.second_third money 9.22 8.9 9.5
performance.rmse.last_third money 10.47 10.1 10.9
performance.rmse.expected_low money 8.0
performance.rmse.expected_high money 9.0
performance.rmse.acceptable money 10.0
performance.bias.production money -1.12 -1.3 -0.9
segments.worst.error money 13.9 12.6 15.4
segments.concentration.count count 3
segments.concentration.share share 0.71
errors.p50 money 5.13 5.0 5.3
errors.p95 money 19.1 18.4 20.0
errors.p99 money 31.2 28.9 34.2
drift.count.tested count 64
drift.count.confirmed count 12
drift.count.severe count 4
drift.count.declared_severe count 14
drift.largest.mean_change change -0.52
drift.impact.total money 3.41
declared.policies.drift.severe_mean_change share 0.2
declared.policies.drift.severe_sd_change share 0.3
declared.policies.drift.yellow_mean_change share 0.25
declared.policies.missing.red share 0.15
declared.policies.missing.flag_points points 0.1
missing.overall.reference share 0.02
missing.overall.production share 0.12
missing.largest.production share 0.231
missing.count.flagged count 9
performance.base_rate.production share 0.196 0.19 0.2
calibration.in_the_large.gap points -0.017 -0.022 -0.012
decision.threshold.current share 0.5
decision.current.from share 0.5
decision.current.cost money 10.2 9.0 11.5
decision.threshold.optimal share 0.3
decision.optimal.from share 0.3
decision.optimal.cost money 9.0 7.8 10.3
decision.flat.low share 0.22
decision.flat.high share 0.38
estimated.accuracy share 0.832 0.827 0.838
estimated.realised.accuracy share 0.819
estimated.auc - 0.784 0.775 0.792
estimated.realised.auc - 0.793
data.production.days days 30
data.production.rows rows 15000
ladder.count.problems count 3
conditions.count count 6
gates.count.pass count 5
gates.count.fail count 2
retraining.run.cost money 350.0
retraining.recommended.total_per_year money 9100.0
retraining.best.interval days 41.8
retraining.flat.shortest days 27
retraining.flat.longest days 65
retraining.decay.after_30_days money 0.95
features.latency.staged ms 350.0
features.latency.sequential ms 550.0
features.latency.headroom ms 50.0
declared.context.serving.latency_objective_ms ms 400.0
"""
NAMED: Mapping[str, Value] = {
    "segments.worst.name": "category · cameras",
    "drift.largest.name": "review_count",
    "missing.largest.name": "page_views_7d",
    "retraining.now": True,
    "retraining.recommended.name": "two-weekly",
    "declared.rollout.start": datetime.date(2026, 10, 19),
    "calendar.next_retraining": datetime.date(2026, 10, 26),
    "calendar.valid_until": datetime.date(2027, 1, 11),
    "performance.rmse.previous": None,
}

Raw = float | str | bool | datetime.date | None | Mark | tuple[float, float, float]


def fact(id: str, value: Value, unit: str = "", *, low: float | None = None, high: float | None = None) -> Fact:
    reason = "not measured" if value is None else ""
    return Fact(id=id, value=value, unit=unit, low=low, high=high, range=SAMPLING, reason=reason)


def table(id: str, keys: str, rows: Iterable[Sequence[Raw]]) -> Table:
    """Under a key with a unit stand facts, a triple being a value and its interval; under one without stand texts."""
    heads = [key.partition(":")[::2] for key in keys.split()]
    cells = tuple(
        tuple(_cell(f"{id}.{name}", raw, unit) for (name, unit), raw in zip(heads, row, strict=True)) for row in rows
    )
    columns = tuple(Column(key=name, label=name, unit=unit) for name, unit in heads)
    return Table(id=id, title=id, columns=columns, rows=cells, reason="" if cells else f"nothing for {id}")


def _cell(id: str, raw: Raw, unit: str) -> Cell:
    if isinstance(raw, Mark):
        return raw
    if isinstance(raw, tuple):
        return fact(id, raw[0], unit, low=raw[1], high=raw[2])
    return fact(id, raw, unit) if unit else str(raw)


def shelved(results: Results) -> Results:
    """The results with what the rooms would have found, from the facts and the table of the daily error."""
    table, facts = results.tables.get("performance.daily"), dict(results.facts)
    for row in table.records if table else ():
        day = row["date"]
        assert isinstance(day, Fact)
        for key, cell in row.items():
            if isinstance(cell, Fact) and key != "date":
                id = f"performance.daily.{'rmse' if key == 'error' else key}.{day.value}"
                facts[id] = replace(cell, id=id)
    return replace(results, shelf=shelves.shelved(Evidence(facts=tuple(facts.values()))).shelf)


def empty(results: Results) -> Results:
    """The same results with every table empty."""
    tables = {id: replace(item, rows=(), reason=f"nothing for {id}") for id, item in results.tables.items()}
    return shelved(replace(results, tables=tables))


def only(results: Results, count: int) -> Results:
    """The same results with at most `count` rows a table."""
    tables = {id: replace(item, rows=item.rows[:count]) for id, item in results.tables.items()}
    return shelved(replace(results, tables=tables))


def with_tables(results: Results, *tables: Table) -> Results:
    return shelved(replace(results, tables={**results.tables, **{item.id: item for item in tables}}))


def without_facts(results: Results) -> Results:
    return shelved(replace(results, facts={}, alerts=()))


def facts() -> dict[str, Fact]:
    found = {id: fact(id, value) for id, value in NAMED.items()}
    for line in FACTS.split("\n")[1:-1]:
        id, unit, *texts = line.split()
        value, low, high = [*map(float, texts), None, None][:3]
        whole = int(value) if value is not None and unit in {"count", "rows", "days"} else value
        found[id] = fact(id, whole, unit, low=low, high=high)
    return found


def results(tables: Iterable[Table]) -> Results:
    header = Header(
        project="techmart",
        title="TechMart pricing",
        model="ridge",
        version="2.0.0",
        as_of=TODAY,
        currency="USD",
        simulated=True,
        classification="internal",
        inputs=(),
        digest="0" * 64,
        tool="0.1.0",
    )
    return shelved(
        Results(
            header=header,
            verdict="proceed_with_conditions",
            facts=facts(),
            tables={item.id: item for item in tables},
            findings=(),
            gates=(),
            alerts=(_alert(("yellow", 9.5), ("red", 10.0)),),
            triggers=(),
        )
    )


def _alert(*levels: tuple[str, float]) -> Alert:
    return Alert(
        id="rmse",
        kind="alert",
        title="RMSE",
        metric="rmse",
        series="model_rule_value",
        aggregation="root of the mean squared error",
        scope="none",
        version="1",
        window_days=1,
        closing="",
        lag=None,
        minimum_n=None,
        repeats=1,
        recovery=1,
        levels=tuple(_level(*level) for level in levels),
    )


def _level(level: str, at: float) -> AlertLevel:
    unknown = Fact(id=f"alerts.rmse.{level}.unknown", value=None, reason="not told")
    return AlertLevel(
        name=f"rmse-{level}",
        level=level,
        operator=">",
        bound=fact(f"alerts.rmse.{level}", at, "money"),
        severity="P1",
        receiver="#alerts",
        false_messages=unknown,
        visible_change=unknown,
        delay=unknown,
        fired_on=(),
        fires=False,
        since=None,
        anchor="rmse",
        runbook_url="rollback-runbook.html#rmse",
        evidence=(),
    )


def days(count: int) -> list[datetime.date]:
    return [START + datetime.timedelta(days=index) for index in range(count)]


def daily(values: Iterable[float]) -> Table:
    values = list(values)
    rows = [
        (day, 500, (value, value - 0.5, value + 0.6), value * 0.7, -1.0)
        for day, value in zip(days(len(values)), values, strict=True)
    ]
    return table("performance.daily", "date:date rows:rows error:money mae:money bias:money", rows)


def segments(names: Iterable[tuple[str, str]]) -> Table:
    watch = Mark(status="watch", word="watch")
    sizes = [(*name, 7.6 + 6.4 * 0.86**index, 1500 - 3 * index) for index, name in enumerate(names)]
    rows = [
        (segment, level, n, (rmse, rmse - 0.7, rmse + 0.8), rmse, 0.1, -1.0, 0.1, watch)
        for segment, level, rmse, n in sizes
    ]
    keys = "segment level rows:rows error:money shrunk:money ratio:change bias:money excess:share status"
    return table("segments.all", keys, rows)


def drift(rows: Iterable[tuple[str, float | None, float | None]]) -> Table:
    ok, severe = Mark(status="ok", word="ok"), Mark(status="severe", word="severe")
    return table(
        "drift.all",
        "feature kind mean_change:change sd_change:change declared severity",
        (
            (name, "numeric", mean, sd, severe if abs(mean or 0) > 0.2 or abs(sd or 0) > 0.3 else ok, ok)
            for name, mean, sd in rows
        ),
    )


def heat(names: Sequence[str], count: int, seed: int = 7) -> Table:
    random = np.random.default_rng(seed)
    peaks = random.permutation(np.linspace(1.6, -1.2, len(names)))
    noise = random.normal(0, 0.06, (len(names), count))
    rows = [
        (
            name,
            *(
                None if (day, index) == (7, 3) else float(peaks[index] * day / count + noise[index, day])
                for day in range(count)
            ),
        )
        for index, name in enumerate(names)
    ]
    return table("drift.heat", "feature " + " ".join(f"{day}:sd" for day in days(count)), rows)


def causes(rows: Iterable[tuple[str, float]]) -> Table:
    return table("causes.waterfall", "step value:money", rows)


def missing(rows: Iterable[tuple[str, float | None, float]]) -> Table:
    watch = Mark(status="watch", word="watch")
    return table(
        "missing.all",
        "feature reference:share production:share increase:points flag status",
        ((name, before, now, now - (before or 0.0), "", watch) for name, before, now in rows),
    )


def risks(rows: Iterable[tuple[str, str, int, int]]) -> Table:
    return table(
        "risks.register",
        "id title likelihood:count impact:count score:count mitigation owner",
        ((id, title, likelihood, impact, likelihood * impact, "", "") for id, title, likelihood, impact in rows),
    )


def options(rows: Iterable[tuple[str, float, float]]) -> Table:
    return table("retraining.options", "option interval:days total:money", rows)


def curve(cost: float) -> Table:
    rows = []
    for place in range(20):
        every = 3.0 * 1.25**place
        runs, ageing = 365 * cost / every, 365 * 0.4 * every / 2
        rows.append((every, runs, ageing, (runs + ageing, runs + 0.5 * ageing, runs + 1.5 * ageing)))
    return table("retraining.curve", "interval:days runs:money staleness:money total:money", rows)


def decay(rises: Iterable[float]) -> Table:
    rows = [(age, rise, (0.03 * age, 0.01 * age, 0.05 * age), 20) for age, rise in enumerate(rises)]
    return table("retraining.decay_curve", "age:days measured:money fitted:money days:count", rows)


def ladder(rows: Iterable[tuple[str, float]]) -> Table:
    return table("ladder.headline", "step value:money change source", ((name, at, "", "declared") for name, at in rows))


def calendar(activities: Iterable[tuple[str, int, int]]) -> Table:
    rows = [
        (TODAY + datetime.timedelta(days=day), name, "", "", "", "")
        for name, every, first in activities
        for day in range(first, 365, every)
    ]
    return table("calendar.dates", "date:date activity owner deputy duration note", rows)
