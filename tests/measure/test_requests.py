"""The service's own log: counted by hour as pandas counts it, whatever its format and however it is split."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.errors import InputError
from generator.measure.requests import count_requests
from generator.records.project import About, Data, Model, Project, Requests, Service, Settings
from generator.stats import slo

SAID = Requests(path="log.csv", time="at", duration="ms", status="status", failed=("5*", "timeout"))
FAST = Service(id="fast", title="Fast", objective=200, unit="ms", share=0.99, log="duration")


def log(rows: int = 4_000) -> pd.DataFrame:
    """Return requests over three days; some are slow, some fail, some have neither duration nor status."""
    rng = np.random.default_rng(3)
    at = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.sort(rng.integers(0, 3 * 86_400, rows)), unit="s")
    status = rng.choice(["200", "404", "500", "503", "timeout"], rows, p=[0.9, 0.05, 0.02, 0.02, 0.01]).astype(object)
    frame = pd.DataFrame({"at": at, "ms": rng.lognormal(4.6, 0.5, rows).round(3), "status": status})
    frame.loc[::97, ["ms", "status"]] = None
    return frame


def counted(folder, said: Requests = SAID, zone: str = "UTC", jobs: int = 1, services=(FAST,)):
    """Return the counts of the log in a folder."""
    settings = Settings(
        project=About(name="x", time_zone=zone),
        model=Model(name="m", version="1"),
        services=services,
        data=Data(production="rows.csv", target="y", requests=said),
    )
    project = Project(settings=settings, folder=str(folder), file="dossier.yaml", lines={}, sha256="0")
    return count_requests(project, DuckDB(), jobs=jobs)


def test_counts_by_hour_agree_with_pandas(tmp_path):
    frame = log()
    frame.to_csv(tmp_path / "log.csv", index=False)
    found = counted(tmp_path)
    hours = ((frame["at"] - pd.Timestamp("1970-01-01")) // pd.Timedelta(hours=1)).to_numpy()
    bad = frame["status"].isna() | frame["status"].isin(["500", "503", "timeout"])
    wanted = frame.assign(hour=hours, bad=bad, timed=frame["ms"].notna(), slow=frame["ms"] >= 200).groupby("hour")
    sums = wanted[["bad", "timed", "slow"]].sum()
    np.testing.assert_array_equal(found.hours, sums.index)
    np.testing.assert_array_equal(found.total, wanted.size())
    np.testing.assert_array_equal(found.failed, sums["bad"])
    np.testing.assert_array_equal(found.timed, sums["timed"])
    np.testing.assert_array_equal(found.slow[:, 0], sums["slow"])
    for share in (0.5, 0.95, 0.99):
        exact = frame["ms"].quantile(share, interpolation="lower")
        assert slo.sketch_quantile(found.places, found.counts, share) == pytest.approx(exact, rel=0.0101)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_every_format_gives_the_same(tmp_path, suffix):
    frame = log(500)
    frame.to_csv(tmp_path / "log.csv", index=False)
    if suffix == "parquet":
        frame.to_parquet(tmp_path / "log.parquet")
    else:
        frame.to_json(tmp_path / "log.jsonl", orient="records", lines=True, date_format="iso")
    one, other = counted(tmp_path), counted(tmp_path, replace(SAID, path=f"log.{suffix}"))
    for name in ("hours", "total", "failed", "slow", "places", "counts"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_any_split_gives_the_same(tmp_path, monkeypatch):
    log().to_csv(tmp_path / "log.csv", index=False)
    whole = counted(tmp_path)
    monkeypatch.setattr("generator.engines._batches.BATCH_ROWS", 137)
    monkeypatch.setattr("generator.engines._batches.FEWEST", 137)
    for jobs in (1, 2):
        parts = counted(tmp_path, jobs=jobs)
        for name in ("hours", "total", "failed", "timed", "slow", "places", "counts"):
            np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_times_with_a_zone_are_counted_in_the_projects(tmp_path):
    lines = ("at,ms,status", "2026-03-01T23:30:00Z,1,200", "2026-03-02T00:10:00+02:00,1,200", ",1,200", "")
    (tmp_path / "log.csv").write_text("\n".join(lines))
    found = counted(tmp_path, zone="Europe/Oslo")
    first = (pd.Timestamp("2026-03-01T23:00") - pd.Timestamp("1970-01-01")) // pd.Timedelta(hours=1)
    np.testing.assert_array_equal(found.hours, [first, first + 1])
    assert found.undated == 1


def test_the_limit_itself_is_slow_or_not_as_the_operator_says(tmp_path):
    (tmp_path / "log.csv").write_text("at,ms,status\n2026-03-01T10:00:00,200,200\n2026-03-01T10:00:01,0,200\n")
    assert counted(tmp_path).slow.sum() == 1
    assert counted(tmp_path, services=(replace(FAST, operator="<="),)).slow.sum() == 0


def test_without_duration_and_status_requests_are_counted_alone(tmp_path):
    log(50).to_csv(tmp_path / "log.csv", index=False)
    found = counted(tmp_path, Requests(path="log.csv", time="at"), services=())
    assert (found.total.sum(), found.failed.sum(), found.timed.sum(), found.counts.sum()) == (50, 0, 0, 0)


def test_what_is_wrong_is_said(tmp_path):
    (tmp_path / "log.csv").write_text("at,ms,status\nsoon,1,200\n")
    with pytest.raises(InputError) as problem:
        counted(tmp_path)
    assert "no times: 'soon'" in str(problem.value.problems)
    with pytest.raises(InputError) as problem:
        counted(tmp_path, replace(SAID, duration="mss"))
    assert "column mss (duration of the requests) is missing" in str(problem.value.problems)
    (tmp_path / "log.csv").write_text("at,ms,status\n")
    with pytest.raises(InputError):
        counted(tmp_path)
