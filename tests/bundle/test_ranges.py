import re
from pathlib import Path
from typing import Any

import pytest

from generator.records.fact import DECLARED, SAMPLING, SAMPLING_90, SCENARIO, SIMULATION_90, Fact, Range
from generator.records.notation import write_range
from tests.bundles import in_markdown, results_of

COUNTED = {"sampling", "simulation"}
CERTAIN = re.compile(
    r"% confiden|confidence (interval|range)|holds the true|95.?%.{0,9}(declared|scenario): |(declared|scenario) 95",
    re.IGNORECASE,
)
NO_CHANCE = re.compile(r"chance of a loss[^.]{0,20}\d|0\.0.% of (them|the draws) below zero", re.IGNORECASE)


@pytest.fixture(scope="module", params=["leadscore", "churn", "techmart"])
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


@pytest.fixture(scope="module")
def facts(bundle: Path) -> dict[str, Any]:
    found: dict[str, Any] = results_of(bundle)["facts"]
    return found


def test_every_range_says_its_kind_and_only_counted_ones_a_level(facts: dict[str, Any]) -> None:
    ranged = [None not in (fact["low"], fact["high"]) for fact in facts.values()]
    assert sum(ranged) > 500
    assert all((fact["range"] != "none") == both for fact, both in zip(facts.values(), ranged, strict=True))
    assert all((fact["level"] is not None) == (fact["range"] in COUNTED) for fact in facts.values())


def test_what_somebody_wrote_down_is_no_sampling(facts: dict[str, Any]) -> None:
    declared = [fact for fact in facts.values() if fact["origin"] == "declared" and fact["range"] != "none"]
    assert all(fact["range"] == "declared" for fact in declared)
    resting = [id for id, fact in facts.items() if fact["range"] != "none" and id.startswith("claims.")]
    assert all(facts[id]["range"] in ("declared", "scenario") for id in resting)


def test_money_from_a_declared_benefit_keeps_its_kind(facts: dict[str, Any]) -> None:
    kind = facts["business.value_per_month"]["range"]
    for id in ("business.benefit_first_year", "business.roi", "business.payback"):
        assert facts[id]["range"] in (kind, "none"), id
    if kind != "sampling":
        assert facts["business.loss_probability"]["value"] is None


def test_no_document_calls_a_declared_range_a_confidence(bundle: Path) -> None:
    for page in bundle.glob("*.md"):
        text = page.read_text()
        assert not CERTAIN.search(text), (page.name, CERTAIN.search(text))
        assert not NO_CHANCE.search(text), page.name


@pytest.mark.parametrize(
    ("range", "words"),
    [
        (SAMPLING, "1.0 to 3.0"),
        (SAMPLING_90, "90\u202f%: 1.0 to 3.0"),
        (DECLARED, "declared: 1.0 to 3.0"),
        (SCENARIO, "scenario: 1.0 to 3.0"),
        (SIMULATION_90, "simulated 90\u202f%: 1.0 to 3.0"),
    ],
)
def test_a_range_is_printed_with_its_kind(range: Range, words: str) -> None:
    assert write_range(Fact(id="a", value=2.0, low=1.0, high=3.0, range=range)) == words


def test_bounds_without_a_kind_are_no_fact() -> None:
    with pytest.raises(ValueError, match="what they stand for"):
        Fact(id="a", value=2.0, low=1.0, high=3.0)
    with pytest.raises(ValueError, match="has no level"):
        Range("declared", 0.95)
