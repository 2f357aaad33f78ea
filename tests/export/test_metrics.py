"""`dossier metrics`: every name that a rule reads, the bundle's own numbers of the same day, closed days alone."""

import datetime
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from generator import pipeline
from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.export import metrics
from generator.load import load
from generator.records.fact import Fact
from generator.records.gauges import ASKED, GAUGES, OUTAGE
from generator.records.results import Results
from generator.records.table import Mark
from tests.bundles import in_markdown
from tests.export.test_prometheus import content, rules_in
from tests.worlds.axes import World
from tests.worlds.world import project, silent

ROOT = Path(__file__).resolve().parents[2]
CASES = ("techmart", "leadscore", "churn")
SAMPLE = re.compile(r"(\w+)\{(.*)\} (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
NAME = re.compile(r"\b([a-z][\w:]*)\{(?=model)")
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    """Return what a text file says, by name and labels."""
    found: Samples = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match, line
            key = match[1], frozenset(LABEL.findall(match[2]))
            assert key not in found
            found[key] = float(match[3])
    return found


def named(found: Samples, name: str, label: str = "rule") -> dict[str, float]:
    """Return the samples of a name by one of their labels."""
    return {dict(labels)[label]: value for (each, labels), value in found.items() if each == name}


@pytest.fixture(params=CASES)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


def test_promtool_has_nothing_to_say(bundle: Path) -> None:
    text = (bundle / "prometheus" / "metrics.prom").read_bytes()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_every_name_that_a_rule_or_a_sheet_reads_is_exposed(bundle: Path) -> None:
    text = (bundle / "prometheus" / "metrics.prom").read_text()
    exposed = {name for name, _ in samples(text)}
    document = (bundle / "monitoring.md").read_text()
    every = content(bundle / "prometheus" / "rules.yml")["groups"][0]["rules"]
    recorded = {rule["record"] for rule in every if "record" in rule}
    counters = set(re.findall(r"^\| `([\w:]+)\{", document, re.MULTILINE))
    own = [rule for rule in every if "record" in rule and rule["record"] != ASKED]
    made_of = {name for rule in own for name in re.findall(r"([\w:]+)\{", rule["expr"])}
    assert made_of == {"model_rule_fires"} | counters
    read = set(NAME.findall(json.dumps([(r["expr"], r["annotations"]) for r in rules_in(bundle / "prometheus")])))
    assert recorded <= read <= exposed | recorded
    assert set(re.findall(r"\bmodel_\w+(?=\{)", document)) <= exposed
    assert exposed == {gauge.name for gauge in GAUGES}
    for (name, labels), _ in samples(text).items():
        assert {key for key, _ in labels} <= set(next(one for one in GAUGES if one.name == name).labels)
        assert f"`{name}`" in document
    assert all(f"# HELP {name} " in text and f"# TYPE {name} gauge\n" in text for name in exposed)


def test_the_values_are_those_of_the_bundle(bundle: Path) -> None:
    results = read_results((bundle / "results.json").read_bytes())
    found = samples((bundle / "prometheus" / "metrics.prom").read_text())
    values = named(found, "model_rule_value")
    assert values.pop(OUTAGE) < 0.5
    current = {
        str(row["id"]): row["current"].value
        for id in ("alerts.sheets", "alerts.further")
        for row in results.tables[id].records
        if isinstance(row["current"], Fact) and row["measured"]
    }
    assert values == current and len(values) >= 5
    fires = {
        (dict(labels)["rule"], dict(labels)["level"]) for (name, labels), n in found.items() if n and "fires" in name
    }
    marks = {str(row["id"]): row["status"] for row in results.tables["alerts.build"].records}
    firing = {id for id, mark in marks.items() if isinstance(mark, Mark) and mark.word == "firing now"}
    assert {rule for rule, _ in fires} >= firing and all(rule in values for rule, _ in fires)


def cut(results: Results, day: datetime.date) -> Results:
    """Return the results as if the days after this one had not come."""
    tables = {id: results.tables[id] for id in ("alerts.values", "alerts.sources")}
    for id, table in tables.items():
        pairs = zip(table.rows, table.records, strict=True)
        rows = tuple(row for row, one in pairs if str(one["date"]) <= day.isoformat())
        tables[id] = replace(table, rows=rows)
    return replace(results, tables={**results.tables, **tables})


def test_rows_up_to_a_day_give_the_values_that_the_bundle_states_of_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    results = read_results((in_markdown(tmp_path_factory, "techmart") / "results.json").read_bytes())
    day = datetime.date(2026, 10, 3)
    now = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    file = Path(__file__).resolve().parents[2] / "data" / "techmart" / "dossier.yaml"
    found = samples(pipeline.metrics(file, CATALOG, now, day, silent).decode())
    stated = samples(metrics.exposition(cut(results, day), None).decode())
    of_rules = [key for key in stated if key[0].startswith("model_rule_") and "run" not in key[0]]
    assert len(of_rules) > 20
    assert {key: found[key] for key in of_rules} == pytest.approx({key: stated[key] for key in of_rules}, rel=1e-10)
    ends = {value for (name, _), value in found.items() if "day_end" in name or "run" in name}
    assert ends == {datetime.datetime(2026, 10, 4, 5, tzinfo=datetime.UTC).timestamp()}, "midnight of Chicago"


def small(folder: Path, **more: Any) -> Path:
    """Return a project file of two rules, without a runbook, a channel or anything else."""
    source = project(World(seed=3)) / "dossier.yaml"
    rules = [{"id": "error", "metric": "rmse", "yellow": 0.1}, {"id": "rows", "metric": "rows", "yellow": 5} | more]
    plain = yaml.safe_load(source.read_text()) | {"alerts": {"rules": rules}}
    for each in source.parent.iterdir():
        (folder / each.name).symlink_to(each)
    (folder / "dossier.yaml").unlink()
    (folder / "dossier.yaml").write_text(yaml.safe_dump(plain))
    return folder / "dossier.yaml"


def test_of_the_day_it_runs_on_nothing_is_told(tmp_path: Path) -> None:
    file = small(tmp_path)
    newest = pipeline.judge(file, CATALOG.for_metrics(), None, silent).header.as_of
    noon = datetime.datetime.combine(newest, datetime.time(12), datetime.UTC)
    for now, day in ((noon, newest), (noon + datetime.timedelta(days=1), newest + datetime.timedelta(days=1))):
        found = samples(pipeline.metrics(file, CATALOG, now, None, silent).decode())
        midnight = datetime.datetime.combine(day, datetime.time(), datetime.UTC).timestamp()
        assert set(named(found, "model_rule_day_end_timestamp_seconds").values()) == {midnight}
        assert set(named(found, "model_predictions_day_end_timestamp_seconds", "model").values()) == {midnight}
        assert set(named(found, "model_rule_run_timestamp_seconds", "model").values()) == {now.timestamp()}


def test_with_too_few_rows_neither_the_value_nor_a_level_is_told(tmp_path: Path) -> None:
    file = small(tmp_path, minimum_n=10**6)
    now = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    found = samples(pipeline.metrics(file, CATALOG, now, None, silent).decode())
    for name in ("model_rule_value", "model_rule_fires"):
        assert set(named(found, name)) == {"error"}
    assert set(named(found, "model_rule_rows")) == {"error", "rows"}


def test_the_stated_days_of_rows_are_enough(bundle: Path, tmp_path: Path) -> None:
    """What the specification tells the daily job to give gives the numbers of all rows."""
    results, case = read_results((bundle / "results.json").read_bytes()), ROOT / "data" / bundle.name
    days, last = results.facts["alerts.days_needed"].value, results.header.as_of
    assert isinstance(days, int)
    rows = pd.read_csv(case / "production_simulation.csv", dtype=str, keep_default_na=False)
    column = load(case).settings.data.time
    rows[pd.to_datetime(rows[column]) >= pd.Timestamp(last) - pd.Timedelta(days=days - 1)].to_csv(
        tmp_path / "rows.csv", index=False
    )
    changes = (f"data.production={tmp_path / 'rows.csv'}",)
    now = datetime.datetime.now(datetime.UTC)
    content = pipeline.metrics(case, CATALOG, now, last, silent, changes=changes)
    whole = samples((bundle / "prometheus" / "metrics.prom").read_text())
    assert samples(content.decode()) == pytest.approx(whole, rel=1e-9)
