"""Commands that a shell reads otherwise than they show are told, with the same ones written rightly beside them."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from generator.records import project as p
from generator.subjects.rollback import runbook
from generator.subjects.rollback._commands import faults
from tests.subjects import case


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("curl -fsS https://a.example.com/m?metric=rmse&days=3", "background"),
        ("curl -fsS https://a.example.com/m?metric=rmse", "pattern"),
        ("echo 'half", "quotation"),
        ("deploy --to <version>", "slot"),
    ],
)
def test_a_command_that_does_not_do_what_it_shows_is_told(command: str, word: str) -> None:
    assert word in faults(command)[0]


@pytest.mark.parametrize(
    "command",
    [
        "curl -fsS 'https://a.example.com/m?metric=rmse&days=3'",
        'curl -X POST https://a.example.com/h -d \'{"text":"Going back"}\'',
        "make stop && make start",
        "run job 2>&1 | tail -3",
        'kubectl patch cronjob nightly -p \'{"spec":{"suspend":true}}\'',
        "sleep 5 &",
    ],
)
def test_the_same_written_rightly_is_not(command: str) -> None:
    assert faults(command) == ()
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


def test_the_finding_names_the_step() -> None:
    step = p.Step(title="Is the alert real?", command="curl https://a.example.com/m?a=1&b=2")
    project = case.pricing(rollback=p.Rollback(prechecks=(step,), steps=(replace(step, command="make back"),)))
    found = runbook.run(project, case.evidence(), case.BEFORE).findings
    assert [one.subject for one in found] == ["command of “Is the alert real?”"]
