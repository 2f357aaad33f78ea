"""Paper is a reader's time: each document of the worked cases keeps to its pages."""

import subprocess
from pathlib import Path

import pikepdf
import pytest

from generator.bundle.results import read_results
from generator.catalog import CATALOG
from tests.subjects import case
from tests.techmart.reading import squeezed

PAGES = {
    "executive-summary": 6,
    "feature-requirements": 10,
    "monitoring": 12,
    "retraining-calendar": 6,
    "rollback-runbook": 8,
    "appendix": 16,
}
LONGER: dict[str, dict[str, int]] = {}
"""What is still longer than it may be; no number here may rise, and what keeps to its pages is taken out."""


def test_every_document_has_its_budget():
    assert PAGES.keys() == {kind.id for kind in CATALOG.documents}


@pytest.mark.slow
def test_documents_keep_to_their_pages(bundle: Path, printed: Path):
    pages = {path.stem: len(pikepdf.open(path).pages) for path in printed.glob("*.pdf")}
    assert pages.keys() >= PAGES.keys()
    longer = LONGER.get(bundle.name, {})
    assert {id: count for id, count in pages.items() if count > longer.get(id, PAGES.get(id, count))} == {}
    assert [id for id in longer if pages[id] <= PAGES[id]] == [], "keeps to its pages now: take it out"


@pytest.mark.slow
def test_what_is_signed_stands_on_the_first_page(printed: Path):
    command = ["pdftotext", "-l", "1", str(printed / "executive-summary.pdf"), "-"]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Decision requested" in first and "Signed for the digest" in first


@pytest.mark.slow
def test_whoever_goes_back_turns_no_page_between_two_steps(bundle: Path, printed: Path):
    """The steps up to the point of no return, and those after it, stand on the first page of the worked cases."""
    command = ["pdftotext", "-l", "1", str(printed / "rollback-runbook.pdf"), "-"]
    first = squeezed(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    rows = read_results((bundle / "results.json").read_bytes()).tables["runbook.commands"].records
    titles = [squeezed(case.plain(row["title"])) for row in rows]
    assert titles and [title for title in titles if title not in first] == []
