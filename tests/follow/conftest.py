import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from generator.cli import app
from generator.cli.sign import PASSWORD as VARIABLE
from tests.bundle.test_diff import RULE
from tests.follow.authority import PASSWORD, Authority, authority, ssh_key
from tests.hostile.world import World, accepted

HEAD, RISK, TERMS = "Head of pricing", "Risk officer", "monitoring is live by May"
DOCUMENTS = ("executive-summary", "monitoring")


@dataclass(frozen=True)
class Case:
    """A project with a bundle, and people with keys who decide about it."""

    folder: Path
    keys: Path

    @property
    def bundle(self) -> Path:
        return self.folder / "bundles" / "out"

    @property
    def approvals(self) -> list[Path]:
        return sorted((self.folder / "approvals").glob("*"))

    def run(self, what: str, *words: str | Path, password: str | None = PASSWORD) -> Result:
        runner = CliRunner(env={VARIABLE: password})
        return runner.invoke(app, [what, str(self.bundle), "--project", str(self.folder), *map(str, words)])

    def sign(self, *words: str | Path, role: str = HEAD, name: str = "Grace Thornton", decision: str = "") -> Result:
        said = ("--decision", decision, *(("--conditions", TERMS) if decision == "conditions" else ()))
        return self.run("sign", "--role", role, "--name", name, *(said if decision else ()), *words)

    def by_ssh(self, *words: str | Path, decision: str = "conditions", **who: str) -> Result:
        return self.sign("--ssh-key", self.keys / "ssh", *words, decision=decision, **who)

    def by_rsa(self, *words: str | Path, decision: str = "conditions", **who: str) -> Result:
        return self.sign("--pkcs12", self.keys / "grace.p12", *words, decision=decision, **who)

    def by_curve(self, *words: str | Path, decision: str = "conditions") -> Result:
        return self.sign("--pkcs12", self.keys / "priya.p12", *words, decision=decision, role=RISK, name="Priya Raman")

    def verify(self, *words: str | Path) -> Result:
        return self.run("verify", "--quiet", *words)

    def vouched(self) -> Result:
        return self.verify("--trust", self.keys / "root.pem", "--allowed-signers", self.keys / "allowed")

    def status(self) -> Any:
        result = CliRunner().invoke(app, ["status", str(self.folder), str(self.bundle), "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


def done(result: Result) -> str:
    """Return what a command printed that went well."""
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result, *said: str, code: int = 2) -> None:
    """Assert a clear refusal that says these words."""
    assert result.exit_code == code, result.output
    for words in said:
        assert words in result.stderr, result.stderr
    assert "internal error" not in result.stderr


@pytest.fixture(scope="session")
def vouching() -> Authority:
    return authority()


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, vouching: Authority) -> Case:
    """A bundle of two documents, built once; tests take copies."""
    top = tmp_path_factory.mktemp("signed")
    world = World(top / "case")
    world.project["project"] |= {"owner": "Ada Byron, owner of the model"}
    world.project["objectives"]["metrics"][0]["acceptable"] = 0.5
    world.project["alerts"] = {"rules": [dict(RULE)]}
    world.project["people"] = {
        "roles": [
            {"role": HEAD, "name": "Grace Thornton", "contact": "grace@example.com", "deputy": "Ada Byron"},
            {"role": RISK, "name": "Priya Raman", "contact": "priya@example.com"},
        ],
        "approvers": [{"role": HEAD, "name": "Grace Thornton"}, {"role": RISK, "name": "Priya Raman"}],
    }
    wanted = [word for id in DOCUMENTS for word in ("--document", id)]
    accepted(world, world.build("--format", "pdf", "--format", "md", *wanted))
    keys = top / "keys"
    keys.mkdir()
    (keys / "root.pem").write_bytes(vouching.pem)
    (keys / "grace.p12").write_bytes(vouching.p12("Grace Thornton"))
    (keys / "priya.p12").write_bytes(vouching.p12("P. Raman", "priya@example.com", curve=True))
    (keys / "allowed").write_text(ssh_key(keys / "ssh", "grace@example.com"))
    return Case(world.folder, keys)


@pytest.fixture
def case(first: Case, tmp_path: Path) -> Case:
    shutil.copytree(first.folder, tmp_path / "case")
    return Case(tmp_path / "case", first.keys)


@pytest.fixture(scope="session")
def signed_once(first: Case, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The bundle, signed by a key of SSH, a certificate on RSA, and another's on a curve."""
    folder = tmp_path_factory.mktemp("done") / "case"
    shutil.copytree(first.folder, folder)
    case, gate = Case(folder, first.keys), ("--accept", "overall.rmse")
    for sign in (case.by_ssh, case.by_rsa, case.by_curve):
        done(sign(*gate))
    return case


@pytest.fixture
def signed(signed_once: Case, tmp_path: Path) -> Case:
    shutil.copytree(signed_once.folder, tmp_path / "case")
    return Case(tmp_path / "case", signed_once.keys)
