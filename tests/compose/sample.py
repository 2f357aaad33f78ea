"""A build's results as they look in life, small: facts, tables, findings, gates and one drawing."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from generator.compose import compose
from generator.records import places
from generator.records.decision import Alert, AlertLevel, Gate, JudgedTrigger
from generator.records.document import Document, DocumentKind
from generator.records.evidence import Claim, Finding, Scope
from generator.records.fact import SAMPLING, Fact, missing
from generator.records.figure import Drawing, Figure
from generator.records.results import Header, Input, Results
from generator.records.table import Column, Mark, Table

KIND = DocumentKind(id="sample", code="SAM", title="Sample report", audience="tests")
SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 480 150" width="480pt"
 height="150pt"><defs><clipPath id="clip"><rect x="0" y="0" width="480" height="150"/></clipPath></defs>
<g clip-path="url(#clip)" font-family="Source Sans Pro" font-size="10">
<path d="M40 120H470" stroke="#e4e9ed" fill="none"/>
<path d="M40 80H470" stroke="#e4e9ed" fill="none"/><path d="M40 40H470" stroke="#e4e9ed" fill="none"/>
<path d="M40 110L90 104L140 108L190 92L240 96L290 70L340 66L390 48L440 42L470 30" stroke="#1f5673" fill="none"
 stroke-width="2"/><path d="M40 60H470" stroke="#b3261e" stroke-dasharray="4 3" fill="none"/>
<text x="44" y="55" fill="#b3261e">red limit</text><text x="400" y="26" fill="#1f5673">RMSE</text>
<text x="8" y="123" fill="#52606d">16</text><text x="8" y="43" fill="#52606d">24</text>
<text x="200" y="143" fill="#52606d">day of prediction</text></g></svg>"""
SHA = "9f2c1c0d7f0b5e3a48d16c7b2f90ad1e5c3b8a7d6e4f1029384756afbecd0123"


def fact(id: str, value: float | int | str | bool | datetime.date, label: str, unit: str = "", **rest) -> Fact:
    """Return a fact with a method and a source."""
    rest = {"method": "mean over labelled rows", "source": "production.parquet"} | rest
    if "low" in rest:
        rest = {"range": SAMPLING} | rest
    return Fact(id=id, value=value, label=label, unit=unit, **rest)


FACTS = (
    fact(
        "performance.rmse.validation",
        18.2,
        "RMSE, validation",
        "money",
        n=12000,
        origin="declared",
        source="dossier.yaml:41",
    ),
    fact("performance.rmse.production", 21.374, "RMSE, production", "money", low=20.1, high=22.7, n=14820),
    fact("performance.rmse.change", 0.1744, "Change of RMSE", "change", low=0.104, high=0.247, n=14820),
    missing(
        "performance.rmse.previous",
        "no previous model was provided",
        label="RMSE of the previous model",
        unit="money",
    ),
    fact("performance.mae.production", 15.02, "MAE, production", "money", low=14.6, high=15.5, n=14820),
    fact(
        "business.value_at_stake",
        184200.0,
        "Value at stake a month",
        "money",
        low=121000.0,
        high=246000.0,
        origin="derived",
        n=2000,
    ),
    fact("business.roi", 2.31, "Return on investment", "", low=1.2, high=3.4, origin="derived"),
    fact("services.availability", 0.9987, "Availability", "share", origin="declared"),
    fact("services.p95", 84.0, "Latency, p95", "ms", low=80.0, high=89.0, n=5000),
    fact("errors.above_30", 0.0613, "Errors above the limit", "share", low=0.0571, high=0.0655, n=14820),
    fact("rollback.ready", True, "Rollback is ready"),
    fact(
        "declared.purpose",
        "Set a price for every room and night | so that <revenue> rises",
        "Purpose",
        origin="declared",
    ),
    fact("declared.memo.to", "Operations committee", "To", origin="declared"),
    fact("declared.memo.sender", "Pricing team", "From", origin="declared"),
    fact("declared.decide_by", datetime.date(2025, 4, 7), "Decide by", "date", origin="declared"),
    fact("declared.command", "deployctl rollback pricing --to 1.9.2 \\\n  --confirm", "Command", origin="declared"),
    fact("retraining.every", 30, "Retraining every", "days", origin="derived"),
)
SEGMENT_COLUMNS = (
    Column(key="segment", label="Segment"),
    Column(key="n", label="Rows"),
    Column(key="rmse", label="RMSE"),
    Column(key="change", label="Change"),
    Column(key="status", label="Status"),
    Column(key="note", label="What stands out", wide=True),
)


def segments(count: int = 24) -> Table:
    """Return a table of segments with intervals, a gap and marks."""
    rows = []
    for index in range(count):
        id = f"segments.city.level{index}"
        change: Fact = fact(
            f"{id}.change",
            0.31 - index * 0.021,
            "Change",
            "change",
            low=0.28 - index * 0.021,
            high=0.34 - index * 0.021,
        )
        if index == 3:
            change = missing(f"{id}.change", "fewer than thirty labelled rows", unit="change")
        status = (
            Mark(status="severe", word="severe")
            if index < 2
            else Mark(status="watch", word="watch")
            if index < 6
            else Mark(status="ok", word="ok")
        )
        rows.append(
            (
                f"level {index}",
                fact(f"{id}.n", 4200 - 131 * index, "Rows", "rows"),
                fact(
                    f"{id}.rmse",
                    31.2 - index * 0.53,
                    "RMSE",
                    "money",
                    low=30.0 - index * 0.53,
                    high=32.4 - index * 0.53,
                ),
                change,
                status,
                ("prices of weekends miss by ", fact(f"{id}.miss", 0.12, "Miss", "share"), " of the median"),
            )
        )
    return Table(
        id="segments.city",
        title="Error by city",
        columns=SEGMENT_COLUMNS,
        rows=tuple(rows),
        note=("Segments below ", fact("segments.minimum", 30, "Least rows", "rows"), " are not shown."),
    )


def scorecard() -> Table:
    """Return criteria with targets, actuals and verdicts."""
    facts = {each.id: each for each in FACTS}
    columns = (
        Column(key="criterion", label="Criterion", wide=True),
        Column(key="target", label="Target"),
        Column(key="actual", label="Actual"),
        Column(key="verdict", label="Verdict"),
        Column(key="evidence", label="Evidence"),
    )
    rows = (
        (
            "Overall performance",
            ("at most ", facts["performance.rmse.validation"]),
            facts["performance.rmse.production"],
            Mark(status="fail", word="fail"),
            "performance.rmse.production",
        ),
        (
            "Return on investment",
            ("above one",),
            facts["business.roi"],
            Mark(status="pass", word="pass"),
            "business.roi",
        ),
        (
            "Latency and availability",
            ("service level",),
            facts["services.p95"],
            Mark(status="pass", word="pass"),
            "services.p95",
        ),
        (
            "Performance against the previous model",
            ("no worse",),
            facts["performance.rmse.previous"],
            Mark(status="inconclusive", word="inconclusive"),
            "performance.rmse.previous",
        ),
        ("Large errors", ("few",), facts["errors.above_30"], Mark(status="watch", word="watch"), "errors.above_30"),
    )
    return Table(id="scorecard", title="Scorecard", columns=columns, rows=rows)


def steps() -> Table:
    """Return two steps of a runbook."""
    keys = ("title", "actor", "command", "expected", "minutes", "check", "if_it_fails", "warning")
    labels = ("Title", "Actor", "Command", "Expected output", "Time", "Check", "If it fails", "Warning")
    rows = (
        (
            "Stop the rollout",
            "on call",
            "rolloutctl pause pricing",
            "paused",
            fact("steps_.a", 2, "Time", "minutes"),
            ("traffic is constant",),
            ("call the platform team",),
            (),
        ),
        (
            "Switch to the previous model",
            "on call",
            "deployctl rollback pricing \\\n  --to 1.9.2",
            "1.9.2 serves all traffic",
            fact("steps_.b", 5, "Time", "minutes"),
            ("golden requests agree",),
            ("serve the rules",),
            "point of no return",
        ),
    )
    return Table(
        id="runbook.steps",
        title="Steps",
        rows=rows,
        columns=tuple(Column(key=key, label=label) for key, label in zip(keys, labels, strict=True)),
    )


def people() -> Table:
    """Return two approvers."""
    columns = (Column(key="role", label="Role"), Column(key="name", label="Name"))
    return Table(
        id="declared.people.approvers",
        title="Approvers",
        columns=columns,
        rows=(("Head of pricing", "A. Okafor"), ("Platform owner", ())),
    )


def empty() -> Table:
    """Return a table that has no rows, and says why."""
    return Table(
        id="retraining.history",
        title="Retraining history",
        columns=(Column(key="version", label="Version"),),
        rows=(),
        reason="no earlier retraining is declared",
    )


def header(simulated: bool = True) -> Header:
    """Return the header of the build."""
    return Header(
        project="hotel",
        title="Hotel pricing",
        model="elastic net",
        version="2.1.0",
        as_of=datetime.date(2025, 3, 31),
        currency="USD",
        simulated=simulated,
        classification="internal",
        digest=SHA,
        tool="deployment-dossier 0.1.0",
        inputs=(
            Input(role="production", name="production.parquet", sha256=SHA, rows=15000),
            Input(role="project file", name="dossier.yaml", sha256=SHA[::-1]),
        ),
    )


def results(*tables: Table) -> Results:
    """Return the results of a build, with further tables."""
    facts = {each.id: each for each in FACTS}
    rmse = facts["performance.rmse.production"]
    every = (segments(), scorecard(), steps(), people(), empty(), *tables)
    return Results(
        header=header(),
        verdict="proceed_with_conditions",
        facts=facts,
        tables={each.id: each for each in every},
        findings=(
            Finding(
                id="finding.rmse",
                kind="performance",
                severity="severe",
                subject="RMSE",
                words=("RMSE is ", rmse, " in production."),
                claim=Claim(what="rmse", relation="above", value=rmse),
                evidence=(rmse.id,),
            ),
            Finding(
                id="finding.segment",
                kind="segment",
                severity="confirmed",
                subject="city",
                words=("Two cities carry most of the loss.",),
                claim=Claim(what="rmse", relation="holds", value=None, scope=Scope(segment="city")),
                evidence=("segments.city.level0.rmse",),
            ),
        ),
        gates=(
            Gate(
                id="gate.rmse",
                title="Overall performance",
                hard=True,
                verdict="inconclusive",
                value=rmse,
                bound=fact("gates.rmse.bound", 21.0, "Bound", "money", origin="declared"),
                why=("the team's own limit",),
                remedy=("more labels",),
                evidence=(rmse.id,),
            ),
        ),
        alerts=(
            Alert(
                id="rmse",
                metric="rmse",
                title="RMSE",
                kind="alert",
                series="model_rule_value",
                aggregation="root of the mean squared error",
                scope="none",
                version="1",
                closing="",
                lag=None,
                window_days=7,
                repeats=2,
                recovery=2,
                minimum_n=500,
                levels=(
                    AlertLevel(
                        name="rmse-red",
                        level="red",
                        operator=">",
                        bound=fact("alerts.rmse.red.threshold", 24.0, "Red", "money"),
                        severity="P1",
                        receiver="#alerts",
                        false_messages=fact("alerts.rmse.red.false_alarms_per_month", 0.1, "False alarms"),
                        visible_change=fact("alerts.rmse.red.smallest_visible", 0.2, "Smallest change"),
                        delay=fact("alerts.rmse.red.delay", 2.0, "Delay", "days"),
                        fired_on=(),
                        fires=False,
                        since=None,
                        anchor="alert-rmse",
                        runbook_url="rollback-runbook.html#alert-rmse",
                        evidence=(rmse.id,),
                    ),
                ),
            ),
        ),
        triggers=(
            JudgedTrigger(
                id="rmse",
                kind="retraining",
                metric="rmse",
                operator=">",
                threshold=fact("triggers.rmse.threshold", 22.0, "Threshold", "money"),
                fired=fact("triggers.rmse.fired", False, "Fired"),
                evidence=(rmse.id,),
            ),
        ),
    )


def draw(_: Results) -> Drawing:
    """Return a small drawing."""
    return Drawing(svg=SVG, alt=("RMSE rises and crosses the red limit, ending at ", FACTS[1], "."))


FIGURES = (Figure(id="daily_error", title="Daily error", draw=draw),)


TEMPLATES = Path(__file__).parent / "templates"


@contextmanager
def templates_at(folder: Path) -> Iterator[None]:
    """Let `compose` find its templates in `folder`."""
    with mock.patch.object(places, "templates", lambda: folder):
        yield


def sample(**changes) -> Document:
    """Return the sample, composed."""
    with templates_at(TEMPLATES):
        return compose(changes.pop("results", results()), KIND, FIGURES, **changes)


def composed(folder: Path, source: str, found: Results | None = None) -> Document:
    """Return what a template of this text makes of the results."""
    path = folder / "documents" / f"{KIND.id}.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    with templates_at(folder):
        return compose(found or results(), KIND, FIGURES)
