"""The PDF comes back: what is filled in is read, and anything else that was changed is refused."""

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from tests.follow.conftest import RISK, TERMS, Case, done, refused
from tests.follow.increments import filled, overlaid

GATE = ("--accept", "overall.rmse")
LINE = {"signoff-1-decision": "With conditions", "signoff-1-conditions": TERMS}


def sent(case: Case) -> bytes:
    return (case.bundle / "executive-summary.pdf").read_bytes()


def back(case: Case, content: bytes, name: str = "returned.pdf") -> Path:
    file = case.folder / name
    file.write_bytes(content)
    return file


def test_what_is_filled_in_is_the_decision(case: Case):
    done(case.sign("--from", back(case, filled(sent(case), LINE)), *GATE))
    (head, risk) = case.status()["approval"]["roles"]
    assert (head["decision"], head["conditions"]) == ("conditions", [TERMS])
    assert risk["decision"] is None
    assert "filled in by hand, and not signed" in done(case.verify())


def test_a_pdf_that_others_signed_comes_back_with_both(case: Case):
    """One signs by a key; the file goes on and comes back filled in by another."""
    done(case.by_rsa(*GATE))
    on = (case.approvals[0] / "executive-summary.pdf").read_bytes()
    line = {"signoff-2-decision": "approve with conditions", "signoff-2-conditions": TERMS}
    done(case.sign("--from", back(case, filled(on, line)), *GATE, role=RISK, name="Priya Raman"))
    assert case.status()["approval"]["state"] == "approved with conditions"
    assert "approvals: approved with conditions" in done(case.vouched())


def test_a_signature_that_comes_back_says_who_signed(case: Case):
    """The signed file of one project's folder is taken in another: by the certificate, not by a word."""
    done(case.by_rsa(*GATE))
    signed = back(case, (case.approvals[0] / "executive-summary.pdf").read_bytes())
    refused(case.sign("--from", signed, *GATE, name="Ada Byron"), "the certificate is that of Grace Thornton")
    done(case.sign("--from", signed, *GATE))


def saved_anew(content: bytes, folder: Path) -> bytes:
    file = folder / "sent.pdf"
    file.write_bytes(content)
    with pikepdf.open(file) as pdf:
        pdf.save(folder / "anew.pdf")
    return (folder / "anew.pdf").read_bytes()


WRONG: dict[str, tuple[Callable[[bytes, Path], bytes], str]] = {
    "nothing": (lambda content, _: content, "nothing was put into the PDF"),
    "saved anew": (saved_anew, "does not begin with a PDF of this bundle"),
    "overlaid": (
        lambda content, _: overlaid(filled(content, LINE)),
        "more was changed in the PDF than its fields",
    ),
    "another line": (
        lambda content, _: filled(content, {"signoff-2-decision": "approve"}),
        "neither filled in nor signed",
    ),
    "other words": (
        lambda content, _: filled(content, {"signoff-1-decision": "Perhaps"}),
        "'Perhaps' is none that is known",
    ),
    "no pdf": (lambda content, _: b"Yes, go ahead", "does not begin with a PDF of this bundle"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_more_or_less_than_a_line_is_refused(case: Case, name: str):
    change, said = WRONG[name]
    refused(case.sign("--from", back(case, change(sent(case), case.folder)), *GATE), said)
    assert case.approvals == []


def test_words_that_contradict_the_pdf_are_refused(case: Case):
    file = back(case, filled(sent(case), LINE))
    refused(case.sign("--from", file, decision="reject"), "the PDF says conditions, and you say reject")
    refused(case.sign("--from", file, "--conditions", "none", *GATE), "other conditions than you do")
