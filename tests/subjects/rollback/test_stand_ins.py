"""The runbook's commands as somebody types them, where each program only writes down how it was called.

Words arrive whole, in the stated order, and a second run does what the first did; in another cluster nothing is done.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from generator.bundle.results import read_results
from generator.load import load
from generator.load.known import known_at
from generator.records.project import Rollback
from tests.bundles import in_markdown

DATA = Path(__file__).resolve().parents[3] / "data"
PROGRAMS = ("kubectl", "helm", "curl", "databricks")
STAND_IN = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path

words, folder = sys.argv[1:], Path(os.environ["RECORD"])
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([Path(sys.argv[0]).name, *words]) + "\\n")
if words == ["config", "current-context"]:
    print(os.environ["PLACE"])
for verb in ("create", "delete"):
    if verb in words and "job" in words:
        job = folder / words[words.index("job") + 1]
        if verb == "create" and job.exists():
            sys.exit("AlreadyExists")
        if verb == "delete" and not job.exists() and "--ignore-not-found" not in words:
            sys.exit("NotFound")
        job.touch() if verb == "create" else job.unlink(missing_ok=True)
"""
"""A job that is there cannot be made again, one that is not cannot be deleted, as in a cluster."""
SET_FIRST, VALUE = re.compile(r"\$\{([A-Z]+):\?[^}]*\}"), "one"
"""What somebody sets before a command, and to what it is set here."""
Call = list[str]


@dataclass(frozen=True, kw_only=True)
class Night:
    """A case's commands, and where its programs write down their calls."""

    plan: Rollback
    commands: tuple[str, ...]
    bundle: Path
    folder: Path

    def types(self, command: str, place: str) -> tuple[int, list[Call]]:
        """Run one command in a cluster of this name; return how it ended and what it called."""
        record = self.folder / "calls"
        record.unlink(missing_ok=True)
        set_first = dict.fromkeys(SET_FIRST.findall(command), VALUE)
        known = {
            "PATH": f"{self.folder / 'programs'}:{os.environ['PATH']}",
            "RECORD": str(self.folder),
            "PLACE": place,
            **set_first,
        }
        done = subprocess.run(["sh", "-c", command], cwd=self.bundle, env=known, capture_output=True, check=False)
        lines = record.read_text().splitlines() if record.exists() else []
        return done.returncode, [json.loads(line) for line in lines]

    @property
    def place(self) -> str:
        """Return the cluster that the first command asks for."""
        found = re.search(r'current-context\)" = (\S+)', self.commands[0])
        assert found
        return found[1]

    def whole(self) -> list[tuple[int, list[Call]]]:
        """Run all commands in their order."""
        return [self.types(command, self.place) for command in self.commands]


@pytest.fixture(params=["techmart", "leadscore", "churn"])
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Night:
    bundle = in_markdown(tmp_path_factory, request.param)
    rows = read_results((bundle / "results.json").read_bytes()).tables["runbook.commands"].records
    plan: Rollback = known_at(load(DATA / request.param), None).settings.rollback
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        (programs / name).write_text(STAND_IN)
        (programs / name).chmod(0o755)
    commands = tuple(str(row["command"]) for row in rows)
    return Night(plan=plan, commands=commands, bundle=bundle, folder=tmp_path)


def asked(command: str, place: str) -> list[Call]:
    """Return the calls that a line of programs joined by `&&` asks for, read apart from a shell."""
    command = SET_FIRST.sub(VALUE, command)
    inside = [shlex.split(each) for each in re.findall(r"\$\((.*?)\)", command)]
    calls: list[Call] = [[]]
    words = shlex.split(re.sub(r"\$\(.*?\)", place, command).partition(" < ")[0])
    for word in words:
        calls[-1].append(word) if word != "&&" else calls.append([])
    return [*inside, *(call for call in calls if call[0] in PROGRAMS)]


def test_every_word_arrives_whole_and_in_the_stated_order(night: Night) -> None:
    assert len(night.commands) >= 8
    for command, (code, called) in zip(night.commands, night.whole(), strict=True):
        assert (code, called) == (0, asked(command, night.place))
        for word in (word for call in called for word in call):
            assert "$" not in word and "…" not in word
            if word.startswith("{") and not word.startswith("{."):
                json.loads(word)


def test_the_versions_are_compared_over_the_days_of_the_condition(night: Night) -> None:
    windows = {one.metric: one.window_days for one in night.plan.conditions if one.relative_to == "previous"}
    asked_for = re.findall(r"compare\?metric=([a-z_,]+)&days=(\d+)", " ".join(night.commands))
    assert {name: int(days) for names, days in asked_for for name in names.split(",")} == windows


def test_the_runbook_prints_the_steps_in_the_order_of_the_plan(night: Night) -> None:
    plan = [step.command for step in (*night.plan.prechecks, *night.plan.steps) if step.command]
    assert [line.split() for line in night.commands[: len(plan)]] == [line.split() for line in plan]


def test_a_second_run_does_what_the_first_did(night: Night) -> None:
    assert night.whole() == night.whole()


def test_in_another_cluster_the_first_command_ends_before_it_does_anything(night: Night) -> None:
    code, called = night.types(night.commands[0], "elsewhere")
    assert code != 0
    assert called == [["kubectl", "config", "current-context"]]


def test_serving_with_less_can_be_typed_twice(night: Night) -> None:
    modes = [mode for mode in night.plan.degraded_modes if not mode.automated]
    assert modes and all(mode.command and mode.undo for mode in modes)
    for command in (each for mode in modes for each in (mode.command, mode.undo) if each):
        first, second = (night.types(command, night.place) for _ in range(2))
        assert first == second
        assert first[0] == 0, command


def test_the_stand_in_refuses_a_job_that_is_there(night: Night) -> None:
    once, again = (night.types("kubectl create job x --from=cronjob/y", night.place)[0] for _ in range(2))
    assert once == 0 and again != 0
