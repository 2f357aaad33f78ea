"""`dossier sign`: three ways to decide, who may decide what, and what `status` and `verify` say of it."""

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from typer.testing import CliRunner

from generator.bundle import opened
from generator.bundle.approvals import approvals
from generator.bundle.explain import contents
from generator.cli import app
from generator.errors import InputError
from generator.follow.standing import objections, standing
from generator.load.journal import checked, read_journal
from generator.records.approval import read_envelope
from tests.follow.authority import authority, ssh_key
from tests.follow.conftest import DOCUMENTS, HEAD, RISK, TERMS, Case, done, refused

GATE = ("--accept", "overall.rmse")


def test_before_anybody_decides_the_bundle_is_in_review(case: Case):
    assert case.status()["approval"]["state"] == "in review"
    assert "approvals: in review" in done(case.verify())


def test_all_roles_make_the_bundle_approved(signed: Case):
    told = signed.status()["approval"]
    assert told["state"] == "approved with conditions"
    assert all(each["of_this_build"] for each in told["roles"])
    assert [(each["role"], each["decision"], each["approvals"]) for each in told["roles"]] == [
        (HEAD, "conditions", ["002-head-of-pricing"]),
        (RISK, "conditions", ["003-risk-officer"]),
    ]
    printed = done(signed.vouched())
    assert "approvals: approved with conditions" in printed
    for words in (
        "a key of SSH that is theirs by your list",
        "certificate of Grace Thornton",
        "certificate of P. Raman",
    ):
        assert words in printed
    assert "nobody vouches" not in printed


def test_who_trusts_nobody_is_told_so(signed: Case):
    printed = done(signed.verify())
    assert printed.count("nobody vouches") == 3


def test_a_stranger_s_root_and_list_vouch_for_nobody(signed: Case, tmp_path: Path):
    (tmp_path / "root.pem").write_bytes(authority().pem)
    (tmp_path / "allowed").write_text(ssh_key(tmp_path / "key", "grace@example.com"))
    refused(signed.verify("--trust", tmp_path / "root.pem"), "002", "none of your certificates vouches", code=4)
    refused(signed.verify("--allowed-signers", tmp_path / "allowed"), "001", "does not give to Grace", code=4)


def test_a_statement_is_checked_without_this_program(signed: Case):
    """By ssh-keygen alone against the verifier's own list, over what `jq -cjS .statement` prints."""
    found = json.loads((signed.approvals[0] / "approval.json").read_text())
    content = json.dumps(found["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    (signed.folder / "sig").write_text(found["signature"])
    words = ("-f", signed.keys / "allowed", "-I", "grace@example.com", "-n", "approval@deployment-dossier")
    run = ["ssh-keygen", "-Y", "verify", *map(str, words), "-s", str(signed.folder / "sig")]
    assert subprocess.run(run, input=content, capture_output=True, check=False).returncode == 0
    assert subprocess.run(run, input=content + b" ", capture_output=True, check=False).returncode != 0


def test_a_second_signer_leaves_the_first_valid(signed: Case):
    first, second = (signed.approvals[number] / "executive-summary.pdf" for number in (1, 2))
    base = (signed.bundle / "executive-summary.pdf").read_bytes()
    assert second.read_bytes().startswith(first.read_bytes()) and first.read_bytes().startswith(base)
    told = subprocess.run(["pdfsig", second], capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid") == 2
    checked = subprocess.run(["qpdf", "--check", second], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("number", [1, 2])
def test_a_signed_pdf_stays_tagged_and_its_line_is_filled_in(signed: Case, number: int):
    base = pikepdf.open(signed.bundle / "executive-summary.pdf")
    with pikepdf.open(signed.approvals[number] / "executive-summary.pdf") as pdf, base:
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.Root.StructTreeRoot.K) == len(base.Root.StructTreeRoot.K)
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert str(fields[f"signoff-{number}-decision"].V) == "conditions"
        assert str(fields[f"signoff-{number}-conditions"].V) == TERMS
        seal = fields[f"signoff-{number}-signature"]
        assert seal.V.SubFilter == "/ETSI.CAdES.detached"
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontName" in each]
        assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
        assert ("/Version" in pdf.Root) == (number == 2)


def test_who_leaves_pdf_a_is_told_so(case: Case):
    assert "no PDF/A-3 any more" not in case.by_rsa(*GATE).stderr
    assert "no PDF/A-3 any more" in case.by_curve(*GATE).stderr


def test_a_name_in_a_certificate_is_the_signer_s(case: Case):
    refused(case.by_rsa(*GATE, role=RISK, name="Priya Raman"), "the certificate is that of Grace Thornton")


REFUSED = {
    "a failing gate": ((), {"decision": "conditions"}, "the hard gate overall.rmse fails, and is not accepted"),
    "no conditions": ((*GATE,), {"decision": "approve"}, "monitoring is not settled"),
    "another's role": ((*GATE,), {"name": "Priya Raman"}, "Priya Raman does not sign as Head of pricing"),
    "no such role": ((*GATE,), {"role": "Head"}, "no approval by 'Head'"),
    "no such gate": (("--accept", "overall.rmsd"), {}, "did you mean overall.rmse?"),
    "no such document": ((*GATE, "--document", "monitorin"), {}, "did you mean monitoring?"),
    "no decision": ((*GATE,), {"decision": ""}, "no decision is named"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_decided_is_refused_and_nothing_written(case: Case, name: str):
    words, who, said = REFUSED[name]
    refused(case.by_ssh(*words, **who), said)
    assert case.approvals == [] and not (case.folder / "records.jsonl").exists()


def test_conditions_are_said_where_they_are_decided(case: Case):
    refused(case.by_ssh("--conditions", "one", decision="reject"), "exactly where the decision is `conditions`")
    refused(case.by_ssh(*GATE, "--conditions", " ", decision="conditions"), "exactly where the decision")


def test_one_way_is_named(case: Case):
    refused(case.sign(decision="reject"), "signed in one way")
    refused(case.by_rsa("--ssh-key", case.keys / "ssh"), "signed in one way")


def test_a_rejection_needs_no_gate_and_outweighs_the_rest(signed: Case):
    done(signed.by_ssh(decision="reject"))
    told = signed.status()["approval"]
    assert told["state"] == "rejected"
    assert told["roles"][0]["approvals"] == ["004-head-of-pricing"]


def test_a_deputy_signs_unless_the_policy_forbids_it(case: Case):
    results = opened(case.bundle).results
    who = (HEAD, "Ada Byron")
    assert not list(objections(results, who, "conditions", ["overall.rmse"], ()))
    fact = replace(results.facts["declared.people.self_approval"], value=False)
    strict = replace(results, facts={**results.facts, fact.id: fact})
    ((what, _),) = objections(strict, who, "conditions", ["overall.rmse"], ())
    assert what == "Ada Byron owns the project, and its policy forbids to approve one's own"
    assert not list(objections(strict, who, "reject", (), ()))


def test_where_nothing_is_open_all_that_approve_make_it_approved(signed: Case):
    """And where a gate is open, or fails and one of them did not accept it, the same words do not."""
    found = opened(signed.bundle)
    said = contents((signed.bundle / "citations.json").read_bytes())
    records, _ = read_journal(signed.folder)
    known = [
        replace(one, statement=replace(one.statement, decision="approve", accepted=()))
        for one in approvals(signed.folder, records).whole
    ]
    table = found.results.tables["conditions.all"]
    none = replace(table, rows=(), reason="nothing is open")
    passed = tuple(replace(gate, verdict="pass") for gate in found.results.gates)
    clean = replace(found.results, gates=passed, tables={**found.results.tables, none.id: none})
    assert standing(clean, said, known, ()).state == "approved"
    assert standing(clean, said, known[:2], ()).state == "in review"
    for verdict in ("fail", "inconclusive"):
        gates = tuple(replace(gate, verdict=verdict) if gate.hard else gate for gate in passed)
        assert standing(replace(clean, gates=gates), said, known, ()).state == "in review"
    held = replace(clean, tables={**clean.tables, table.id: table})
    assert "monitoring is not settled" in standing(held, said, known, ()).seats[0].against


def test_an_approval_of_one_document_leaves_the_others_to_read(case: Case):
    done(case.by_ssh(*GATE, "--document", "monitoring"))
    told = case.status()["approval"]
    assert told["state"] == "in review"
    assert told["roles"][0]["read_again"] == ["executive-summary"]


def test_a_signed_bundle_is_not_built_over(signed: Case):
    before = (signed.bundle / "manifest.json").read_bytes()
    built = CliRunner().invoke(app, ["build", str(signed.folder), "-o", str(signed.bundle), "-q", "--format", "md"])
    refused(built, "the bundle there is signed: approvals/001-head-of-pricing")
    refused(
        CliRunner().invoke(app, ["render", str(signed.bundle), "-q", "--format", "md"]), "the bundle there is signed"
    )
    assert (signed.bundle / "manifest.json").read_bytes() == before


def test_approvals_are_nothing_that_a_build_knows(signed: Case):
    """Built again elsewhere from the same rows: the same bytes, and every approval kept."""
    again = Case(signed.folder, signed.keys)
    other = signed.folder / "bundles" / "again"
    words = [word for id in DOCUMENTS for word in ("--document", id)]
    done(CliRunner().invoke(app, ["build", str(again.folder), "-o", str(other), "-q", "--format", "md", *words]))
    told = CliRunner().invoke(app, ["status", str(signed.folder), str(other), "--json"])
    kept = json.loads(done(told))["approval"]
    assert kept["state"] == "approved with conditions"
    assert [each["of_this_build"] for each in kept["roles"]] == [False, False]
    printed = done(CliRunner().invoke(app, ["status", str(signed.folder), str(other)]))
    assert printed.count("of another build that says the same") == 2
    old = json.loads((signed.bundle / "manifest.json").read_text())["files"]
    new = json.loads((other / "manifest.json").read_text())["files"]
    assert {path: new[path] for path in new if path != "index.html"} == {
        path: old[path] for path in new if path != "index.html"
    }


CHANGED = {
    "a title": ("title: Error of the day", "title: Error of one day", ["monitoring"]),
    "a threshold": ("yellow: 3.4", "yellow: 3.5", ["executive-summary", "monitoring"]),
}
"""What is another in the project file, and which documents print it."""


@pytest.mark.parametrize("name", CHANGED)
def test_what_changed_is_to_be_read_again(signed: Case, name: str):
    """The documents that print it lose their approval, the others keep it."""
    old, new, documents = CHANGED[name]
    file, other = signed.folder / "dossier.yaml", signed.folder / "bundles" / "changed"
    file.write_text(file.read_text().replace(old, new))
    words = [word for id in DOCUMENTS for word in ("--document", id)]
    done(CliRunner().invoke(app, ["build", str(signed.folder), "-o", str(other), "-q", "--format", "md", *words]))
    told = CliRunner().invoke(app, ["status", str(signed.folder), str(other), "--json"])
    found = json.loads(done(told))["approval"]
    assert found["state"] == "in review"
    assert [each["read_again"] for each in found["roles"]] == [documents, documents]


def test_approvals_go_into_the_pack(signed: Case, tmp_path: Path):
    done(CliRunner().invoke(app, ["pack", str(signed.bundle), "-o", str(tmp_path / "change"), "-q"]))
    with zipfile.ZipFile(next((tmp_path / "change").glob("*.zip"))) as archive:
        kept = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    files = [path for path in (signed.folder / "approvals").rglob("*") if path.is_file()]
    assert len(files) == 5
    assert all(kept[path.relative_to(signed.folder).as_posix()] == path.read_bytes() for path in files)


STRANGE = (" Zoë’s terms — 漢字 😀, “quoted” \\ <b>&amp;</b> ", "one\ntwo", "long " * 200)


@pytest.mark.parametrize("terms", STRANGE, ids=["signs", "lines", "long"])
def test_any_words_are_conditions(case: Case, terms: str):
    words = ("--decision", "conditions", "--conditions", terms, *GATE, "--pkcs12", case.keys / "grace.p12")
    done(case.sign(*words))
    assert case.status()["approval"]["roles"][0]["conditions"] == [terms.strip()]
    done(case.vouched())


@pytest.mark.parametrize("name", ["two\nlines", "x" * 301, "\x1b[2J"])
def test_a_name_is_one_line_that_can_be_seen(signed: Case, name: str):
    records, _ = read_journal(signed.folder)
    assert checked(records[0]) == records[0]
    with pytest.raises(InputError, match="no text of one line"):
        checked(replace(records[0], who=name))


def test_a_key_that_does_not_open_is_told(case: Case):
    words = ("--role", HEAD, "--name", "Grace Thornton", "--decision", "reject", "--pkcs12", case.keys / "grace.p12")
    refused(case.run("sign", *words, password="wrong"), "the key does not open", "DOSSIER_PASSWORD")
    refused(case.run("sign", *words, password=None), "the key has a password", "DOSSIER_PASSWORD")
    refused(case.sign("--ssh-key", case.keys / "root.pem", decision="reject"), "the key does not sign")
    assert case.approvals == []


def test_only_sign_and_verify_bring_pyhanko():
    """Where it is not installed all else works; and it takes a third of a second."""
    modules = (
        "generator.cli, generator.pipeline, generator.follow.status, generator.follow.sign, generator.follow.verify"
    )
    code = f"import {modules}, sys; print([name for name in sys.modules if 'hanko' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_without_pyhanko_it_is_said_what_to_install(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "generator.follow._pades", None)
    refused(case.by_rsa(*GATE), "pip install 'deployment-dossier[sign]'", code=3)
    done(case.by_ssh(*GATE))


def test_a_bundle_whose_project_is_elsewhere_says_so(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    alone = shutil.copytree(case.bundle, tmp_path / "alone")
    monkeypatch.chdir(alone)
    assert "its project was not found: --project DIR" in done(CliRunner().invoke(app, ["verify", str(alone), "-q"]))
    words = ["--role", HEAD, "--name", "Grace Thornton", "--decision", "reject", "--ssh-key", str(case.keys / "ssh")]
    refused(CliRunner().invoke(app, ["sign", str(alone), *words]), "the project shop was not found from here")
    monkeypatch.chdir(case.folder)
    done(CliRunner().invoke(app, ["sign", str(alone), *words]))
    assert len(case.approvals) == 1


def test_no_record_by_hand_is_an_approval(case: Case):
    words = [
        "record",
        str(case.folder),
        "approval",
        HEAD,
        "approve",
        "--who",
        "Eve",
        "--evidence",
        str(case.keys / "ssh"),
    ]
    refused(CliRunner().invoke(app, words), "an approval is signed, not recorded by hand")


def test_a_statement_says_what_was_read(signed: Case):
    statements = [read_envelope((folder / "approval.json").read_bytes()) for folder in signed.approvals]
    assert None not in statements
    first, second, _ = (found[0] for found in statements if found)
    assert first.previous == "" and len(second.previous) == 64
    assert set(first.documents) == {"executive-summary", "monitoring"}
    assert first.accepted == ("overall.rmse",)
    assert second.returned and second.returned.bytes == (signed.bundle / "executive-summary.pdf").stat().st_size
