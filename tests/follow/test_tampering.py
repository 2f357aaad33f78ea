"""A signed bundle: whatever is changed, added, removed, renamed or forged since is found and named."""

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.bundle.approvals import approvals
from generator.bundle.verify import intact
from generator.cli import app
from generator.errors import DossierError
from generator.follow.verify import Keys, verify
from generator.load.journal import read_journal
from generator.records.approval import Statement, envelope, read_envelope
from tests.follow.conftest import RISK, Case, done, refused
from tests.follow.increments import filled, overlaid

GATE = ("--accept", "overall.rmse")


def files_of(case: Case) -> list[Path]:
    """Return every file of the bundle, of its approvals, and the records."""
    below = (*case.bundle.rglob("*"), *(case.folder / "approvals").rglob("*"))
    return sorted(path for path in (*below, case.folder / "records.jsonl") if path.is_file() and path.stat().st_size)


def found(case: Case) -> str:
    """Return what is wrong with a bundle and its approvals, the documents not made again; raises nothing.

    Signatures, which take a second, are looked at where no digest tells.
    """
    records, unread = read_journal(case.folder)
    problems = (*unread, *approvals(case.folder, records).problems)
    try:
        intact(case.bundle)
        problems = problems or verify(case.bundle, Keys(), case.folder).problems
    except DossierError as error:
        problems += error.problems
    return "\n".join(f"{one.what} {one.where}" for one in problems)


def test_any_byte_that_was_changed_is_found_and_its_file_named(signed: Case):
    """200 changes: a hundred anywhere, a hundred in what was signed, where the bundle's own digests do not reach."""
    chance, files = random.Random(20261130), files_of(signed)
    own = [path for path in files if not path.is_relative_to(signed.bundle)]
    assert found(signed) == ""
    for number in range(200):
        file = chance.choice(own if number % 2 else files)
        before = file.read_bytes()
        place = chance.randrange(len(before))
        file.write_bytes(before[:place] + bytes([before[place] ^ chance.randrange(1, 256)]) + before[place + 1 :])
        assert file.name in found(signed), (file, place)
        file.write_bytes(before)
    assert found(signed) == ""


def test_even_a_space_that_became_another_is_found(signed: Case):
    """What means the same to a reader of JSON is another byte all the same."""
    for file in (signed.folder / "records.jsonl", *signed.folder.glob("approvals/*/approval.json")):
        before = file.read_bytes()
        for old, new in ((b" ", b"\t"), (b" ", b"\r"), (b"\n", b"\x0b"), (b"\n", b" ")):
            file.write_bytes(before.replace(old, new, 1))
            assert file.name in found(signed), (file, old, new)
        file.write_bytes(before)


def exchange(one: Path, other: Path) -> None:
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)


def rerecorded(case: Case, number: int, change: Callable[[Statement], Statement], pdf: bytes = b"") -> None:
    """Forge an approval by one who can write everywhere: its file, its PDF and the digests, all of one mind."""
    folder = case.approvals[number]
    known = read_envelope((folder / "approval.json").read_bytes())
    assert known is not None
    statement, signature = known
    if pdf and statement.returned:
        (folder / statement.returned.file).write_bytes(pdf)
        returned = replace(statement.returned, sha256=hashlib.sha256(pdf).hexdigest())
        statement = replace(statement, returned=returned)
    content = envelope(change(statement), signature)
    (folder / "approval.json").write_bytes(content)
    lines = (case.folder / "records.jsonl").read_text().splitlines()
    record = json.loads(lines[number]) | {"sha256": hashlib.sha256(content).hexdigest()}
    record |= {"state": change(statement).decision}
    lines[number] = json.dumps(record, ensure_ascii=False)
    (case.folder / "records.jsonl").write_text("".join(f"{line}\n" for line in lines[: number + 1]))
    for later in case.approvals[number + 1 :]:
        shutil.rmtree(later)


def rejected(statement: Statement) -> Statement:
    return replace(statement, decision="reject", conditions="")


def behind(case: Case, number: int, change: Callable[[bytes], bytes]) -> bytes:
    return change((case.approvals[number] / "executive-summary.pdf").read_bytes())


def cut(case: Case, number: int) -> None:
    """Remove an approval and its record."""
    shutil.rmtree(case.approvals[number])
    lines = (case.folder / "records.jsonl").read_text().splitlines()
    del lines[number]
    (case.folder / "records.jsonl").write_text("".join(f"{line}\n" for line in lines))


def edited(case: Case) -> None:
    file = case.folder / "records.jsonl"
    file.write_text(file.read_text().replace('"about": "Risk officer"', '"about": "Head of pricing"'))


DONE: dict[str, tuple[Callable[[Case], Any], tuple[str, ...]]] = {
    "a file more": (lambda case: (case.approvals[0] / "more.txt").write_text("x"), ("more.txt is in no record",)),
    "a folder more": (lambda case: (case.folder / "approvals/004-x").mkdir(), ("approvals/004-x is in no record",)),
    "a file less": (
        lambda case: (case.approvals[1] / "approval.json").unlink(),
        ("002-head-of-pricing/approval.json is missing",),
    ),
    "a pdf less": (lambda case: (case.approvals[1] / "executive-summary.pdf").unlink(), ("not what was signed",)),
    "renamed": (
        lambda case: case.approvals[2].rename(case.folder / "approvals/009"),
        ("is missing", "approvals/009 is in no record"),
    ),
    "exchanged": (
        lambda case: exchange(*(case.approvals[each] / "approval.json" for each in (0, 1))),
        ("001-head-of-pricing/approval.json is not what was recorded", "002-head-of-pricing/approval.json is not what"),
    ),
    "in the bundle": (lambda case: (case.bundle / "monitoring.md").unlink(), ("monitoring.md is missing",)),
    "the first cut off": (lambda case: cut(case, 0), ("002-head-of-pricing/approval.json does not follow",)),
    "a record edited": (edited, ("003-risk-officer/approval.json and its record do not say the same",)),
    "a page overlaid": (
        lambda case: (case.approvals[2] / "executive-summary.pdf").write_bytes(behind(case, 2, overlaid)),
        ("has a PDF that is not what was signed",),
    ),
    "a page overlaid, all digests mended": (
        lambda case: rerecorded(case, 2, lambda one: one, behind(case, 2, overlaid)),
        ("003-risk-officer", "in which more was changed than fields were filled in"),
    ),
    "a locked decision, all digests mended": (
        lambda case: rerecorded(
            case, 2, rejected, behind(case, 2, lambda pdf: filled(pdf, {"signoff-2-decision": "reject"}))
        ),
        ("the file was changed after it was signed", "is signed for another statement than is recorded"),
    ),
    "a decision in the statement, all digests mended": (
        lambda case: rerecorded(case, 1, rejected),
        ("says reject, and its PDF conditions", "is signed for another statement"),
    ),
    "another beginning, all digests mended": (
        lambda case: rerecorded(
            case, 2, lambda one: one, behind(case, 2, lambda pdf: pdf.replace(b"%PDF-1.7", b"%PDF-1.6"))
        ),
        ("003-risk-officer/approval.json has a PDF that does not begin with the bundle's",),
    ),
    "a decision under a key of SSH, all digests mended": (
        lambda case: rerecorded(case, 0, rejected),
        ("001-head-of-pricing/approval.json its signature does not hold",),
    ),
    "a gate accepted later, all digests mended": (
        lambda case: rerecorded(case, 1, lambda one: replace(one, accepted=())),
        ("002-head-of-pricing/approval.json is signed for another statement",),
    ),
}


@pytest.mark.parametrize("name", DONE)
def test_what_was_done_is_named(signed: Case, name: str):
    change, said = DONE[name]
    change(signed)
    told = found(signed)
    assert all(words in told for words in said), told


def test_what_was_done_to_bundle_and_approvals_is_named_at_once(signed: Case):
    (signed.bundle / "monitoring.md").write_text("another")
    (signed.approvals[0] / "approval.json").unlink()
    refused(signed.verify(), "monitoring.md was changed", "001-head-of-pricing/approval.json is missing", code=4)


def test_without_its_last_approval_a_bundle_is_in_review_again(signed: Case):
    cut(signed, 2)
    assert signed.status()["approval"]["state"] == "in review"
    assert "approvals: in review" in done(signed.verify())


def test_nobody_signs_upon_what_is_not_whole(signed: Case):
    (signed.approvals[0] / "approval.json").unlink()
    refused(signed.by_ssh(*GATE), "001-head-of-pricing/approval.json is missing", code=4)
    (signed.bundle / "monitoring.md").write_text("another")
    refused(signed.by_ssh(*GATE), "monitoring.md was changed", code=4)
    assert len(signed.approvals) == 3


def forged(case: Case) -> None:
    """Write another verdict into the results; the manifest does not know."""
    file = case.bundle / "results.json"
    results = json.loads(file.read_text())
    results["verdict"] = "proceed"
    file.write_text(json.dumps(results))


READERS = (
    ("render", "-o", "elsewhere", "--format", "md"),
    ("explain", "verdict.name"),
    ("diff",),
    ("pack", "-o", "packed"),
    ("sign", "--role", RISK, "--name", "Priya Raman", "--decision", "reject", "--ssh-key", "key"),
    ("verify",),
)


@pytest.mark.parametrize("words", READERS, ids=lambda words: words[0])
def test_a_forged_verdict_is_refused_by_every_reader(signed: Case, words: tuple[str, ...], tmp_path: Path):
    forged(signed)
    command, *rest = words
    rest = [str(tmp_path / each) if each in ("elsewhere", "packed") else each for each in rest]
    more = [str(signed.bundle)] if command == "diff" else []
    refused(CliRunner().invoke(app, [command, str(signed.bundle), *more, *rest]), "results.json was changed", code=4)


def test_a_forged_verdict_is_refused_by_status(signed: Case):
    forged(signed)
    result = CliRunner().invoke(app, ["status", str(signed.folder), str(signed.bundle)])
    refused(result, "results.json was changed", code=4)
