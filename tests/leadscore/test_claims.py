"""The contradictions of the case: all found in the documents, and gone from a project file that corrects them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bundles import ROOT
from tests.leadscore.conftest import CASE

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
"""The same number may be printed with other digits in a column."""
CONTRADICTIONS = {
    "annual_summary",
    "annual_twice",
    "roi_summary",
    "roi_twice",
    "label_roi",
    "target.basis",
    "year_1_ramp",
    "benefit_basis",
    "benefit_gross",
    "experiment.ab_v11.error_rate.unit",
    "top_20_control",
    "top_20_test",
    "trivial_10",
    "trivial_13",
    "response_test.average",
    "burn_test",
    "burn_live",
    "freshness_live.limit",
    "requests_per_lead",
    "experiment.ab_v11.rows",
    "experiment.ab_v11.error_rate.guardrail",
    "experiment.ab_v11.response.guardrail",
    "chronology",
    "history_interval",
    "history_stages",
    "trigger_psi_live",
    "conversion_v12.reading",
    "step_11",
    "step_12",
    "step_13",
    "p2_answer.response",
    "unused",
    "system_conversion_live",
    "served_conversion_live",
    "services.latency_p99",
    "services.memory",
    "services.audit",
    "accuracy_trigger.reading",
}
OF_THE_CASE = ("RAKEZ", "47000", "47,000", "$307", "Databricks", "conversion_test")
HOLD = {
    "monthly",
    "annual",
    "benefit_year_2",
    "benefit_total",
    "cost_year_1",
    "cost_year_2",
    "cost_total",
    "roi_year_1",
    "roi_year_2",
    "roi_total",
    "uplift",
    "uptime_live.limit",
    "downtime",
    "complementary",
    "accuracy_sum",
}


def claims(results: dict[str, Any]) -> set[str]:
    """Return the ids of the findings on stated figures."""
    return {one["id"].removeprefix("claim.") for one in results["findings"] if one["kind"] == "claim"}


def test_every_contradiction_is_found_and_no_other(results: dict[str, Any]) -> None:
    assert claims(results) == CONTRADICTIONS


def test_every_contradiction_is_told_with_its_numbers(
    texts: dict[str, str], results: dict[str, Any], bundle: Path
) -> None:
    rest = "".join((bundle / "tables" / f"{id}.csv").read_text() for id in ("claims.conflicts", "head.findings"))
    told = NUMBER.sub("#", " ".join((texts["executive-summary"] + texts["appendix"] + rest).split()))
    for finding in results["findings"]:
        if finding["kind"] == "claim":
            words = NUMBER.sub("#", " ".join(finding["text"].split())).partition(". ")[0]
            assert words in told, finding["id"]
            assert "#" in words or finding["id"] == "claim.services.audit", finding["id"]


def test_what_adds_up_is_said_to(bundle: Path) -> None:
    rows = (bundle / "tables" / "claims.checked.csv").read_text().splitlines()
    holds = {line.partition(",")[0] for line in rows if line.endswith("holds")}
    assert holds >= HOLD


def test_checks_are_made_by_formulas_of_the_file_alone() -> None:
    for path in (ROOT / "generator").rglob("*.py"):
        text = path.read_text()
        assert not [word for word in OF_THE_CASE if word in text], path


STATED = (
    ("$307M", "$248M", "Annual revenue impact (summary): $307M"),
    ('stated: "361:1"', 'stated: "2,918:1"', "slipped decimal point"),
    ("document_date: 2024-11-30", "document_date: 2025-03-01", "holds later results"),
    ("control: 0.68, test: 0.72", "control: 0.60, test: 0.70", "all conversions in the top fifth"),
)
"""What is stated, what would be right, and words of the finding that goes with it."""
WRONG = (
    ("stated: 99.92 %", "stated: 99.82 %", "Uptime (dashboard): 99.82 %"),
    ('stated: "$145,000"', 'stated: "$115,000"', "Cost of year 1 (ROI table): $115,000"),
)
"""What is right, what would be wrong, and words of the finding that comes with it."""


def test_findings_come_and_go_with_the_figures(tmp_path: Path) -> None:
    before = told(CASE)
    folder = tmp_path / "leadscore"
    shutil.copytree(CASE, folder, ignore=shutil.ignore_patterns("*.parquet", "__pycache__"))
    file = folder / "dossier.yaml"
    text = file.read_text()
    for old, new, _ in (*STATED, *WRONG):
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    file.write_text(text)
    after = told(folder)
    for _, _, words in STATED:
        assert words in before and words not in after, words
    for _, _, words in WRONG:
        assert words not in before and words in after, words


def told(folder: Path) -> str:
    """Return all that `dossier check` warns of."""
    command = [sys.executable, "-m", "generator", "check", str(folder), "--json", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return " ".join(one["what"].replace("\u202f", " ") for one in json.loads(done.stdout)["warnings"])
