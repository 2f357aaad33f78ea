"""What a pipeline reads: gates as test cases, a summary of the step, and the example workflow, run step by step."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from generator.bundle.results import read_results
from generator.export import junit, step_summary
from tests.bundles import ROOT, in_markdown
from tests.hostile.world import World

WORKFLOW = ROOT / "data" / "techmart" / "workflow.yml"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return read_results((in_markdown(tmp_path_factory, "techmart") / "results.json").read_bytes())


def test_each_gate_is_a_test_case_and_its_verdict_what_became_of_it(results):
    suite = ElementTree.fromstring(junit.export(results).content).find("testsuite")
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    became = {"pass": [], "fail": ["failure"], "inconclusive": ["skipped"]}
    assert cases == {gate.title: became[gate.verdict] for gate in results.gates}
    assert int(suite.get("failures")) == sum(tags == ["failure"] for tags in cases.values()) > 0
    assert int(suite.get("tests")) == len(results.gates)
    assert junit.export(replace(results, gates=())) is None


def test_the_summary_holds_verdict_and_gates_and_nothing_of_a_name_is_markup(results):
    wild = replace(results, header=replace(results.header, title="A|B <b>*c*"))
    text = step_summary.export(wild).content.decode()
    assert text.startswith("## A\\|B \\<b\\>\\*c\\*, version 2026.09.0: delay\n")
    assert text.count("■ fail") == sum(gate.verdict == "fail" for gate in results.gates)
    severe = sum(each.severity == "severe" for each in results.findings)
    assert f"Severe findings: {severe}." in text


def test_the_example_workflow_runs_as_far_as_it_can_here(tmp_path: Path):
    """All its commands but the installation, on a small project; the last one refuses, as the project is not ready."""
    world = World(tmp_path / "shop")
    world.save()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "dossier").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n')
    (programs / "dossier").chmod(0o755)
    known = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    known |= {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["dossier"]["steps"]
    commands = [step["run"] for step in steps if "run" in step and not step["run"].startswith("pip")]
    codes = []
    for command in commands:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=world.folder,
            env=known,
            capture_output=True,
            text=True,
            check=False,
        )
        codes.append(done.returncode)
    assert codes[:-1] == [0] * (len(commands) - 1)
    assert codes[-1] in (0, 1)
    assert "| Gate | Actual | Bound | Verdict |" in (tmp_path / "summary.md").read_text()
