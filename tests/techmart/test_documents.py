"""The documents in their three formats: complete, alike, printable, within their budgets."""

import io
import re
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.compose import compose_all
from generator.records.document import Document, KeyFiguresBlock, NumberNode, TableBlock
from generator.records.fact import Fact, facts_in
from tests.techmart.reading import DOCUMENTS, FORMATS, Printed, cells, printed, squeezed, tree, visible

Results = dict[str, Any]
EVIDENCE_ROWS = 60
HEAD = "head."
"""Facts of the document's own head: its id, version, digests of its inputs."""
METHOD_WORDS = (
    "ridge",
    "lasso",
    "regression",
    "regularis",
    "regulariz",
    "rmse",
    "mae",
    "wape",
    "r²",
    "psi",
    "gradient",
    "lambda",
    "λ",
    "coefficient",
    "jackknife",
    "bootstrap",
    "bayes",
    "kolmogorov",
    "smirnov",
    "wasserstein",
    "hyperparameter",
    "neural",
    "forest",
    "boost",
    "benjamini",
    "wilson",
    "kurtosis",
    "logistic",
    "linear model",
    "sklearn",
    "scikit",
    "skops",
    "standard deviation",
    "stability index",
    "p-value",
    "root mean square",
    "squared error",
    "one-hot",
    "algorithm",
)
"""Names of methods that page 1 of the summary must not use."""
EVIDENCE_ID = re.compile(r"\b[a-z_]+(\.[\w%-]+)+")
"""An id that a reader can look up is no word of the text."""
NOT_WORDS = re.compile(r"(?<![\w.-])(nan|None(?! [a-z])|inf|undefined)(?![\w-])|\{\{|\{%|[\ue000-\uf8ff]|Fact\(|<bound")


@pytest.fixture(scope="module")
def pdfs(bundle: Path) -> dict[str, Printed]:
    return {name: printed(bundle / f"{name}.pdf") for name in DOCUMENTS}


@pytest.fixture(scope="module")
def composed(bundle: Path) -> dict[str, Document]:
    """The documents composed here from `results.json` alone."""
    results = read_results((bundle / "results.json").read_bytes())
    return {each.id: each for each in compose_all(results, CATALOG.documents, CATALOG.figures)}


def test_six_documents_in_three_formats(bundle: Path):
    assert tuple(kind.id for kind in CATALOG.documents) == DOCUMENTS
    for name in DOCUMENTS:
        for format in FORMATS:
            assert (bundle / f"{name}.{format}").stat().st_size > 10_000


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_unprintable_is_printed(bundle: Path, pdfs: dict[str, Printed], name: str):
    texts = {
        "md": (bundle / f"{name}.md").read_text(),
        "html": visible(tree(bundle / f"{name}.html")),
        "pdf": pdfs[name].text,
    }
    for format, text in texts.items():
        found = [text[max(0, hit.start() - 40) : hit.end() + 20] for hit in NOT_WORDS.finditer(text)]
        assert not found, (format, found)


def test_the_index_prints_nothing_unprintable_and_links_everything(bundle: Path):
    page = tree(bundle / "index.html")
    addresses = set(page.xpath("//a/@href"))
    assert {f"{name}.{format}" for name in DOCUMENTS for format in FORMATS} <= addresses
    assert not NOT_WORDS.search(visible(page))


@pytest.mark.parametrize("name", [*DOCUMENTS, "index"])
def test_a_page_asks_for_nothing_from_outside(bundle: Path, name: str):
    file = bundle / f"{name}.html"
    page = tree(file)
    assert file.stat().st_size < 2_000_000
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert page.xpath("//@src[not(starts-with(., 'data:'))] | //link/@href | //form/@action") == []
    assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", file.read_text())
    assert not [mark for mark in page.xpath("//@*[starts-with(name(), 'on')]")]
    for address in page.xpath("//a/@href"):
        assert re.match(r"#|mailto:|https://|[\w./%-]+(#[\w.%-]+)?$", address), address
        if not re.match(r"#|mailto:|https://", address):
            assert (bundle / address.split("#")[0]).is_file(), address


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(bundle: Path, name: str):
    """A fragment names an id on the page it leads to."""
    for address in tree(bundle / f"{name}.html").xpath("//a/@href"):
        file, _, anchor = address.partition("#")
        if anchor and not re.match(r"mailto:|https?:", address) and not file.endswith(".pdf"):
            target = tree(bundle / (file or f"{name}.html"))
            assert target.xpath("//*[@id=$id]", id=anchor), address


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_pdf_is_what_archives_take(bundle: Path, results: Results, pdfs: dict[str, Printed], name: str):
    file = bundle / f"{name}.pdf"
    assert file.stat().st_size < 3_000_000
    with pikepdf.open(io.BytesIO(file.read_bytes())) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        count = len(pdf.pages)
    assert len(pdfs[name].bookmarks) >= 6
    assert count == len(pdfs[name].pages)
    code = next(kind.code for kind in CATALOG.documents if kind.id == name)
    id = f"{results['project']['name']}-{code}-{results['model']['version']}-{results['as_of']}"
    for number, page in enumerate(pdfs[name].pages, start=1):
        assert f"page {number} of {count}" in page
        assert id in page
        assert results["digest"][:12] in page


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_table_can_be_read_in_the_pdf(bundle: Path, pdfs: dict[str, Printed], name: str):
    read = squeezed(pdfs[name].text)
    lost = [cell for cell in cells(tree(bundle / f"{name}.html")) if not found_in(cell, read)]
    assert not lost, (len(lost), lost[:10])


def found_in(cell: str, read: str) -> bool:
    """Say whether a cell's text was read; one that a page break parts is looked up by its halves."""
    text = squeezed(cell)
    if text in read:
        return True
    cuts = [at for at in range(1, len(text)) if text[:at] in read and text[at:] in read]
    return len(text) > 40 and any(min(at, len(text) - at) > 8 for at in cuts)


def test_page_one_of_the_summary_names_no_method(pdfs: dict[str, Printed]):
    page = EVIDENCE_ID.sub("", pdfs["executive-summary"].pages[0]).lower()
    found = {word for word in METHOD_WORDS if re.search(rf"(?<!\w){re.escape(word)}", page)}
    assert not found


def test_page_one_of_the_summary_asks_for_a_decision(pdfs: dict[str, Printed]):
    page = pdfs["executive-summary"].pages[0]
    for word in ("Decision requested by", "Delay", "Do not launch", "simulated", "$", "Signed for the digest"):
        assert word in page, word
    assert pdfs["executive-summary"].annex == 3 and len(pdfs["executive-summary"].pages) <= 6


def test_the_evidence_is_short_and_true(bundle: Path, results: Results):
    page = tree(bundle / "appendix.html")
    rows = page.xpath("//h2[@id='evidence']/following::table[1]/tbody/tr")
    assert 0 < len(rows) <= EVIDENCE_ROWS
    ids = ["".join(row[0].itertext()).replace("\u200b", "") for row in rows]
    assert [id for id in ids if id not in results["facts"]] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_number_is_a_fact_of_the_results(results: Results, composed: dict[str, Document], name: str):
    used = {fact.id for fact in shown(composed[name])}
    assert len(used) > 50
    assert used - set(results["facts"]) <= {id for id in used if id.startswith(HEAD)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_fact_says_where_it_comes_from(composed: dict[str, Document], name: str):
    known = [fact for fact in shown(composed[name]) if fact.value is not None and not fact.id.startswith(HEAD)]
    silent = [fact.id for fact in known if not (fact.source or fact.method)]
    assert not silent, silent[:20]
    without_reason = [fact.id for fact in shown(composed[name]) if fact.value is None and not fact.reason]
    assert not without_reason


def shown(document: Document) -> list[Fact]:
    """Return every fact that a document shows, in prose, in a table or as a key figure."""
    found: list[Fact] = []
    for node in document.nodes.values():
        if isinstance(node, NumberNode):
            found.append(node.fact)
        elif isinstance(node, KeyFiguresBlock):
            found += node.facts
        elif isinstance(node, TableBlock):
            for cell in (cell for row in node.table.rows for cell in row):
                found += [cell] if isinstance(cell, Fact) else facts_in(cell) if isinstance(cell, tuple) else []
    return found


def test_every_evidence_id_exists(results: Results):
    shown = [each for kind in ("findings", "gates", "triggers") for each in results[kind]]
    shown += [level | {"id": alert["id"]} for alert in results["alerts"] for level in alert["levels"]]
    cited = [(each["id"], id) for each in shown for id in each["evidence"]]
    assert len(cited) > 40
    assert [pair for pair in cited if pair[1] not in results["facts"]] == []
    assert all(each["evidence"] for each in results["findings"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_formats_say_the_same(bundle: Path, pdfs: dict[str, Printed], name: str):
    """Every heading of the page is a heading of the Markdown and a bookmark of the PDF."""
    page = tree(bundle / f"{name}.html")
    headings = [squeezed("".join(mark.itertext())) for mark in page.xpath("//main//h2")]
    lines = (bundle / f"{name}.md").read_text().splitlines()
    assert [squeezed(line[3:].replace("\\", "")) for line in lines if line.startswith("## ")] == headings
    assert [squeezed(title) for depth, title, _ in pdfs[name].bookmarks if depth == 1] == headings


def test_that_nobody_can_be_woken_holds_the_same_back_on_every_page(bundle: Path) -> None:
    summary, runbook = (
        (bundle / f"{name}.md").read_text("utf-8") for name in ("executive-summary", "rollback-runbook")
    )
    (own,) = [line for line in summary.splitlines() if "declare a telephone or pager" in line]
    assert own.endswith("holds back: part of the traffic.") and "`rollback`" in own
    assert "Nobody can be woken, which holds back any traffic" in runbook
    assert "on-call)" not in summary
