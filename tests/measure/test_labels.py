"""Labels in a file of their own: the same ledger as beside the predictions, and every count of the join."""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure import measure
from generator.records.ledger import LOSSES
from generator.scoring import skops
from generator.subjects.data import data, left_out
from generator.subjects.labels import labels
from tests.measure.frames import project, rows
from tests.measure.late import DAYS, DECLARED, ENTITIES, binary, filling, predictions, write


@pytest.fixture
def frame():
    return predictions()


def late(frame):
    """Return labels: all of the first eight days, half of the ninth, none of the tenth."""
    known = np.r_[np.arange(8 * ENTITIES), np.arange(8 * ENTITIES, 9 * ENTITIES, 2)]
    out = frame.iloc[known][["id", "price", "date"]].assign(came=frame["date"].iloc[known] + "T12:00:00")
    out.loc[out.index[:20], "came"] = "2026-03-15"
    return out.drop(columns="date")


def measured(folder, declared=DECLARED, jobs=1):
    settled = project(folder, labels=declared)
    return settled, measure(settled, DuckDB(), (skops.READER,), jobs=jobs)


def evidence(folder, **options):
    settled, ledger = measured(folder, **options)
    return labels.run(settled, ledger)


def test_complete_labels_give_the_ledger_of_labels_beside_the_predictions(tmp_path, frame):
    frame.drop(columns="id").to_csv(tmp_path / "production.csv", index=False)
    beside = measure(project(tmp_path), DuckDB(), (skops.READER,)).production
    write(tmp_path, frame, frame[["id", "price"]].sample(frac=1, random_state=3))
    for jobs in (1, 2):
        made = measured(tmp_path, replace(DECLARED, arrived=None), jobs)[1]
        np.testing.assert_array_equal(made.production.losses.day, beside.losses.day)
        np.testing.assert_array_equal(made.production.losses.group_level, beside.losses.group_level)
        np.testing.assert_array_equal(made.production.total.m4, beside.total.m4)
        assert made.labels.delays is None
    assert "id" not in made.plan.features
    assert [(s.role, s.name) for s in made.sources][2] == ("labels", "labels.csv")


def test_immature_days_are_left_out_and_said_so(tmp_path, frame):
    write(tmp_path, frame, late(frame))
    settled, made = measured(tmp_path)
    n = made.production.losses.day[:, LOSSES.index("n")]
    assert n.tolist() == [ENTITIES] * 8 + [0, 0]
    assert made.production.losses.day[:, LOSSES.index("rows")].sum() == len(frame)
    assert made.labels.mature.tolist() == [True] * 8 + [False] * 2
    found = labels.run(settled, made)
    assert found.fact("data.cohorts.immature").value == 2
    assert found.fact("data.cohorts.left_out").value == ENTITIES // 2
    (table,) = found.tables
    assert table.rows[0][0] == "2026-03-10"
    assert [cell.value for cell in table.rows[1][1:4]] == [ENTITIES, ENTITIES // 2, 0.5]
    assert [row[4].word for row in table.rows[:3]] == ["not yet", "not yet", "yes"]
    assert [finding.id for finding in found.findings] == ["data.labels.missing", "data.cohorts.immature"]
    assert data.run(settled, made).fact("data.production.labelled").value == 8 * ENTITIES


def test_the_share_from_which_a_day_counts_is_declared(tmp_path, frame):
    write(tmp_path, frame, late(frame))
    made = measured(tmp_path, replace(DECLARED, mature_at=0.5))[1]
    assert made.labels.mature.tolist() == [True] * 9 + [False]


def test_what_finds_no_partner_is_counted(tmp_path, frame):
    found = frame[["id", "price"]].iloc[:-4]
    extra = found.head(3).assign(id=["x", "y", None])
    again = found.head(4).assign(price=0.0)
    write(tmp_path, frame, pd.concat([again, found, extra]))
    facts = evidence(tmp_path, declared=replace(DECLARED, arrived=None))
    assert {key: facts.fact(f"data.labels.{key}").value for key in ("rows", "unmatched", "missing", "duplicates")} == {
        "rows": len(found) + 7,
        "unmatched": 3,
        "missing": 4,
        "duplicates": 4,
    }
    assert [finding.id.rpartition(".")[2] for finding in facts.findings] == ["unmatched", "missing", "duplicates"]
    assert facts.fact("data.labels.delay.p50").reason.startswith("no column says when")


def test_the_delay_of_labels(tmp_path, frame):
    write(tmp_path, frame, late(frame))
    facts = evidence(tmp_path)
    assert facts.fact("data.labels.delay.p50").value == 0
    assert facts.fact("data.labels.delay.p99").value == 14
    assert facts.fact("data.labels.delay.p99").n == len(late(frame))


def test_what_is_still_to_come_is_estimated(tmp_path, frame):
    write(tmp_path, frame, filling(frame))
    settled, made = measured(tmp_path)
    found = labels.run(settled, made)
    assert made.labels.mature.tolist() == [True] * 8 + [False] * 2
    assert found.fact("labels.nowcast.outstanding").value == ENTITIES // 2 + ENTITIES // 4
    assert (found.fact("labels.nowcast.outstanding").low, found.fact("labels.nowcast.outstanding").high) == (30, 30)
    assert found.fact("labels.nowcast.mature_after").value == 2
    assert found.fact("labels.mature.until").value == datetime.date(2026, 3, 8)
    assert [cell.value for cell in found.tables[0].column("expected")] == [ENTITIES] * DAYS


def test_a_day_without_labels_is_expected_to_fill_up_like_the_others(tmp_path, frame):
    shifted = filling(frame)
    shifted["came"] = ["2026-03-" + f"{int(text[-2:]) + 1:02}" for text in shifted["came"]]
    write(tmp_path, frame, shifted[shifted["came"] <= "2026-03-10"])
    table = evidence(tmp_path).tables[0]
    assert [cell.value for cell in table.column("labelled")][:3] == [0, ENTITIES // 2, 3 * ENTITIES // 4]
    assert [cell.value for cell in table.column("expected")] == [ENTITIES] * DAYS


def test_the_estimate_covers_what_comes(tmp_path):
    table = rows(days=60, entities=200)
    table["id"] = [f"k{n}" for n in range(len(table))]
    when = pd.to_datetime(table["date"])
    came = when + pd.to_timedelta(np.random.default_rng(4).gamma(2, 5, len(table)).astype(int), unit="D")
    late = table[["id", "price"]].assign(came=came.dt.strftime("%Y-%m-%d"))
    write(tmp_path, table, late[came <= when.max()])
    found = evidence(tmp_path).fact("labels.nowcast.outstanding")
    assert found.low < (came > when.max()).sum() <= found.high
    assert found.low > 0.8 * found.value


def test_missing_labels_are_no_negatives(tmp_path, frame):
    found = filling(frame)
    found["price"] = (np.arange(len(frame))[found.index] % 5 == 0).astype(int)
    facts = binary(tmp_path, frame, found)
    seeming, expected = (facts.fact(f"labels.nowcast.positives.{key}").value for key in ("seeming", "expected"))
    assert (round(seeming, 6), round(expected, 6)) == (round((6 + 4) / 80, 6), 0.2)
    assert "labels.only_positives" not in [finding.id for finding in facts.findings]


def test_labels_that_are_all_positive_are_told(tmp_path, frame):
    facts = binary(tmp_path, frame, filling(frame).assign(price=1))
    assert "labels.only_positives" in [finding.id for finding in facts.findings]


def test_without_days_all_labels_count(tmp_path, frame):
    write(tmp_path, frame.drop(columns="date"), late(frame).drop(columns="came"))
    settled = project(tmp_path, time=None, labels=replace(DECLARED, arrived=None))
    made = measure(settled, DuckDB(), (skops.READER,), as_of=datetime.date(2026, 4, 1))
    assert made.production.losses.group[:, LOSSES.index("n")].sum() == len(late(frame))
    found = labels.run(settled, made)
    assert found.tables[0].reason and found.fact("data.cohorts.immature").reason


def test_without_a_file_of_labels_only_that_is_said(tmp_path):
    rows(days=4).to_csv(tmp_path / "production.csv", index=False)
    settled = project(tmp_path)
    (fact,) = labels.run(settled, measure(settled, DuckDB(), (skops.READER,))).facts
    assert (fact.id, fact.value) == ("labels.apart", False)


# What is declared otherwise, the labels' content, what the error says, where, and what it advises.
BAD = [
    ({}, "idd,price\nk1,2\n", "column id (key of the labels) is missing", "labels.csv", "did you mean idd?"),
    ({"key": "weight2"}, "weight2,price\n1,2\n", "column weight2 (key", "production.csv", "did you mean weight?"),
    ({}, "id,cost\nk1,2\n", "column price (target) is missing", "labels.csv", "2 columns: id, cost"),
    ({"target": "y"}, "id,price\nk1,2\n", "column y (target) is missing", "labels.csv", "2 columns"),
    ({"arrived": "at"}, "id,price\nk1,2\n", "column at (arrival of the labels)", "labels.csv", "2 columns"),
    ({}, "id,price\nq1,2\nq2,3\n", "none of the 2 labels has a prediction", "labels.csv", "compare column id"),
    ({}, "id,price\nk1,2\nk2,late\n", "1 value of column price is no number: 'late'", "labels.csv", "markers"),
    ({"arrived": "at"}, "id,price,at\nk1,2,soon\n", "1 value of column at is no date", "labels.csv", "time_format"),
    ({"path": "other.csv"}, "", "there is no such file", "other.csv", "paths start"),
    ({}, "", "the file is empty", "labels.csv", "header"),
]


@pytest.mark.parametrize(("otherwise", "content", "what", "where", "hint"), BAD)
def test_labels_that_cannot_be_joined(tmp_path, frame, otherwise, content, what, where, hint):
    frame.drop(columns="price").to_csv(tmp_path / "production.csv", index=False)
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        measured(tmp_path, replace(DECLARED, **{"arrived": None, **otherwise}))
    problem = caught.value.problems[0]
    assert (what in problem.what, problem.where, hint in problem.hint) == (True, where, True), problem
    assert caught.value.exit_code == 2


def test_judged_rows_and_those_left_out_are_all_rows(tmp_path, frame):
    write(tmp_path, frame, late(frame))
    settled, made = measured(tmp_path)
    (table,) = left_out.run(settled, made).tables
    kinds = {row[0]: row[1].value for row in table.rows}
    assert any(words.startswith("Predictions of days that do not count yet") for words in kinds)
    assert data.run(settled, made).fact("data.production.labelled").value + sum(kinds.values()) == len(frame)
