"""Every command that the three cases tell somebody to type passes shellcheck and keeps the runbook's own rules."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from generator.load import load
from generator.load.known import known_at
from generator.records import project as p
from generator.records.project import Mode, Rollback
from generator.subjects.rollback._commands import asking, faults
from generator.subjects.rollback._modes import _typed
from generator.subjects.windows.found import TeamLevel, Turned
from tests.subjects import case

DATA = Path(__file__).resolve().parents[3] / "data"


def commands(name: str) -> Iterator[tuple[str, str]]:
    project = known_at(load(DATA / name), None)
    plan: Rollback = project.settings.rollback
    yield "one statement", asking(project) or ""
    yield "share", project.settings.rollout.share_command or ""
    for step in (*plan.prechecks, *plan.steps, *plan.verify, *plan.forward):
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


@pytest.mark.parametrize("name", ["$(touch x)", "a b", "it's", "{level}", "{0}", "`id`;", "plain"])
def test_a_group_is_written_so_that_a_shell_takes_its_name_for_nothing_else(name: str) -> None:
    one = TeamLevel(segment="side", name=name, turned=cast(Turned, None), proven=False, worse=False)
    line = _typed(one, Mode(name="off", slot="GROUP={segment}/{level} {else}"), case.fact("share", 0.1))
    said = subprocess.run(
        ["sh", "-c", f'{line.removesuffix(" {else}")}; printf %s "$GROUP"'], capture_output=True, text=True
    )
    assert (said.stdout, said.stderr) == (f"side/{name}", "") and line.endswith(" {else}")


def test_one_statement_is_cut_out_of_all_by_its_name(tmp_path: Path) -> None:
    said = "-- errors: Error; of a day;\nSELECT 1\nFROM a;\n\n-- errors-by-side: Error\nSELECT 2;\n"
    (tmp_path / "queries.sql").write_text(said)
    line = asking(case.project(alerts=p.Alerts(queries_with="cat")))
    for query, shown in (("errors", said.split("\n\n")[0]), ("errors-by-side", said.split("\n\n")[1].strip())):
        ran = subprocess.run(
            ["sh", "-c", f"QUERY={query}; {line}"], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert ran.stdout.strip() == shown
    assert subprocess.run(["sh", "-c", str(line)], capture_output=True, check=False, cwd=tmp_path).stdout == b""
