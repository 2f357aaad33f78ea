"""`dossier contract check`: planted breaches are counted, and the counts are those of the feature specification."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from generator import pipeline
from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.cli import app
from generator.records.fact import Fact
from generator.records.results import Results
from generator.records.rules import OF_KEYS, FileCounts, rules_of
from generator.records.table import Cell
from generator.records.watch import unwatched
from tests.bundles import ROOT, in_markdown

ROWS, DAYS = 300_000, 30
PROJECT = """
project: {name: shop}
model: {name: orders, version: "1", format: column}
data:
  production: rows.csv
  reference: training.csv
  target: y
  prediction: p
  time: day
  features:
    - {name: amount, low: 0, high: 100, missing_alert: 0.1, missing_stop: 0.3, when_missing: refuse the row,
       when_out_of_range: reject the row}
    - {name: city, when_unseen: 'score, and count the row'}
    - {name: weight, missing_alert: 0.2}
objectives: {output_low: 0, output_high: 10}
"""


def sound(seed: int, rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.arange(rows) * DAYS // rows, unit="D")
    return pd.DataFrame(
        {
            "day": day.strftime("%Y-%m-%d"),
            "amount": rng.uniform(1, 99, rows).round(2),
            "city": rng.choice(["Graz", "Lviv", "Porto"], rows),
            "weight": rng.normal(5, 1, rows).round(3),
            "p": rng.uniform(1, 9, rows).round(3),
            "y": rng.uniform(1, 9, rows).round(3),
        }
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "dossier.yaml").write_text(PROJECT)
    sound(1, 3_000).to_csv(folder / "training.csv", index=False)
    sound(2, 3_000).to_csv(folder / "rows.csv", index=False)
    return folder


def planted() -> pd.DataFrame:
    """Return rows of which 123 and 77 lie beyond an end, 15 infinitely far, 45 are new, one day lacks four tenths."""
    rows = sound(3, ROWS)
    rows["amount"] = rows["amount"].astype(object)
    rows.loc[:122, "amount"] = 100.01
    rows.loc[200:276, "amount"] = -0.5
    rows.loc[:9, "amount"], rows.loc[200:204, "amount"] = np.inf, -np.inf
    rows.loc[100:144, "city"] = "Graz "
    rows.loc[20_000:23_999, "amount"] = np.nan
    rows.loc[50_000:50_006, "amount"] = "12 EUR?"
    rows.loc[60_000:62_499, "weight"] = np.nan
    rows.loc[70_000:70_008, "p"] = 10.5
    return rows


def checked(shop: Path, rows: pd.DataFrame, file: Path, *words: str) -> tuple[int, Any]:
    if file.suffix == ".parquet":
        rows.astype({"amount": float}).to_parquet(file)
    else:
        rows.to_csv(file, index=False)
    done = CliRunner().invoke(app, ["contract", "check", str(shop), str(file), "--json", "--quiet", *words])
    return done.exit_code, json.loads(done.stdout)


def counts(told: Mapping[str, Any]) -> dict[str, int | None]:
    return {rule["id"]: rule["broken"] for rule in told["rules"]}


def test_each_planted_breach_is_found_with_its_count(shop: Path, tmp_path: Path):
    code, told = checked(shop, planted(), tmp_path / "new.csv")
    assert code == 1 and (told["rows"], len(told["days"]), told["worst"]) == (ROWS, DAYS, "error")
    found = counts(told)
    outside = found.pop("FR-weight-range")
    assert found == {
        "FR-amount-range": 200,
        "FR-amount-missing": 4_007,
        "FR-amount-missing-alert": 1,
        "FR-amount-missing-stop": 1,
        "FR-city-levels": 45,
        "FR-weight-missing-alert": 1,
        "FR-output-range": 9,
    }
    assert outside == pytest.approx(0.01 * ROWS, rel=0.5)  # what training held: told, and nobody's promise
    assert told["unreadable"] == {"amount": 7}
    assert told["rejected"] == 200 + 4_007
    assert told["actions"] == {"refuse the row": 4_007, "reject the row": 200, "score, and count the row": 45}
    largest = {rule["id"]: rule["largest"] for rule in told["rules"] if rule["largest"] is not None}
    assert largest["FR-amount-missing-stop"] == pytest.approx(0.4) and largest["FR-weight-missing-alert"] == 0.25


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_that_keep_the_contract_pass(shop: Path, tmp_path: Path, form: str):
    code, told = checked(shop, sound(4, 20_000), tmp_path / f"new.{form}")
    assert (code, told["worst"]) == (0, None)
    assert [rule["id"] for rule in told["rules"] if rule["broken"]] == ["FR-weight-range"]
    assert next(rule for rule in told["rules"] if rule["id"] == "FR-weight-range")["severity"] == "info"


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("warning", 1), ("error", 0)])
def test_a_warning_refuses_no_row(shop: Path, tmp_path: Path, fail_on: str, code: int):
    rows = sound(5, 3_000)
    rows.loc[:9, "city"] = "Brno"
    ended, told = checked(shop, rows, tmp_path / "new.csv", "--fail-on", fail_on)
    assert (ended, told["worst"], told["rejected"]) == (code, "warning", 0)


def test_a_feature_left_out_is_missing_in_every_row(shop: Path, tmp_path: Path):
    code, told = checked(shop, sound(6, 3_000).drop(columns=["amount", "p"]), tmp_path / "new.csv", "--fail-on=error")
    found = counts(told)
    assert (code, told["absent"]) == (1, ["amount"])
    assert (found["FR-amount-missing"], found["FR-amount-missing-stop"], found["FR-amount-range"]) == (3_000, 30, None)
    assert found["FR-output-range"] is None
    assert [rule["why"] for rule in told["rules"] if rule["broken"] is None] == [
        "the file has no such column",
        "the file has no column of predictions",
    ]


def test_rows_without_days_are_one_day(shop: Path, tmp_path: Path):
    rows = sound(7, 3_000).drop(columns="day")
    rows.loc[:999, "amount"] = np.nan
    _, told = checked(shop, rows, tmp_path / "new.csv")
    rule = next(rule for rule in told["rules"] if rule["id"] == "FR-amount-missing-stop")
    assert (told["days"], rule["broken"], rule["of"]) == ([], 1, 1)


def test_a_day_that_does_not_read_belongs_to_none(shop: Path, tmp_path: Path):
    rows = sound(8, 3_000)
    rows.loc[:2, "day"] = "soon"
    code, told = checked(shop, rows, tmp_path / "new.csv")
    assert (code, told["undated"], told["unreadable"], len(told["days"])) == (1, 3, {"day": 3}, 30)


@pytest.mark.parametrize(
    ("content", "said"), [("a,b\n1,2\n", "none of the model's features"), ("amount,city\n", "has no rows")]
)
def test_a_file_of_something_else_is_2(shop: Path, tmp_path: Path, content: str, said: str):
    (tmp_path / "new.csv").write_text(content)
    done = CliRunner().invoke(app, ["contract", "check", str(shop), str(tmp_path / "new.csv"), "--quiet"])
    assert done.exit_code == 2 and said in done.stderr


def test_no_file_is_2(shop: Path):
    done = CliRunner().invoke(app, ["contract", "check", str(shop), "nowhere.csv", "--quiet"])
    assert done.exit_code == 2 and "there is no such file" in done.stderr


def test_the_words_name_rules_counts_and_what_is_done(shop: Path, tmp_path: Path):
    rows = sound(9, 3_000)
    rows.loc[:4, "amount"] = 200
    rows.loc[:1, "city"] = "Brno"
    rows.to_csv(tmp_path / "new.csv", index=False)
    done = CliRunner().invoke(app, ["contract", "check", str(shop), str(tmp_path / "new.csv"), "--quiet"])
    first, *lines = done.stdout.splitlines()
    assert first == "new.csv: 3,000 rows, 30 days from 2026-03-01 to 2026-03-30"
    assert lines[0] == "error    FR-amount-range  5 of 3,000 rows  reject the row"
    assert lines[1] == "warning  FR-city-levels   2 of 3,000 rows  score, and count the row"
    assert lines[-2:] == ["rules: 5 of 8 hold", "kept from the model: 5 of 3,000 rows"]


def test_without_training_rows_the_declared_rules_are_left(shop: Path, tmp_path: Path):
    (tmp_path / "dossier.yaml").write_text(PROJECT.replace("  reference: training.csv\n", ""))
    sound(2, 3_000).to_csv(tmp_path / "rows.csv", index=False)
    code, told = checked(tmp_path, sound(4, 3_000), tmp_path / "new.csv")
    assert (code, set(counts(told).values())) == (0, {0, None})
    assert {rule["id"]: rule["why"] for rule in told["rules"]}["FR-city-levels"] == "no levels are known from training"


def of_case(case: str) -> FileCounts:
    file = "production_simulation.csv"
    progress = contextlib.nullcontext(unwatched)
    return pipeline.contract(ROOT / "data" / case, CATALOG, str(ROOT / "data" / case / file), lambda _stage: progress)


def value(cell: Cell) -> Any:
    return cell.value if isinstance(cell, Fact) else cell


@pytest.mark.parametrize("case", ["churn", "leadscore", "techmart"])
def test_the_production_rows_give_what_the_specification_prints(tmp_path_factory: pytest.TempPathFactory, case: str):
    results: Results = read_results((in_markdown(tmp_path_factory, case) / "results.json").read_bytes())
    told, tables = of_case(case), results.tables
    assert [count.rule for count in told.rules] == [
        rule for rule in rules_of(tables["features.rules"]) if rule.kind != OF_KEYS
    ]
    actions = {row["action"]: value(row["rows"]) for row in tables["contract.actions"].records}
    assert {action: rows for action, rows in told.actions.items() if rows} == actions
    share = results.facts["contract.rejected.share"].value
    assert told.rejected / told.rows == pytest.approx(share or 0.0)
    over = {
        count.rule.feature: (count.broken, count.largest)
        for count in told.rules
        if count.rule.kind == "missing_stop" and count.broken
    }
    stopped = {row["feature"]: (value(row["days"]), value(row["largest"])) for row in tables["contract.stop"].records}
    assert {feature: days for feature, (days, _) in over.items()} == {
        feature: days for feature, (days, _) in stopped.items()
    }
    for feature, (_, largest) in over.items():
        assert largest == pytest.approx(stopped[feature][1])


def test_every_id_that_the_check_runs_exists():
    assert CATALOG.contracted <= {each.id for each in (*CATALOG.analyses, *CATALOG.decisions)}


@pytest.mark.parametrize(("rows", "broken"), [(16, 0), (17, 1)])
def test_a_day_of_too_few_rows_stops_no_input(shop: Path, tmp_path: Path, rows: int, broken: int):
    few = sound(5, DAYS * rows)
    few.loc[:5, "amount"] = np.nan  # over 0.3 of the first day, on either count of its rows
    _, told = checked(shop, few, tmp_path / "few.csv")
    assert counts(told)["FR-amount-missing-stop"] == broken
    assert next(one["largest"] for one in told["rules"] if one["id"] == "FR-amount-missing-stop") > 0.3
