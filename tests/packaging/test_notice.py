"""NOTICE names every library that the run-time lock installs here, each with its licence."""

from tests.packaging.notice import ROOT, locked, notice


def test_the_notice_is_of_the_lock() -> None:
    told = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert told == notice()
    assert {"weasyprint", "pyphen", "pikepdf"} <= set(locked())
    assert "not stated" not in told
