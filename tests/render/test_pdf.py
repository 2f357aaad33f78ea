import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from generator.errors import EnvironmentLacks
from generator.records.approval import LOCKED
from generator.records.artifact import Artifact
from generator.render import _fonts, html, render
from generator.render import pdf as pdf_format
from generator.render._forms import mend
from generator.render.pdf import BASE
from tests.compose.sample import composed, sample
from tests.render.reading import in_pdf, pdf_words

ROOT = Path(__file__).resolve().parents[2]
PRINT = """
import hashlib, sys
sys.path.insert(0, {root!r})
from tests.compose.sample import sample
from tests.render.reading import in_html, in_markdown, in_pdf
document = sample()
for content in (in_markdown(document).encode(), in_html(document).encode(), in_pdf(document).content):
    print(hashlib.sha256(content).hexdigest())
"""


@pytest.fixture(scope="module")
def artifact():
    return in_pdf(sample())


@pytest.fixture(scope="module")
def pdf(artifact):
    with pikepdf.open(io.BytesIO(artifact.content)) as opened:
        yield opened


def test_it_says_what_it_is(pdf):
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == "Sample report · Hotel pricing"
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en"
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20250331")


def test_headings_are_bookmarks(pdf):
    with pdf.open_outline() as outline:
        top = outline.root[0]
        assert top.title == "Sample report"
        assert [item.title for item in top.children][:2] == ["1. Decision requested", "2. Where the error sits"]


def test_every_page_says_where_it_belongs(artifact, pdf, tmp_path):
    read = pdf_words(artifact, tmp_path)
    count = len(pdf.pages)
    for page in range(1, count + 1):
        assert f"page {page} of {count}" in read
    assert read.count("hotel-SAM-2.1.0-2025-03-31 · DRAFT · digest 9f2c1c0d7f0b") == count


def test_fields_can_be_filled_and_keep_to_pdf_a(pdf):
    form = pdf.Root.AcroForm
    assert "/NeedAppearances" not in form
    names = {str(field.T) for field in form.Fields}
    assert len(names) == 8
    assert "signoff-1-decision" in names
    for field in form.Fields:
        assert "/N" in field.AP
        assert str(field.TU)


def test_a_signature_is_signed_and_locks_the_rest_of_its_line(pdf):
    form = pdf.Root.AcroForm
    assert int(form.SigFlags) == 3
    kinds = {str(field.T): str(field.FT) for field in form.Fields}
    assert {name for name, kind in kinds.items() if kind == "/Sig"} == {"signoff-1-signature", "signoff-2-signature"}
    second = next(field for field in form.Fields if field.T == "signoff-2-signature")
    assert not {"/V", "/DA", "/Ff", "/MK"} & set(second.keys())
    assert second.Lock.Action == "/Include"
    assert [str(name) for name in second.Lock.Fields] == [f"signoff-2-{each}" for each in LOCKED]


def test_the_tag_of_a_field_holds_the_field_itself(pdf):
    tags = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Form"]
    assert len(tags) == 8
    assert {str(tag.K.Type) for tag in tags} == {"/OBJR"}


def test_a_drawing_keeps_the_resources_that_it_names():
    with pikepdf.new() as made:
        drawings = {
            f"/x{number}": made.make_stream(b"q /a gs /x1 Do Q", Subtype=pikepdf.Name.Form) for number in (0, 1)
        }
        states = pikepdf.Dictionary({"/a": pikepdf.Dictionary(ca=1), "/b": pikepdf.Dictionary(ca=0)})
        for drawing in drawings.values():
            drawing.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(drawings), ExtGState=states)
        page = made.add_blank_page()
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(drawings))
        made.Root.AcroForm = pikepdf.Dictionary(Fields=[])
        written = io.BytesIO()
        made.save(written)
    with pikepdf.open(io.BytesIO(mend(written, BASE))) as mended:
        kept = mended.pages[0].Resources.XObject["/x0"].Resources
        assert {kind: set(names) for kind, names in kept.items()} == {"/XObject": {"/x1"}, "/ExtGState": {"/a"}}
        assert set(mended.pages[0].Resources.XObject) == {"/x0", "/x1"}


def test_fonts_are_the_shipped_ones_and_inside(pdf):
    names, fonts = set(), [item for page in pdf.pages for item in page.Resources.Font.values()]
    for font in fonts:
        descendant = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        names.add(str(descendant.FontDescriptor.FontName).partition("+")[2])
        assert set(descendant.FontDescriptor.keys()) & {"/FontFile2", "/FontFile3"}
    assert all(re.match("Source-Sans-Pro|DejaVu-(Sans|Serif)", name) for name in names), names


def test_links_stay_inside_the_bundle(pdf):
    actions = [
        link.A for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link" and "/A" in link
    ]
    addresses = {str(action.URI) for action in actions if "/URI" in action}
    assert addresses == {"https://example.com/x", "tables/segments.city.csv", "tables/sample.evidence.csv"}
    remote = [action for action in actions if action.S == "/GoToR"]
    assert [(str(action.F), str(action.D)) for action in remote] == [("rollback-runbook.pdf", "alert-rmse")]


def test_files_that_it_speaks_of_lie_inside(tmp_path):
    """What is printed in part, linked or named; nothing else of the bundle."""
    text = "{{ table(tables.segments.city, limit=few) }}\n\n{{ link('here', 'golden.json') }} or `queries.sql`\n"
    document = composed(tmp_path, text)
    beside = [
        Artifact(path=path, content=path.encode())
        for path in ("tables/segments.city.csv", "tables/other.csv", "golden.json", "queries.sql", "calendar.ics")
    ]
    made, again = (render((document,), (html.FORMAT, pdf_format.FORMAT), ("pdf",), beside=beside)[0] for _ in range(2))
    assert made == again
    with pikepdf.open(io.BytesIO(made.content)) as opened:
        held = {name: opened.attachments[name].get_file().read_bytes() for name in opened.attachments}
        assert held == {
            "segments.city.csv": b"tables/segments.city.csv",
            "golden.json": b"golden.json",
            "queries.sql": b"queries.sql",
        }
        assert {str(file.F) for file in opened.Root.AF} == held.keys()
        assert {str(file.AFRelationship) for file in opened.Root.AF} == {"/Data"}


def test_a_figure_has_its_text(artifact, pdf):
    def alts(element):
        if isinstance(element, pikepdf.Dictionary):
            if "/Alt" in element:
                yield str(element.Alt)
            kids = element.get("/K")
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                yield from alts(kid)

    assert any("crosses the red limit" in alt for alt in alts(pdf.Root.StructTreeRoot))


def test_qpdf_finds_nothing_wrong(artifact, tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(artifact.content)
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False).returncode == 0


def test_bytes_are_the_same_in_every_process(artifact):
    runs = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", PRINT.format(root=str(ROOT))]
        run = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=ROOT)
        runs.append(run.stdout.decode().split())
    assert runs[0] == runs[1]
    assert runs[0][2] == hashlib.sha256(artifact.content).hexdigest()


def test_nothing_is_fetched(tmp_path):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        pdf_format._closed_fetcher().fetch("file:///etc/passwd")
    assert composed(tmp_path, "![x](https://evil.example/x.png)\n")
    with pytest.raises(FatalURLFetchingError):
        in_pdf(composed(tmp_path, "![x](https://evil.example/x.png)\n"))


def test_a_missing_library_names_its_package(monkeypatch):
    import weasyprint.text.ffi as ffi

    monkeypatch.setattr(ffi, "harfbuzz_subset", None)
    with pytest.raises(EnvironmentLacks) as caught:
        pdf_format.load()
    assert "libharfbuzz-subset0" in caught.value.problems[0].hint


def test_a_missing_font_is_named():
    with pytest.raises(EnvironmentLacks, match="no_such_package"):
        _fonts._paths("no_such_package", "files", ["x.ttf"])
