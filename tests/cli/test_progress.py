"""How far a build is, on a terminal; and Ctrl-C at any time: exit 130, nothing half-written, nothing left behind."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.engines import SourceTable
from generator.engines.duckdb import DuckDB
from generator.measure import measure
from tests.house.source import ROOT
from tests.measure.frames import project, rows

FILE = """
project: {name: shop}
model: {name: m, version: "1", format: column}
data: {production: production.csv, target: y, prediction: p, time: day}
"""


def test_each_pass_tells_its_rows(tmp_path):
    rows().to_csv(tmp_path / "production.csv", index=False)
    told = {}

    def watch(what, about):
        told.setdefault(what, []).append(0)
        assert about == pytest.approx(len(rows()), rel=0.05)

        def tick(number):
            told[what][-1] += number

        return tick

    measure(project(tmp_path), DuckDB(), (), watch=watch, jobs=2)
    assert told == {"production.csv": [len(rows())] * 2}


@pytest.mark.parametrize("form", ["csv", "parquet", "csv.gz"])
def test_the_rows_ahead_are_known_about(tmp_path, form):
    frame = pd.DataFrame({"x": np.arange(100_000), "y": "text"})
    file = tmp_path / f"t.{form}"
    (frame.to_parquet if form == "parquet" else frame.to_csv)(file, index=False)
    about = DuckDB().about(SourceTable(files=(file,)))
    assert about == 0 if form == "csv.gz" else about == pytest.approx(100_000, rel=0.1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a folder with a project of so many rows that there is time to interrupt it."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(300_000, 12)).round(4), columns=[f"n{n}" for n in range(12)])
    frame["day"] = pd.date_range("2026-01-01", periods=30).repeat(10_000).strftime("%Y-%m-%d")
    frame["y"], frame["p"] = frame.n0 + frame.n1, frame.n0
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "temporary").mkdir()
    frame.to_csv(folder / "production.csv", index=False)
    (folder / "dossier.yaml").write_text(FILE)
    return folder


def command(folder: Path, *words: object) -> list[str]:
    return [sys.executable, "-m", "generator", *map(str, words), "-o", str(folder / "out")]


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "temporary"), **more}


@pytest.mark.slow
@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("stage", ["load", "compose"])
def test_ctrl_c_leaves_nothing(shop: Path, stage: str, alone: bool):
    """The stage named is the last that is done when the signal comes: in `measure`, and in `render`."""
    (shop / "out").mkdir()
    before = set(shop.rglob("*"))
    with subprocess.Popen(
        command(shop, "build", shop),
        cwd=shop,
        env=environment(shop),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if line.startswith(f"{stage} … done"):
                break
        time.sleep(0.5)
        assert run.poll() is None
        os.kill(run.pid, signal.SIGINT) if alone else os.killpg(run.pid, signal.SIGINT)
        rest = run.stderr.read()
        assert run.wait(timeout=120) == 130, rest
    assert "Traceback" not in rest and "error: interrupted" in rest
    assert set(shop.rglob("*")) == before


DROPPED = """
import os, signal, time
from generator.cli.report import reported

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)

with reported(False):
    last = Last()
    del last
    time.sleep(30)
"""


def test_an_interruption_that_python_drops_comes_again(tmp_path: Path):
    """Nothing is raised out of a finaliser, nor out of the hooks that run around a fork."""
    run = subprocess.run(
        [sys.executable, "-c", DROPPED], env=environment(tmp_path), capture_output=True, text=True, timeout=25
    )
    assert run.stderr.count("error: terminated\n") == 1, run.stderr


def test_a_terminal_shows_bars_with_rows_a_second(shop: Path):
    leader, follower = pty.openpty()
    with subprocess.Popen(
        command(shop, "profile", shop / "production.csv", "--target", "y", "--time", "day"),
        cwd=shop,
        env=environment(shop, TERM="xterm-256color", COLUMNS="100"),
        stderr=follower,
        stdout=subprocess.DEVNULL,
    ) as run:
        os.close(follower)
        seen = b""
        with contextlib.suppress(OSError):
            while part := os.read(leader, 65_536):
                seen += part
        os.close(leader)
        assert run.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert re.search(r"production\.csv .*[0-9,]+ rows/s +0:00:0", text), text[-2000:]
    assert text.rstrip().endswith("measure … done")
