"""Every command that the three cases tell somebody to type passes shellcheck and keeps the runbook's own rules."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.load import load
from generator.load.known import known_at
from generator.records.project import Rollback
from generator.subjects.rollback._commands import faults

DATA = Path(__file__).resolve().parents[3] / "data"


def commands(case: str) -> Iterator[tuple[str, str]]:
    plan: Rollback = known_at(load(DATA / case), None).settings.rollback
    for step in (*plan.prechecks, *plan.steps, *plan.verify):
        yield step.title, step.command or ""
    for mode in plan.degraded_modes:
        yield mode.name, mode.command or ""
        yield f"undo {mode.name}", mode.undo or ""


@pytest.mark.parametrize("case", ["churn", "leadscore", "techmart"])
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_shellcheck_has_nothing_to_say(case: str, shell: str) -> None:
    for title, command in commands(case):
        line = ["shellcheck", f"--shell={shell}", "-"]
        said = subprocess.run(line, input=f"{command}\n", capture_output=True, text=True, check=False)
        assert not said.returncode, (title, said.stdout)
        assert not faults(command), title


def test_shellcheck_would_say_it() -> None:
    line = ["shellcheck", "--shell=sh", "-"]
    said = subprocess.run(line, input="rm -r $folder/*\n", capture_output=True, text=True, check=False)
    assert said.returncode and "SC2086" in said.stdout


@pytest.mark.parametrize("case", ["churn", "leadscore", "techmart"])
def test_the_place_is_proved_first_and_golden_requests_are_answered_in_time(case: str) -> None:
    plan: Rollback = known_at(load(DATA / case), None).settings.rollback
    assert plan.prechecks[0].proves == "place"
    last = next(index for index, step in enumerate(plan.steps) if step.point_of_no_return)
    assert any(step.proves == "golden" and "--column previous" in (step.command or "") for step in plan.steps[:last])
    assert sum(step.minutes or 0 for step in plan.prechecks) < 2
