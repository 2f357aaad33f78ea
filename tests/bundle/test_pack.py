"""`dossier pack`: one PDF that is whole (tags, links, bookmarks, originals) and one zip of every file."""

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from typer.testing import CliRunner, Result

from generator.cli import app
from tests.bundle.test_diff import RULE
from tests.hostile.world import World, accepted

DOCUMENTS = ("monitoring", "appendix")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = World(tmp_path_factory.mktemp("world") / "case")
    world.project["alerts"] = {"rules": [dict(RULE)]}
    world.project["rollback"] = {"steps": [{"title": "Stop", "command": "true"}]}
    chosen = (word for id in DOCUMENTS for word in ("--document", id))
    accepted(world, world.build("--format", "pdf", "--format", "md", *chosen))
    return world.output


@pytest.fixture(scope="module")
def packed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("change")
    result = pack(bundle, folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def pdf(packed: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(next(packed.glob("*.pdf"))) as opened:
        yield opened


def pack(bundle: Path, folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["pack", str(bundle), "-o", str(folder), "--quiet", *words])


def elements(root: Any) -> int:
    """Count the elements of a tree of tags."""
    waiting, found = [root], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary):
            found += 1
            children = one.get("/K")
            waiting += list(children) if isinstance(children, pikepdf.Array) else [] if children is None else [children]
    return found


def links(pdf: pikepdf.Pdf) -> list[Any]:
    return [each for page in pdf.pages for each in page.get("/Annots", []) if each.Subtype == "/Link"]


def test_a_file_where_the_folder_would_be_is_named_and_stays(bundle: Path, tmp_path: Path):
    (tmp_path / "taken").write_text("mine")
    result = pack(bundle, tmp_path / "taken")
    assert result.exit_code == 2, result.output
    assert "cannot be written" in result.output and str(tmp_path / "taken") in result.output
    assert (tmp_path / "taken").read_text() == "mine"


def test_every_page_and_every_tag_is_there_once(bundle: Path, pdf: pikepdf.Pdf):
    pages, tags = 1, 0
    for id in DOCUMENTS:
        with pikepdf.open(bundle / f"{id}.pdf") as part:
            pages += len(part.pages)
            tags += sum(elements(each) for each in part.Root.StructTreeRoot.K)
    assert len(pdf.pages) == pages
    roots = list(pdf.Root.StructTreeRoot.K)
    assert sum(elements(each) for each in roots[1:]) == tags and len(roots) == 1 + len(DOCUMENTS)
    numbers = [int(each) for each in pdf.Root.StructTreeRoot.ParentTree.Nums[::2]]
    assert numbers == sorted(set(numbers))
    asked = [page.StructParents for page in pdf.pages if "/StructParents" in page]
    asked += [each.StructParent for page in pdf.pages for each in page.get("/Annots", []) if "/StructParent" in each]
    assert set(map(int, asked)) <= set(numbers) and len(set(map(int, asked))) == len(asked)


def test_links_between_documents_lead_within_and_to_places_that_are_there(pdf: pikepdf.Pdf):
    places = {str(each) for each in pdf.Root.Names.Dests.Names[::2]}
    inner = [each.A.D for each in links(pdf) if "/A" in each and each.A.S == "/GoTo"]
    assert len(inner) > len(DOCUMENTS)
    pages = {page.objgen for page in pdf.pages}
    assert any(not isinstance(place, pikepdf.Array) for place in inner), "the glossary in the appendix"
    for place in inner:
        assert place[0].objgen in pages if isinstance(place, pikepdf.Array) else str(place) in places
    assert {str(each.Dest) for each in links(pdf) if "/Dest" in each} <= places
    outside = {str(each.A.F) for each in links(pdf) if "/A" in each and each.A.S == "/GoToR"}
    assert not outside & {f"{id}.pdf" for id in DOCUMENTS}


def test_bookmarks_are_those_of_the_documents(bundle: Path, pdf: pikepdf.Pdf):
    with pdf.open_outline() as outline:
        titles = [(each.title, [child.title for child in each.children]) for each in outline.root]
    assert titles[0][0] == "Deployment dossier, reading copy"
    for id, found in zip(DOCUMENTS, titles[1:], strict=True):
        with pikepdf.open(bundle / f"{id}.pdf") as part, part.open_outline() as own:
            assert found == (own.root[0].title, [child.title for child in own.root[0].children])


def test_the_documents_of_record_are_attached_byte_for_byte(bundle: Path, pdf: pikepdf.Pdf, packed: Path):
    words = subprocess.run(["pdftotext", str(next(packed.glob("*.pdf"))), "-"], capture_output=True, text=True).stdout
    for id in DOCUMENTS:
        content = (bundle / f"{id}.pdf").read_bytes()
        assert pdf.attachments[f"{id}.pdf"].get_file().read_bytes() == content
        assert hashlib.sha256(content).hexdigest() in "".join(words.split())
    assert len(pdf.Root.AF) == len(DOCUMENTS)
    with pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")


def test_a_strict_reader_finds_no_fault(packed: Path):
    done = subprocess.run(["qpdf", "--check", str(next(packed.glob("*.pdf")))], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_zip_has_every_file_beside_the_pdf(bundle: Path, packed: Path):
    files = {path.relative_to(bundle).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    pdf = next(packed.glob("*.pdf"))
    with zipfile.ZipFile(next(packed.glob("*.zip"))) as archive:
        assert archive.testzip() is None
        found = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
        assert {name.partition("/")[0] for name in archive.namelist()} == {pdf.stem}
    assert found == {**files, pdf.name: pdf.read_bytes()}


def test_the_same_again_is_the_same_and_anything_else_is_left_alone(bundle: Path, packed: Path):
    before = {path.name: path.read_bytes() for path in packed.iterdir()}
    assert pack(bundle, packed, "--json").exit_code == 0
    assert {path.name: path.read_bytes() for path in packed.iterdir()} == before
    archive = next(packed.glob("*.zip"))
    archive.write_bytes(b"my own")
    try:
        result = pack(bundle, packed)
        assert result.exit_code == 2 and "something else stands" in result.stderr and "try: " in result.stderr
        assert archive.read_bytes() == b"my own"
    finally:
        archive.write_bytes(before[archive.name])


def test_a_bundle_that_was_changed_is_not_packed(bundle: Path, tmp_path: Path):
    file = bundle / "monitoring.md"
    before = file.read_bytes()
    file.write_bytes(before + b" ")
    try:
        result = pack(bundle, tmp_path / "change")
        assert result.exit_code == 4 and "monitoring.md was changed" in result.stderr
        assert not (tmp_path / "change").exists()
    finally:
        file.write_bytes(before)


def test_a_bundle_without_pdfs_says_how_to_make_them(tmp_path: Path):
    world = World(tmp_path / "case")
    accepted(world, world.build())
    result = pack(world.output, tmp_path / "change")
    assert result.exit_code == 2 and "dossier render BUNDLE --format pdf" in result.stderr
    again = tmp_path / "again"
    words = ["render", str(world.output), "--format", "pdf", "--document", "monitoring", "-o", str(again), "--quiet"]
    assert CliRunner().invoke(app, words).exit_code == 0
    done = pack(again, tmp_path / "change", "--json")
    assert done.exit_code == 0 and Path(json.loads(done.stdout)["zip"]).is_file()


def test_a_pack_for_going_back_begins_with_its_change_request(bundle: Path, tmp_path: Path):
    result = pack(bundle, tmp_path, "--for", "rollback")
    assert result.exit_code == 0, result.output
    (pdf,), (archive,) = tmp_path.glob("*-rollback.pdf"), tmp_path.glob("*-rollback.zip")
    with pikepdf.open(pdf) as opened:
        assert [str(each.title) for each in opened.open_outline().root][1] == "Change request"
    with zipfile.ZipFile(archive) as members:
        text = members.read(f"{archive.stem}/change-request.md").decode()
        assert {f"{archive.stem}/change-request.{suffix}" for suffix in ("pdf", "html")} <= set(members.namelist())
    assert "No condition for going back holds now" in text
    assert "Stop" in text.partition("## 3. Tasks")[2].partition("## 4.")[0], text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--for", "deployment"), "declare the stages under rollout.stages"),
        (("--stage", "Half"), "add --for deployment"),
        (("--for", "rollback", "--stage", "Half"), "leave --stage out"),
        (("--for", "holiday"), "deployment"),
    ],
)
def test_a_change_that_the_bundle_does_not_know_is_refused(bundle: Path, tmp_path: Path, words: Any, said: str):
    result = pack(bundle, tmp_path, *words)
    assert result.exit_code == 2
    assert said in result.output
    assert not list(tmp_path.iterdir())


def test_a_zip_of_another_library_that_holds_the_same_is_no_stranger(bundle: Path, packed: Path, tmp_path: Path):
    (archive,) = packed.glob("*.zip")
    stored = tmp_path / archive.name
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert pack(bundle, tmp_path).exit_code == 0
    stored.write_bytes(b"PK something else")
    assert pack(bundle, tmp_path).exit_code == 2
