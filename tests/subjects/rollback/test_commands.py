"""Commands that a shell reads otherwise than they show are told, with the same ones written rightly beside them."""

import subprocess

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
        ("kubectl rollout undo deployment/a", "second time"),
        ("helm rollback a -n b --wait", "second time"),
        ("kubectl -n a create job again --from=cronjob/nightly", "second time"),
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
        "kubectl rollout undo deployment/a --to-revision=3",
        "helm rollback a 7 --wait",
        "kubectl delete job again --ignore-not-found && kubectl create job again --from=cronjob/nightly",
    ],
)
def test_the_same_written_rightly_is_not(command: str) -> None:
    assert faults(command) == ()
    assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


PLACE = p.Step(title="where", command="kubectl config current-context", proves="place")
GOLDEN = p.Step(title="golden", command="check golden.json", proves="golden")
LAST = p.Step(title="publish", command="make publish", point_of_no_return=True)
ASKED = case.table("rollback.golden", "id request expected previous tolerance", ("a", "{}", (), (), ()))


def subjects(prechecks: tuple[p.Step, ...], steps: tuple[p.Step, ...]) -> list[str]:
    project = case.pricing(rollback=p.Rollback(prechecks=prechecks, steps=steps, forward=(GOLDEN,)))
    found = runbook.run(project, case.evidence(tables=(ASKED,)), case.BEFORE).findings
    return [one.subject for one in found if one.subject != "on-call"]


def test_the_finding_names_the_step() -> None:
    step = p.Step(title="Is the alert real?", command="curl https://a.example.com/m?a=1&b=2")
    assert subjects((PLACE, step), (p.Step(title="back", command="make back"),)) == ["command of “Is the alert real?”"]


def test_commands_that_do_not_begin_by_proving_the_place_are_told() -> None:
    assert subjects((), (PLACE, GOLDEN, LAST)) == []
    assert subjects((GOLDEN, PLACE), (GOLDEN, LAST)) == ["rollback commands"]


def test_golden_requests_after_the_point_of_no_return_are_told() -> None:
    assert subjects((PLACE,), (LAST, GOLDEN)) == ["golden requests"]
    assert subjects((PLACE,), (GOLDEN,)) == []
