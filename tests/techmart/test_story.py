"""The three uses in one go: sign, retrain, see what changed, sign again, pack for the change, go live, go back."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.bundle.results import read_results
from tests.bundles import ROOT
from tests.follow.authority import ssh_key
from tests.follow.increments import filled
from tests.techmart.retrained import CASE, DAY, NEW, OLD

DOCUMENTS = ("executive-summary", "rollback-runbook")
CHOSEN = (*tuple(word for id in DOCUMENTS for word in ("--document", id)), "--format", "md", "--format", "pdf")
RECORDING = '#!/bin/sh\nprintf "%s\\n" "$(basename "$0") $*" >> "$RECORD"\necho pricing-prod\n'


class Story:
    """A copy of the case, and the program as its people call it: each step is one command."""

    def __init__(self, folder: Path) -> None:
        self.case = folder / "case"
        self.case.mkdir()
        for file in CASE.iterdir():
            if file.suffix in (".yaml", ".csv", ".skops", ".json"):
                shutil.copy(file, self.case)

    def dossier(self, *words: str | Path, code: int = 0) -> str:
        return self._run("-m", "generator", *map(str, words), code=code)

    def retrain(self) -> None:
        self._run("-m", "data.techmart.retrain", ".")

    def bundle(self, version: str) -> Path:
        return self.case / "output" / "techmart" / version / DAY

    def sign(self, version: str, role: str, name: str, *words: str | Path) -> str:
        results = read_results((self.bundle(version) / "results.json").read_bytes())
        failing = [gate.id for gate in results.gates if gate.hard and gate.verdict == "fail"]
        accepted = [word for gate in failing for word in ("--accept", gate)]
        return self.dossier("sign", self.bundle(version), "--role", role, "--name", name, *accepted, *words)

    def _run(self, *words: str, code: int = 0) -> str:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, *words], cwd=self.case, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    told = Story(tmp_path_factory.mktemp("story"))
    told.dossier("build", *CHOSEN, "--quiet")
    return told


def test_from_the_first_signature_to_the_way_back(story: Story, tmp_path: Path) -> None:
    key = tmp_path / "key"
    ssh_key(key, "daniel.osei@example.com")
    terms = ("--decision", "conditions", "--conditions", "retrained first")
    by_ssh = (*terms, "--ssh-key", key)
    _signed_by_two(story, by_ssh, tmp_path)
    story.dossier("verify", story.bundle(OLD), "--quiet")
    assert "signed" in _refusal(story.case, "build", *CHOSEN, "--quiet"), "a signed bundle is not built over"

    story.retrain()
    story.dossier("build", *CHOSEN, "--quiet")
    told = story.dossier("diff", story.bundle(OLD), story.bundle(NEW), "--quiet")
    assert f"{OLD} as of {DAY} → {NEW} as of {DAY}" in told
    assert "An approver must read again:" in told
    assert "Executive summary" in told
    found = json.loads(story.dossier("status", ".", "--json"))
    assert found["approval"]["state"] == "in review", (
        "what the old version was approved for says nothing of the new one"
    )
    for role, name in (("VP Engineering", "Grace Thornton"), ("Data science manager", "Daniel Osei")):
        story.sign(NEW, role, name, *by_ssh)

    story.dossier("pack", story.bundle(NEW), "--for", "deployment", "-o", tmp_path, "--quiet")
    assert list(tmp_path.glob(f"techmart-{NEW}-*-deployment.zip"))
    evidence = tmp_path / "release.txt"
    evidence.write_text("released")
    story.dossier("record", ".", "state", "in_service", "--evidence", evidence, "--who", "Ines Okafor", "--date", DAY)

    runbook = (story.bundle(NEW) / "rollback-runbook.md").read_text()
    assert OLD in runbook, "the runbook names the version to go back to"
    assert re.search(r"loaded and scored [\d,]+ rows in this build", runbook)
    assert f"--set model.version={OLD}" in runbook, "and so do its commands"
    assert "2026.05.0" not in runbook
    _goes_back(story, tmp_path)
    assert "in service" in story.dossier("status", ".")


def _signed_by_two(story: Story, by_ssh: tuple[str | Path, ...], folder: Path) -> None:
    """One by the PDF that comes back, one by a key of SSH."""
    line = {"signoff-1-decision": "With conditions", "signoff-1-conditions": "retrained first"}
    back = folder / "returned.pdf"
    back.write_bytes(filled((story.bundle(OLD) / "executive-summary.pdf").read_bytes(), line))
    story.sign(OLD, "VP Engineering", "Grace Thornton", "--from", back)
    story.sign(OLD, "Data science manager", "Daniel Osei", *by_ssh)
    roles = json.loads(story.dossier("status", ".", "--json"))["approval"]["roles"]
    assert {each["role"]: each["decision"] for each in roles} == {
        "VP Engineering": "conditions",
        "Data science manager": "conditions",
        "Head of pricing": None,
    }


def _goes_back(story: Story, folder: Path) -> None:
    """Type the runbook's commands, in their order, where every program only writes down how it was called."""
    results = read_results((story.bundle(NEW) / "results.json").read_bytes())
    rows = results.tables["runbook.commands"].records
    programs, record = folder / "programs", folder / "record"
    programs.mkdir()
    for name in ("kubectl", "helm", "curl", "python", "jq"):
        (programs / name).write_text(RECORDING)
        (programs / name).chmod(0o755)
    known = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "RECORD": str(record)}
    wanted: list[str] = []
    for row in rows:
        command = str(row["command"])
        subprocess.run(["bash", "-c", command], cwd=story.bundle(NEW), env=known, capture_output=True, check=False)
        wanted += re.findall(r"\b(kubectl|helm|curl)\b", command)[:1]
    called = [line.split()[0] for line in record.read_text().splitlines()]
    assert called[0] == wanted[0]
    assert set(wanted) <= set(called)


def _refusal(case: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "generator", *words]
    done = subprocess.run(command, cwd=case, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    return done.stderr
