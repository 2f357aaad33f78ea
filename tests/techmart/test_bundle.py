"""The bundle as files: digests, shape, the same bytes again."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.catalog import CATALOG
from generator.cli.progress import progress
from generator.pipeline import render
from tests.techmart.reading import DOCUMENTS

CASE = Path(__file__).resolve().parents[2] / "data" / "techmart"
FACT = {"value", "unit", "low", "high", "n", "method", "source"}
ORIGINS = {"measured", "declared", "derived", "simulated"}
KINDS = {
    "alert",
    "artifact",
    "business",
    "calibration",
    "claim",
    "contract",
    "correlation",
    "decision",
    "drift",
    "fairness",
    "labels",
    "ladder",
    "missing",
    "performance",
    "prediction",
    "retraining",
    "rollout",
    "segment",
    "service",
    "timeline",
    "unseen",
    "verdict",
}
PROMISED = (
    "performance.rmse.validation",
    "performance.rmse.production",
    "performance.rmse.change",
    "performance.daily.rmse.2026-09-14",
    "segments.category.cameras.rmse",
    "drift.review_count.psi",
    "drift.review_count.psi_raw",
    "drift.review_count.smd",
    "drift.review_count.mean_change",
    "drift.review_count.sd_change",
    "drift.review_count.ks",
    "missing.review_count.reference",
    "missing.review_count.production",
    "unseen.brand.share",
    "errors.p50",
    "errors.p75",
    "errors.p90",
    "errors.p95",
    "errors.p99",
    "errors.above_50",
    "alerts.rmse-daily.red.threshold",
    "alerts.rmse-daily.red.false_alarms_per_month",
    "alerts.rmse-daily.red.delay",
    "retraining.weekly.cost_per_year",
    "retraining.recommended.interval",
)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_manifest_lists_every_file_with_its_digest(bundle: Path):
    manifest = json.loads((bundle / "manifest.json").read_text())
    there = {name: content for name, content in files(bundle).items() if name != "manifest.json"}
    assert set(manifest["files"]) == set(there)
    for name, content in there.items():
        assert manifest["files"][name] == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_the_manifest_names_every_input(bundle: Path):
    manifest = json.loads((bundle / "manifest.json").read_text())
    roles = {each["role"]: each for each in manifest["inputs"]}
    told = {"project file", "training result", "production rows", "training statistics", "model", "previous model"}
    assert set(roles) == told
    for each in roles.values():
        assert each["sha256"] == hashlib.sha256((CASE / each["name"]).read_bytes()).hexdigest()
    assert roles["production rows"]["rows"] == 15_000
    assert manifest["templates"]


def test_results_are_strict_json(bundle: Path):
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} in results.json")

    json.loads((bundle / "results.json").read_text(), parse_constant=refuse)


def test_results_have_the_promised_shape(results: dict[str, Any]):
    assert {
        "schema_version",
        "project",
        "model",
        "as_of",
        "inputs",
        "verdict",
        "gates",
        "findings",
        "alerts",
        "triggers",
        "facts",
    } <= set(results)
    assert results["verdict"] in {"proceed", "proceed_with_conditions", "delay"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", results["as_of"])
    for gate in results["gates"]:
        assert {"id", "verdict", "metric", "window", "value", "margin", "evidence"} <= set(gate)
        assert gate["verdict"] in {"pass", "fail", "inconclusive"}
    for finding in results["findings"]:
        assert {"id", "kind", "severity", "subject", "evidence", "text"} <= set(finding)
        assert finding["severity"] in {"watch", "confirmed", "severe"}
        assert finding["kind"] in KINDS
    ids = [each["id"] for each in results["findings"]]
    assert len(ids) == len(set(ids))


def test_facts_have_the_promised_shape(facts: dict[str, dict[str, Any]]):
    for id, fact in facts.items():
        assert set(fact) >= FACT, id
        assert fact["origin"] in ORIGINS
        assert (fact["value"] is None) == bool(fact["reason"]), id
        assert re.fullmatch(r"[\w%.\-]+", id), id
        if fact["low"] is not None and isinstance(fact["value"], int | float):
            assert fact["low"] - 1e-9 <= fact["value"] <= fact["high"] + 1e-9, id
        if fact["origin"] == "declared" and fact["value"] is not None:
            assert re.search(r"dossier\.yaml:\d+", fact["source"]) or fact["source"], id


@pytest.mark.parametrize("id", PROMISED)
def test_the_promised_facts_are_there(facts: dict[str, dict[str, Any]], id: str):
    assert facts[id]["value"] is not None


def test_declared_facts_carry_file_and_line(facts: dict[str, dict[str, Any]]):
    declared = {id: fact for id, fact in facts.items() if id.startswith("declared.") and fact["value"] is not None}
    lines = {name: (CASE / name).read_text().count("\n") + 1 for name in ("dossier.yaml", "model.yaml")}
    unplaced = []
    for id, fact in declared.items():
        place = re.search(r"(dossier\.yaml|model\.yaml):(\d+)", fact["source"])
        if not place or not 1 <= int(place[2]) <= lines[place[1]]:
            unplaced.append((id, fact["source"]))
    assert len(declared) > 300
    assert not unplaced, unplaced[:10]


def test_no_row_leaks(results: dict[str, Any], bundle: Path):
    """Entities may be named only where the project allows it; TechMart's are P0001 to P0525."""
    allowed = results["facts"]["declared.privacy.list_entities"]["value"]
    named = {name for name, content in files(bundle).items() if re.search(rb"\bP0\d{3}\b", content)}
    assert allowed is True or not named, named


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(bundle: Path, twin: Path):
    one, two = files(bundle), files(twin)
    manifests = [json.loads(each["manifest.json"]) for each in (one, two)]
    assert manifests[0]["templates"] == manifests[1]["templates"], "a template was edited between the two builds"
    assert set(one) == set(two)
    assert [name for name in one if one[name] != two[name]] == []


def test_the_bundle_alone_gives_the_same_documents(bundle: Path, tmp_path: Path):
    """From `results.json`, and the manifest that vouches for it: Markdown and pages of all, one of them printed."""
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("results.json", "manifest.json"):
        (alone / name).write_bytes((bundle / name).read_bytes())
    render(alone, CATALOG, tmp_path / "again", ("md", "html"), (), progress(True))
    render(alone, CATALOG, tmp_path / "one", (), ("retraining-calendar",), progress(True))
    for name in DOCUMENTS:
        for format in ("md", "html"):
            assert (tmp_path / "again" / f"{name}.{format}").read_bytes() == (bundle / f"{name}.{format}").read_bytes()
    for path in (path for folder in ("figures", "tables") for path in (bundle / folder).iterdir()):
        assert (tmp_path / "again" / path.relative_to(bundle)).read_bytes() == path.read_bytes()
    assert (tmp_path / "again" / "results.json").read_bytes() == (bundle / "results.json").read_bytes()
    printed = "retraining-calendar.pdf"
    assert (tmp_path / "one" / printed).read_bytes() == (bundle / printed).read_bytes()
