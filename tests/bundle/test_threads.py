"""The bytes of a bundle rest on no number of threads, nor on the umask or the clock of whoever builds it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from generator import pipeline
from generator.records.environment import ONE_CORE
from generator.records.threads import one_core_a_sum
from tests.hostile.world import World

ROOT = Path(__file__).resolve().parents[2]
THREADS = """
import json, os, sys
from unittest import mock
import generator.conclude, generator.render
from threadpoolctl import threadpool_info

def count(real):
    def counted(*words, **keys):
        import numpy, scipy.linalg, scipy.optimize
        found = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
        sys.stdout.write(json.dumps(found) + chr(10))
        return real(*words, **keys)
    return counted

for module, name in ((generator.conclude, "decide"), (generator.render, "render")):
    setattr(module, name, count(getattr(module, name)))
from generator.cli import app
app(sys.argv[1:])
"""
"""A build that tells with how many threads each library would multiply, late in its course."""


def built(world: World, name: str, umask: int, **environment: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a bundle that a process of its own makes, and what it printed."""
    target = world.folder / name
    words = ("build", str(world.folder), "-o", str(target), "--quiet", "--format", "md", "--format", "pdf")
    done = subprocess.run(
        [sys.executable, "-c", THREADS, *words, "--document", "monitoring"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        umask=umask,
    )
    assert done.returncode == 0, done.stderr
    assert target.stat().st_mode & 0o777 == 0o777 & ~umask
    assert (target / "tables").stat().st_mode & 0o777 == 0o777 & ~umask
    assert (target / "manifest.json").stat().st_mode & 0o777 == 0o666 & ~umask
    files = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    return files, done.stdout.splitlines()


def test_the_bytes_are_the_same_with_any_number_of_threads(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.save()
    one, said = built(world, "one", 0o022, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    two, again = built(world, "two", 0o077, OPENBLAS_NUM_THREADS="2", OMP_NUM_THREADS="2", SOURCE_DATE_EPOCH="1000000")
    assert [name for name in one if one[name] != two[name]] == []
    assert set(one) == set(two)
    for counts in map(json.loads, (*said[:2], *again[:2])):
        assert len(counts) >= 2, "NumPy and SciPy each have a library of their own"
        assert set(counts) == {1}


@pytest.mark.parametrize("stage", ["_measured", "_concluded", "_publish", "check"])
def test_every_way_through_the_stages_holds_the_limit(stage: str):
    assert getattr(pipeline, stage).__wrapped__


def test_the_limit_holds_for_what_is_loaded_and_for_what_will_be(monkeypatch: pytest.MonkeyPatch):
    np.ones((2, 2)) @ np.ones((2, 2))
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    counts: list[Any] = []

    @one_core_a_sum()
    def stage_of() -> None:
        counts.extend(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
        assert {os.environ[name] for name in ONE_CORE} == {"1"}

    with threadpool_limits(limits=2, user_api="blas"):
        stage_of()
    assert set(counts) == {1}
    assert (os.environ.get("OPENBLAS_NUM_THREADS"), os.environ["MKL_NUM_THREADS"]) == (None, "3")
