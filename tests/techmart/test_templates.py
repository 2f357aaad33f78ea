"""What the templates cite is there, and the summary keeps to its two pages when there is more to decide."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.compose import compose
from generator.records.document import Document, FigureBlock, TableBlock
from generator.render import html, pdf
from tests.compose.cited import cited_names
from tests.subjects.stating import CASE, decided
from tests.techmart.reading import DOCUMENTS, printed

HEAD = ("head.", "tables.head.", "verdict_is.")
"""Names that every composition has, whatever the results."""
FIGURES = {
    "monitoring": {
        "daily_error",
        "drift_heat",
        "missing_bars",
        "ladder",
    },
    "executive-summary": {"daily_error", "tornado"},
    "feature-requirements": {"latency_waterfall"},
    "retraining-calendar": {"retraining_costs", "calendar_year", "improvement_cycle"},
    "rollback-runbook": set(),
    "appendix": {"causes", "decay_curve", "architecture", "roadmap"},
}


def document(bundle: Path, name: str) -> Document:
    """Return a document composed of the bundle's results."""
    results = read_results((bundle / "results.json").read_bytes())
    kind = next(each for each in CATALOG.documents if each.id == name)
    return compose(results, kind, CATALOG.figures)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_cited_id_is_made_or_asked_for(
    results: dict[str, Any], churn: dict[str, Any], late: frozenset[str], name: str
):
    """Fails when a document cites an evidence id that no case makes, in any branch."""
    made = {*results["facts"], *(f"tables.{id}" for id in results["tables"])}
    made |= {*churn["facts"], *(f"tables.{id}" for id in churn["tables"])}
    made |= late | {f"figures.{figure.id}" for figure in CATALOG.figures}
    cited = {name for name in cited_names(name, guarded=False) if "." in name and not name.startswith(HEAD)}
    cited = {name.replace("headline.", "performance.rmse.") for name in cited}
    assert len(cited) > 15
    assert cited <= made, sorted(cited - made)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_promised_figure_is_drawn(bundle: Path, name: str):
    drawn = {node.name for node in document(bundle, name).nodes.values() if isinstance(node, FigureBlock)}
    assert drawn >= FIGURES[name]


def test_the_summary_prints_stated_figures_and_experiments(bundle: Path, tmp_path: Path):
    plain = read_results((bundle / "results.json").read_bytes())
    found = decided(tmp_path, CASE)
    results = replace(
        plain,
        facts={**plain.facts, **{fact.id: fact for fact in found.facts}},
        tables={**plain.tables, **{table.id: table for table in found.tables}},
    )
    kind = next(each for each in CATALOG.documents if each.id == "executive-summary")
    whole = compose(results, kind, CATALOG.figures)
    shown = {node.table.id for node in whole.nodes.values() if isinstance(node, TableBlock)}
    assert shown >= {"claims.others", "experiments.results"}
    page = html.FORMAT.render(whole, None)
    (tmp_path / "summary.pdf").write_bytes(pdf.FORMAT.render(whole, page).content)
    assert printed(tmp_path / "summary.pdf").annex <= 4
