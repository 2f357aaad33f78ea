"""Small projects and evidence, made by hand: nothing declared at all, and the numbers of the pricing case."""

import datetime
from dataclasses import replace
from typing import Any

from generator.load.linked import linked
from generator.records import project as p
from generator.records.decision import Decision, Decisions, join
from generator.records.evidence import Claim, Evidence, Finding
from generator.records.fact import SAMPLING, Fact, Sentence
from generator.records.table import Cell, Column, Mark, Table
from generator.subjects.kit.facts import complete
from tests.subjects.shelves import shelved

START = datetime.date(2026, 3, 1)
DAYS = tuple(START + datetime.timedelta(days=day) for day in range(30))
COURSE = [8.5] * 10 + [9.2] * 10 + [10.5] * 10
NOTHING = shelved(Evidence())
BEFORE = Decisions()


EVENING = "18:00:00+00"
"""A time at which it is the same day nearly everywhere, and the day before is closed."""


def at_time(sql: str, moment: str) -> str:
    """Return a statement that runs at this moment."""
    return sql.replace("now()", f"TIMESTAMPTZ '{moment}'")


def watch(base: Any, version: str, predictions: str = "predictions") -> None:
    """Make the view that names the version watched."""
    base.execute(f"CREATE OR REPLACE VIEW {predictions}_watched AS SELECT '{version}' AS model_version")


def found(
    *, facts: tuple[Fact, ...] = (), tables: tuple[Table, ...] = (), findings: tuple[Finding, ...] = ()
) -> Evidence:
    """Return evidence with the results that its facts are printed from."""
    return shelved(Evidence(facts=facts, tables=tables, findings=findings))


def project(**settings: Any) -> p.Project:
    """Return a project of which only the given keys are declared."""
    declared = {
        "project": p.About(name="pricing", owner="model owner"),
        "model": p.Model(name="ridge", version="2"),
        "data": p.Data(production="rows.csv", target="price", target_unit="USD"),
        **settings,
    }
    lines = {"objectives": 3, "alerts.rules.0.yellow": 40, "policies.drift.severe_mean_change": 50}
    return p.Project(
        settings=linked(p.Settings(**declared))[0], folder="/nowhere", file="dossier.yaml", lines=lines, sha256="0"
    )


def fact(id: str, value: float | str | bool | datetime.date | None, **more: Any) -> Fact:
    """Return a fact; one without value says that it was not measured."""
    more = {"range": SAMPLING} | more if "low" in more else more
    return Fact(id=id, value=value, reason="" if value is not None else "not measured", **more)


def table(id: str, keys: str, *rows: tuple[Cell, ...]) -> Table:
    """Return a table with the columns named in `keys`."""
    columns = tuple(Column(key=key, label=key) for key in keys.split())
    return Table(id=id, title=id, columns=columns, rows=rows, reason="" if rows else "nothing")


def daily(id: str, keys: str, *values: float) -> Table:
    """Return a table with the same values on each of the thirty days."""
    names = keys.split()
    rows: list[tuple[Cell, ...]] = [
        (day.isoformat(), *(fact(f"{id}.{name}.{day}", value) for name, value in zip(names, values, strict=True)))
        for day in DAYS
    ]
    return table(id, f"date {keys}", *rows)


def finding(kind: str, subject: str, severity: Any = "confirmed", evidence: tuple[str, ...] = ()) -> Finding:
    """Return a finding."""
    return Finding(
        id=f"{kind}.{subject}",
        kind=kind,
        severity=severity,
        subject=subject,
        words=(f"{kind} {subject}",),
        claim=Claim(what=kind, relation="holds", value=None),
        evidence=evidence,
    )


OBJECTIVES = p.Objectives(
    metrics=(
        p.Objective(metric="rmse", validation=8.20, n=4500, expected_low=8.0, expected_high=9.0, acceptable=10.0),
        p.Objective(metric="mae", validation=6.2),
    )
)
POLICIES = p.Policies(
    drift=p.DriftPolicy(severe_mean_change=0.20, severe_sd_change=0.30, yellow_mean_change=0.25),
    missing=p.MissingPolicy(flag_points=0.10, red=0.15),
)
LEVELS = (
    p.Level(name="green"),
    p.Level(name="yellow", severity="P3", respond_within_hours=4, action="investigate"),
    p.Level(name="red", severity="P1", respond_within_hours=1, escalation="on call"),
)
ERROR_RULE = p.Rule(id="rmse", metric="rmse", yellow=9.5, red=10.0)
DRIFT_RULE = p.Rule(id="shift", metric="mean_change", features="each", yellow=0.25)
ALERTS = p.Alerts(levels=LEVELS, rules=(ERROR_RULE, DRIFT_RULE), rows_per_day=(500, 17), escalation=("owner", "head"))
RETRAINING = p.Retraining(
    run=p.Run(people_hours=2, hourly_rate=150, compute_minutes=30, compute_cost=50),
    options=(
        p.Option(id="weekly", title="Weekly", every_days=7, stated_cost_per_year=10_400),
        p.Option(id="monthly", title="Monthly", every_days=30, stated_cost_per_year=2_600),
        p.Option(id="triggered", title="Triggered only"),
    ),
    chosen="monthly",
    triggers=(p.Trigger(id="error", metric="rmse", threshold=0.15, relative_to="validation"),),
    owner="data scientist",
)
ROLLBACK = p.Rollback(
    restore_minutes=15,
    decides="on-call lead",
    last_drill=datetime.date(2026, 2, 20),
    drill_every="quarterly",
    steps=(p.Step(title="switch", minutes=5),),
    conditions=(
        p.Condition(id="ratio", metric="rmse", threshold=0.05, relative_to="previous", traffic=0.10),
        p.Condition(id="noise", metric="alerts_per_day", threshold=10),
    ),
)


def pricing(**settings: Any) -> p.Project:
    """Return the pricing case with everything that its contradictions need."""
    declared = {
        "objectives": OBJECTIVES,
        "policies": POLICIES,
        "alerts": ALERTS,
        "retraining": RETRAINING,
        "rollback": ROLLBACK,
        "people": p.People(roles=(p.Person(role="On-call engineer", pager="1"),)),
        "business": p.Business(loss_per_unit_error=0.02),
        "model": p.Model(name="ridge", version="2", previous=p.Previous(version="1", path="old.skops")),
    }
    return project(**{**declared, **settings})


def through(project: p.Project, evidence: Evidence, earlier: Decisions, *decisions: Decision) -> Decisions:
    """Return what was decided before, and what decisions decide on it one after the other."""
    for one in decisions:
        earlier = join((earlier, complete(one.run(project, evidence, earlier), set())))
    return earlier


FEATURES = tuple(f"feature_{number}" for number in range(14))


STATED = (
    fact("performance.rmse.validation", 8.20, unit="money"),
    fact("performance.rmse.expected_low", 8.0, unit="money"),
    fact("performance.rmse.expected_high", 9.0, unit="money"),
    fact("performance.rmse.acceptable", 10.0, unit="money"),
    fact("performance.mae.validation", 6.2, unit="money"),
)
UNMEASURED = shelved(Evidence(facts=STATED))


def unstated() -> Evidence:
    """Return the evidence without what the project file has to state."""
    names = {one.id for one in STATED}
    whole = evidence()
    return found(
        facts=tuple(one for one in whole.facts if one.id not in names), tables=whole.tables, findings=whole.findings
    )


def evidence(*extra: Fact, tables: tuple[Table, ...] = (), findings: tuple[Finding, ...] = ()) -> Evidence:
    """Return what the analyses find in the pricing case; extra facts and tables come last and win."""
    return found(
        facts=(*STATED, *_performance(), *_data(), *_drift(), *extra),
        tables=(*_tables(), *tables),
        findings=(finding("drift", "feature_0", "severe", ("drift.feature_0.mean_change",)), *findings),
    )


def spaced(whole: Evidence, step: int) -> Evidence:
    """Return evidence with so many days between one day with data and the next."""
    spread = ((START + datetime.timedelta(days=step * place)).isoformat() for place in range(len(DAYS)))
    moved = dict(zip((day.isoformat() for day in DAYS), spread, strict=True))
    facts = (
        replace(one, id=".".join([*one.id.split(".")[:-1], moved.get(one.id.split(".")[-1], one.id.split(".")[-1])]))
        for one in whole.facts
    )
    tables = (
        replace(one, rows=tuple((moved.get(str(row[0]), row[0]), *row[1:]) for row in one.rows)) for one in whole.tables
    )
    own = fact("data.production.step", step)
    return found(facts=(*facts, own), tables=tuple(tables), findings=whole.findings)


def ageing(scale: float, se: float, *, how: str = "backtest", visible: bool = True) -> tuple[Fact, ...]:
    """Return what the analysis of ageing finds: mean squared error grows by `scale` a day of age."""
    gains = (
        fact(f"retraining.ladder.{name}.gain", gain, low=gain - 1, high=gain + 1)
        for name, gain in (("intercept", 0.2), ("slope", -0.1), ("refit", 9.0))
    )
    return (
        fact("retraining.decay.scale", scale),
        fact("retraining.decay.se", se),
        fact("retraining.decay.df", 5.0),
        fact("retraining.decay.shape", "linear"),
        fact("retraining.decay.parameter", 1.0),
        fact("retraining.decay.visible", visible),
        fact("retraining.decay.window", 5, unit="days"),
        fact("retraining.decay.oldest", 10, unit="days"),
        fact("retraining.decay.method", how),
        *(fact(f"retraining.decay.by_{name}", name == how) for name in ("backtest", "versions", "course")),
        *gains,
    )


def _performance() -> tuple[Fact, ...]:
    error = {"unit": "money", "n": 15_000}
    days = (
        fact(f"performance.daily.{name}.{day.isoformat()}", value, unit="money")
        for day, rmse in zip(DAYS, COURSE, strict=True)
        for name, value in (("rmse", rmse), ("mae", rmse * 0.75), ("bias", 0.1), ("rows", 500.0))
    )
    return (
        fact("performance.rmse.kurtosis", 5.0),
        fact("performance.rmse.production", 9.44, low=9.1, high=9.8, **error),
        fact("performance.mae.production", 7.05, low=6.9, high=7.2, **error),
        fact("performance.rmse.last_third", 10.5, low=9.8, high=11.2, unit="money", n=5_000),
        fact("performance.rmse.previous", 9.9, unit="money"),
        fact("performance.ratio.previous", 0.9535, low=0.93, high=0.98),
        *days,
    )


def _data() -> tuple[Fact, ...]:
    return (
        fact("data.production.rows", 15_000),
        fact("data.production.entities", 500),
        fact("data.production.per_day", 500.0),
        fact("data.production.days", 30),
        fact("data.production.start", DAYS[0]),
        fact("data.production.end", DAYS[-1]),
        fact("data.design_effect", 6.0),
        fact("previous.scored_rows", 15_000, unit="rows"),
    )


def _drift() -> tuple[Fact, ...]:
    changes = (fact(f"drift.{name}.mean_change", 0.38, unit="change") for name in FEATURES)
    return (
        *changes,
        fact("drift.count.declared_severe", 14),
        fact("drift.impact.total", 0.4, low=0.2, high=0.6),
        fact("missing.count.flagged", 3),
        fact("missing.overall.reference", 0.02),
    )


def _tables() -> tuple[Table, ...]:
    severe = Mark(status="severe", word="severe")
    drift = ((name, "numeric", severe) for name in FEATURES)
    moments = ((name, fact(f"m.{name}", 10.0), fact(f"s.{name}", 4.0)) for name in FEATURES)
    return (
        daily("drift.daily_mean_change", "each critical mean over", 0.40, 0.30, 0.22, 14.0),
        daily("missing.daily", "each critical mean increase", 0.14, 0.12, 0.12, 0.11),
        table("drift.all", "feature kind severity", *drift),
        table("drift.quantiles", "feature mean_reference sd_reference", *moments),
    )


def rows(decided: Decisions, id: str) -> list[dict[str, Cell]]:
    """Return the rows of a table by column key."""
    found = next(table for table in decided.tables if table.id == id)
    keys = [column.key for column in found.columns]
    return [dict(zip(keys, row, strict=True)) for row in found.rows]


def value(decided: Decisions, id: str) -> Any:
    """Return the value of a fact, wherever it stands."""
    return known(decided, id).value


def known(decided: Decisions, id: str) -> Fact:
    """Return a fact of a decision, also one that only a table shows."""
    return next(fact for fact in complete(decided, set()).facts if fact.id == id)


def plain(cell: Cell | Sentence) -> str:
    """Return a cell as text with its numbers rounded to two places."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Fact):
        return f"{cell.value:.2f}" if isinstance(cell.value, float) else f"{cell.value}"
    return cell.word if isinstance(cell, Mark) else "".join(map(plain, cell))
