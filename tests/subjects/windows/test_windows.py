import numpy as np
import pandas as pd
import pytest

from generator.records.fact import Fact
from generator.records.results import Results
from tests.worlds.world import judged, table, world

LATELY = {"relation": 1.5, "since": 2 / 3}


def mature(found: Results) -> list[str]:
    """Return the days with labelled rows, from the table of errors by day."""
    rows = found.tables["performance.daily"].rows
    return [str(row[0]) for row in rows if isinstance(row[2], Fact) and row[2].value is not None]


def days_of(found: Results, window: str) -> tuple[str, str, int]:
    start, end, days = (found.facts[f"windows.{window}.{key}"].value for key in ("start", "end", "days"))
    return str(start), str(end), int(float(str(days)))


@pytest.mark.parametrize("labels", ["beside", "late"])
def test_windows_are_cut_from_days_whose_labels_are_in(labels):
    of = world(labels=labels)
    found, rows = judged(of), table(of, "production")
    own = mature(found)
    assert len(own) < 30 if labels == "late" else len(own) == 30
    parts = np.array_split(own, 3)
    for name, part in zip(("first_third", "second_third", "last_third"), parts, strict=True):
        assert days_of(found, name) == (part[0], part[-1], len(part))
        if labels == "beside":
            day = rows[rows["date"].isin(part)]
            assert found.facts[f"windows.{name}.rows"].value == len(day)
            error = float(np.sqrt(np.mean((day["prediction"] - day["y"]) ** 2)))
            assert found.facts[f"performance.rmse.{name}"].value == pytest.approx(error)
    size = max(len(parts[-1]), 7)
    if len(own) >= 14:
        assert days_of(found, "recent") == (own[-size], own[-1], size)
        assert days_of(found, "earlier") == (own[0], own[-size - 1], len(own) - size)
    else:
        assert found.facts["windows.recent.days"].reason == "needs labelled rows on at least 14 days"
    assert days_of(found, "last_day") == (own[-1], own[-1], 1)


def test_of_weekly_rows_the_recent_window_holds_seven_points_and_not_four():
    found = judged(world(time="week"))
    start, end, weeks = days_of(found, "recent")
    assert weeks == 7 and (pd.Timestamp(end) - pd.Timestamp(start)).days == 42


@pytest.mark.parametrize(("task", "learner"), [("regression", "ridge"), ("binary", "logistic")])
def test_recent_and_earlier_errors_are_those_of_the_rows(task, learner):
    of = world(task=task, learner=learner, **LATELY)
    found, rows = judged(of), table(of, "production")
    metric = "rmse" if task == "regression" else "brier"
    for name in ("earlier", "recent"):
        start, end, _ = days_of(found, name)
        day = rows[rows["date"].between(start, end)]
        error = float(np.mean((day["prediction"] - day["y"]) ** 2)) ** (0.5 if metric == "rmse" else 1.0)
        fact = found.facts[f"performance.{metric}.{name}"]
        assert fact.value == pytest.approx(error) and fact.n == len(day)
        for level in day["kind"].unique():
            part = day[day["kind"] == level]
            error = float(np.mean((part["prediction"] - part["y"]) ** 2)) ** (0.5 if metric == "rmse" else 1.0)
            own = found.facts.get(f"segments.kind.{level}.{metric}_{name}")
            assert own is None or own.value == pytest.approx(error)


def proven(found: Results) -> bool:
    p, material = (found.facts[f"performance.rmse.recent_{key}"].value for key in ("p", "material"))
    return bool(material) and float(str(p)) <= 0.05


def test_a_change_of_the_last_days_is_proven_and_a_quiet_month_is_not():
    changed = [proven(judged(world(seed=seed, **LATELY), ("gates",))) for seed in range(1, 4)]
    quiet = [proven(judged(world(seed=seed, period_sd=0.1), ("gates",))) for seed in range(1, 6)]
    assert sum(changed) == 3
    assert sum(quiet) <= 1


BINARY = {"task": "binary", "seed": 2, "rows": 9_000, "entities": 300, "since": 2 / 3}


@pytest.mark.parametrize("learner", ["logistic", "gradient"])
def test_more_positives_make_no_group_worse_and_another_relation_does(learner):
    moved = judged(world(learner=learner, shift=1.2, **BINARY), ("gates",))
    before, after = (float(str(moved.facts[f"performance.base_rate.{name}"].value)) for name in ("earlier", "recent"))
    assert after > 1.5 * before
    brier = [row[3].value / row[2].value for row in moved.tables["windows.segments"].rows]
    assert max(brier) > 1.4
    assert moved.tables["windows.worse"].rows == ()
    turned = judged(world(learner=learner, relation=2.0, **BINARY), ("gates",))
    assert len(turned.tables["windows.worse"].rows) >= 5


def test_a_group_that_got_worse_is_told_with_both_windows():
    found = judged(world(relation=3.0, since=2 / 3))
    words = [one for one in found.findings if one.id == "performance.rmse.recent"]
    assert len(words) == 1 and set(words[0].evidence) >= {"performance.rmse.recent", "performance.rmse.earlier"}
    worse = found.tables["windows.worse"].rows
    assert worse and found.facts["windows.segments.worse"].value == len(worse)
    rises = [row[3].value - row[2].value for row in worse]
    assert rises == sorted(rises, reverse=True)
