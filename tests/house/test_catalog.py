"""What the compiler can do is what the catalogue lists: no file without its line, nor the reverse."""

import pytest

from tests.house.plugins import SHARED
from tests.house.source import PACKAGE, ROOT, dotted, imports_of

# Catalogue tuple: the folder whose public files are its plugins.
FOLDERS = {
    "formats": "render",
    "companions": "export",
    "engines": "engines",
    "readers": "scoring",
}
TUPLES = (*FOLDERS, "analyses", "decisions", "figures", "documents")
ROOMS = tuple(path.parent for path in sorted((PACKAGE / "subjects").glob("*/__init__.py")))
KITS = {"kit", "limits"}
"""Rooms that only others use: nothing in them is a plugin."""
MOST = 12
"""Files of a room."""
TEMPLATE = ".md.j2"


def plugins(folder: str) -> set[str]:
    """Return the module names of a folder's public files and packages."""
    inside = PACKAGE / folder
    files = {path for path in inside.glob("*.py") if not path.stem.startswith("_") and path.stem not in SHARED}
    packages = {path.parent for path in inside.glob("*/__init__.py") if not path.parent.name.startswith("_")}
    return {dotted(path) for path in files} | {dotted(path / "__init__.py") for path in packages}


def registered() -> set[str]:
    """Return the names of everything that catalog.py imports."""
    return {found.module for found in imports_of(PACKAGE / "catalog.py")}


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_every_plugin_file_has_its_line(folder: str):
    missing = plugins(folder) - registered()
    assert not missing, f"not in catalog.py: {sorted(missing)}"


def test_every_plugin_of_a_room_has_its_line_and_a_room_has_few_files():
    from generator.catalog import CATALOG

    found = set[str]()
    for room in ROOMS:
        if room.name not in KITS:
            found |= plugins(f"subjects/{room.name}")
        files = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        assert 0 < len(files) <= MOST, f"{room.name}: {len(files)} files"
    assert not found - registered(), "not in catalog.py"
    assert len(found) == len(CATALOG.analyses) + len(CATALOG.decisions) + len(CATALOG.figures)


@pytest.mark.parametrize("name", TUPLES)
def test_ids_are_unique(name: str):
    from generator.catalog import CATALOG

    ids = [entry.id for entry in getattr(CATALOG, name)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "folder"), FOLDERS.items())
def test_every_entry_comes_from_its_folder(name: str, folder: str):
    """One line, one file: an imported file that is not listed leaves the numbers apart."""
    from generator.catalog import CATALOG

    assert len(getattr(CATALOG, name)) == len(plugins(folder))


def test_every_figure_is_cited_by_a_template():
    from generator.catalog import CATALOG

    texts = "".join(path.read_text() for path in (ROOT / "templates").rglob(f"*{TEMPLATE}"))
    unseen = {figure.id for figure in CATALOG.figures if f"figures.{figure.id}" not in texts}
    assert not unseen, f"drawn for no document: {sorted(unseen)}"


def test_every_document_template_has_its_line():
    from generator.catalog import CATALOG
    from generator.compose.change import CHANGE

    templates = {
        path.name.removesuffix(TEMPLATE)
        for path in (ROOT / "templates" / "documents").glob(f"*{TEMPLATE}")
        if not path.name.startswith("_")
    }
    assert templates == {document.id for document in (*CATALOG.documents, CHANGE)}
