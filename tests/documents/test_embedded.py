"""Every file of the bundle that a document of a case mentions lies inside its PDF, byte for byte."""

import json
import re
from pathlib import Path

import pikepdf

from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.cli.contents import contents
from generator.export import export

READ = (".csv", ".json", ".yml", ".yaml", ".sql", ".ics", ".prom", ".xml", ".md")
OWN = ("manifest.json", "results.json", "citations.json", "index.html")
"""What stands for the bundle as a whole, and cannot lie inside a part of it."""


def mentioned(bundle: Path, document: Path) -> set[str]:
    """Return the companions and tables that a document's text names or links to, by their path."""
    text = document.read_text()
    files = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.suffix in READ]
    documents = {f"{kind.id}.md" for kind in CATALOG.documents}
    candidates = [path for path in files if path not in OWN and path not in documents]
    return {path for path in candidates if re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w/-]|\.\w)", text)}


def test_what_a_document_mentions_lies_inside_its_pdf(bundle: Path, printed: Path) -> None:
    seen = set()
    for kind in CATALOG.documents:
        wanted = mentioned(bundle, bundle / f"{kind.id}.md")
        with pikepdf.open(printed / f"{kind.id}.pdf") as opened:
            held = {name: opened.attachments[name].get_file() for name in opened.attachments}
            assert {path.rpartition("/")[2] for path in wanted} <= held.keys(), kind.id
            assert len({path.rpartition("/")[2] for path in wanted}) == len(wanted)
            for path in wanted:
                file = held[path.rpartition("/")[2]]
                assert file.read_bytes() == (bundle / path).read_bytes(), path
                assert file.mime_type != "application/octet-stream", path
        seen |= wanted
    results = read_results((bundle / "results.json").read_bytes())
    companions = {artifact.path for artifact in export(results, CATALOG.companions)}
    assert {path for path in companions if path in json.dumps(sorted(seen))} >= {
        "queries.sql",
        "prometheus/rules.yml",
        "prometheus/tests.yml",
        "prometheus/alertmanager.yml",
        "prometheus/metrics.prom",
        "grafana/dashboard.json",
        "data-contract.yaml",
        "golden.json",
        "calendar.ics",
    }


def test_the_list_names_each_companion(bundle: Path) -> None:
    listed = dict(contents()["companions"])
    made = export(read_results((bundle / "results.json").read_bytes()), CATALOG.companions)
    assert len(listed) == len(CATALOG.companions) >= len(made)
    for path in (artifact.path for artifact in made):
        assert sum(path in title for title in listed.values()) == 1, path
