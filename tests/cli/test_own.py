"""What a team makes of the documents: brand, own documents, sections left out; and each way to get that wrong."""

import json

import pytest
from typer.testing import CliRunner

from generator.cli import app
from tests.hostile.world import World, refused

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
CARD = "## 1. Card\n\nThe error is {{ performance.rmse.production|interval }}.\n"
OWN = [{"id": "card", "title": "Model card", "code": "CARD"}]


def shop(folder, documents, **files):
    world = World(folder / "shop")
    world.project["documents"] = documents
    for place, text in files.items():
        file = world.folder / place.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return world


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_bundle_is_rendered_again_from_its_results_alone_and_verified(tmp_path):
    look = {"logo": "logo.svg", "accent": "#5a2a82", "banner": "Not for A&B"}
    own = {"templates__documents__card.md.j2": CARD, "logo.svg": SVG}
    world = shop(tmp_path, {"brand": look, "own": OWN, "leave_out": ["monitoring/the-ladder"]}, **own)
    done = world.build("--format", "html", "--format", "md", "--all")
    assert done.exit_code == 0, done.stderr
    first = {path.name: path.read_bytes() for path in world.output.glob("*.*")}
    card, index = first["card.html"].decode(), first["index.html"].decode()
    assert "Not for A&amp;B" in card
    assert "--accent: #5a2a82" in card
    assert 'class="logo" src="data:image/svg+xml;base64,' in index
    assert "card.html" in index
    assert "## 4. The ladder" not in first["monitoring.md"].decode()
    for path in (world.folder / "templates").rglob("*.j2"):
        path.write_text("gone")
    again = run("render", world.output, "-o", tmp_path / "again", "--format", "html", "--format", "md", "--quiet")
    assert again.exit_code == 0, again.stderr
    assert {name: (tmp_path / "again" / name).read_bytes() for name in first if name != "manifest.json"} == {
        name: content for name, content in first.items() if name != "manifest.json"
    }
    assert run("verify", world.output, "--quiet").exit_code == 0
    listed = {each["name"] for each in json.loads(first["results.json"])["inputs"] if each["role"] == "document"}
    assert listed == {"templates/documents/card.md.j2", "logo"}


def test_an_own_document_is_asked_for_by_its_id_and_an_unknown_one_is_told_those_there_are(tmp_path):
    world = shop(tmp_path, {"own": OWN}, **{"templates__documents__card.md.j2": CARD})
    assert world.build("--format", "md", "--document", "card").exit_code == 0
    assert world.documents().keys() == {"card.md"}
    done = world.build("--format", "md", "--document", "cart")
    assert done.exit_code == 2
    assert "there is no document 'cart'" in done.stderr
    assert ", card, appendix" in done.stderr


@pytest.mark.parametrize(
    ("documents", "files", "said"),
    [
        ({"own": OWN}, {}, ("has no template", "write templates/documents/card.md.j2")),
        ({}, {"templates__documents__card.md.j2": CARD}, ("nothing uses this template",)),
        (
            {},
            {"templates__partials__serices.md.j2": "x"},
            ("nothing uses", "is templates/partials/services.md.j2 meant"),
        ),
        ({"own": OWN}, {"templates__documents__card.md.j2": "Of 12 rows.\n"}, ("the figure 12", "print a fact")),
        ({"brand": {"logo": "logo.svg"}}, {}, ("logo.svg",)),
        ({"brand": {"logo": "logo.svg"}}, {"logo.svg": "<html>"}, ("this is no logo", "SVG or PNG")),
        ({"brand": {"font": "logo.svg"}}, {"logo.svg": SVG}, ("this is no font", "TTF or OTF")),
        ({"brand": {"accent": "purple"}}, {}, ("in hexadecimal",)),
        ({"brand": {"accent": "#ffee00"}}, {}, ("whose contrast on white is 1.2", "take a darker colour")),
        (
            {"own": [{"id": "appendix", "title": "A", "code": "AX"}]},
            {},
            ("taken", "templates/documents/appendix.md.j2"),
        ),
        ({"own": [{"id": "Model Card", "title": "A", "code": "AX"}]}, {}, ("as in model-card",)),
        ({"own": [{"id": "card", "title": "A", "code": "RUN"}]}, {}, ("taken or no code",)),
        ({"leave_out": ["the-ladder"]}, {}, ("write document/section, as in monitoring/the-ladder",)),
        ({"leave_out": ["monitoring/the-latter"]}, {}, ("there is no section", "the-ladder")),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(tmp_path, documents, files, said):
    world = shop(tmp_path, documents, **files)
    refused(world, world.build("--all", "--format", "md"), *said)
    assert world.nothing_left()


def test_templates_that_are_not_ours_are_let_be(tmp_path):
    """A folder of this name beside the project file may belong to a web application."""
    world = shop(tmp_path, {}, **{"templates__index.html": "<p>{{ user }}</p>", "templates__documents__a.txt": "x"})
    assert world.build("--format", "md", "--document", "monitoring").exit_code == 0
