"""However a build ends, an earlier bundle is as it was, with nothing half-written beside it, and no copy of rows."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.render import _work
from tests.hostile.world import World, accepted

ROOT = Path(__file__).resolve().parents[2]
PAUSED = """
import importlib, os, signal, sys, tempfile

def paused(*words, **keys):
    tempfile.mkstemp()
    sys.stdout.write(f"{os.getpid()}\\n")
    sys.stdout.flush()
    while True:
        signal.pause()

module, _, name = sys.argv[1].rpartition(".")
setattr(importlib.import_module(module), name, paused)
from generator.cli import app
app(sys.argv[2:])
"""
"""A program that stops for ever at one of its functions, with a file that a library forgot, and tells its process."""
MEASURE, SETTLE, EXCHANGE = (
    "generator.measure.plan_reference",
    "generator.bundle._write._settle",
    "generator.bundle._write._exchange",
)
RENDER = "generator.render._work._written"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose rows have to be copied, with a finished bundle and a folder of its own for what is temporary."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    made = World(folder=tmp_path / "case")
    made.data["csv"] = {"encoding": "windows-1252"}
    accepted(made, made.build())
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def left(world: World) -> tuple[list[str], list[str]]:
    """Return what stands beside the bundle, and what is temporary."""
    return sorted(os.listdir(world.output.parent)), sorted(os.listdir(world.folder.parent / "temporary"))


class Running:
    """A build that has come to a stage and waits there."""

    def __init__(self, world: World, stage: str) -> None:
        words = ["--format", "md", "--document", "monitoring"]
        if stage == RENDER:
            words = ["--jobs", "2", "--format", "pdf"]
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                PAUSED,
                stage,
                "build",
                str(world.folder),
                "-o",
                str(world.output),
                "--quiet",
                *words,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.pids = {int(self.process.stdout.readline()) for _ in range(2 if stage == RENDER else 1)}

    def end(self, by: signal.Signals) -> tuple[int, str]:
        """Return exit code and what was said of it, once no process of the build is left."""
        self.process.send_signal(by)
        _, said = self.process.communicate(timeout=300)
        for pid in self.pids:
            while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
                time.sleep(0.01)
        return self.process.returncode, said


@pytest.fixture
def stopped(world: World) -> Iterator[list[Running]]:
    running: list[Running] = []
    yield running
    for each in running:
        each.process.kill()
        with each.process:
            pass


@pytest.mark.parametrize(
    ("by", "word", "code", "stage"),
    [
        (signal.SIGINT, "interrupted", 130, RENDER),
        (signal.SIGTERM, "terminated", 143, MEASURE),
        (signal.SIGHUP, "hung up", 129, SETTLE),
    ],
)
def test_a_signal_ends_a_build_as_if_it_had_not_been(
    world: World, stopped: list[Running], by: signal.Signals, word: str, code: int, stage: str
):
    before = contents(world.output)
    stopped.append(Running(world, stage))
    assert stopped[0].end(by) == (code, f"error: {word}\n")
    assert contents(world.output) == before
    assert left(world) == (["out"], [])


@pytest.mark.parametrize("stage", [MEASURE, EXCHANGE, RENDER])
def test_what_a_killed_build_left_goes_with_the_next(world: World, stopped: list[Running], stage: str):
    before = contents(world.output)
    stopped.append(Running(world, stage))
    assert stopped[0].end(signal.SIGKILL) == (-signal.SIGKILL, "")
    assert contents(world.output) == before
    for folder in (world.folder.parent / "temporary").iterdir():
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not [
            path for path in folder.rglob("*") if path.stat().st_size and path.is_file() and path.name != "pid"
        ], "a copy of rows is left"
    accepted(world, world.build())
    assert left(world) == (["out"], [])
    assert contents(world.output) == before


def test_what_a_living_build_needs_is_left(world: World, stopped: list[Running]):
    stopped += [Running(world, MEASURE), Running(world, SETTLE)]
    alive = left(world)
    assert [len(names) for names in alive] == [2, 2]
    accepted(world, world.build())
    assert left(world) == alive


def test_what_is_not_the_programs_is_not_swept(world: World):
    strange = {".dossier-notes", ".dossier-0123456789abcde", ".dossier-0123456789abcdeff", ".out.0123456789abcdef"}
    for name in strange:
        (world.output.parent / name).mkdir()
        (world.output.parent / name / "thesis.txt").write_text("all my work")
    (world.output.parent / ".dossier-0123456789abcdef").symlink_to(".dossier-notes")
    (world.output.parent / ".dossier-0000000000000000").write_text("a file")
    before = contents(world.output.parent)
    accepted(world, world.build())
    assert contents(world.output.parent) == before
    assert (world.output.parent / ".dossier-0123456789abcdef").is_symlink()


@pytest.mark.parametrize("error", [OSError(12, "Cannot allocate memory"), BrokenProcessPool("it died")])
def test_without_another_process_this_one_renders(world: World, monkeypatch: pytest.MonkeyPatch, error: Exception):
    def refuse(*_: object) -> None:
        raise error

    before = contents(world.output)
    monkeypatch.setattr(_work, "_in_processes", refuse)
    words = ("--format", "html", "--format", "pdf", "--document", "monitoring", "--document", "rollback-runbook")
    accepted(world, world.build(*words, "--format", "md", "--jobs", "2"))
    assert contents(world.output).items() >= {k: v for k, v in before.items() if k.endswith("monitoring.md")}.items()


@pytest.mark.parametrize("after", [0, 1])
def test_a_fork_that_fails_leaves_no_process(monkeypatch: pytest.MonkeyPatch, after: int):
    """The system refuses the first process or the second: both documents are made here, and no child waits."""
    real, asked = os.fork, [0]

    def fork() -> int:
        asked[0] += 1
        if asked[0] > after:
            raise OSError(12, "Cannot allocate memory")
        return real()

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(_work, "_written", lambda document, plan: (document,))
    monkeypatch.setattr(_work, "_warm", lambda plan: None)

    heavy: Any = SimpleNamespace(needs="html")
    documents: Any = ["a", "b"]
    made: Any = _work.shared_out(documents, ((heavy, True),), 2)
    assert made == [("a",), ("b",)]
    assert multiprocessing.active_children() == []


IN_A_TEXT = """
import signal, subprocess, sys

def interrupt(*words, **keys):
    exec("import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(60)")

import generator.measure
generator.measure.plan_reference = interrupt
from generator.cli import app
app(sys.argv[1:])
"""
"""A program that is interrupted while it runs a text, as dataclasses and named tuples do when they are made."""


def test_an_interruption_within_a_text_has_its_exit_code(world: World):
    """Python would end by the signal itself, so that a shell's script could not tell the exit code."""
    words = [sys.executable, "-c", IN_A_TEXT, "build", str(world.folder), "-o", str(world.output), "--quiet"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (ended.returncode, ended.stderr) == (130, "error: interrupted\n")
