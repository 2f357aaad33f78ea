"""The program on rows that nobody made for it: a hotel's bookings, trained on nine months and launched into summer."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from typer.testing import CliRunner

from generator.cli import app
from tests.real import hotel
from tests.real.hotel import Hotel

pytestmark = [pytest.mark.real, pytest.mark.slow]

DOCUMENTS = (
    "executive-summary",
    "feature-requirements",
    "monitoring",
    "retraining-calendar",
    "rollback-runbook",
    "appendix",
)
SEGMENTS = ("market_segment", "reserved_room_type", "meal", "customer_type", "country")
SMALL = 30
"""Levels of fewer rows are pooled."""


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A bundle beside what scikit-learn says of the same rows."""

    folder: Path
    bundle: Path
    exit_code: int
    results: dict[str, Any]
    prediction: np.ndarray

    def fact(self, id: str) -> dict[str, Any]:
        return dict(self.results["facts"][id])

    def value(self, id: str) -> Any:
        return self.fact(id)["value"]

    def text(self, document: str) -> str:
        return (self.bundle / f"{document}.md").read_text(encoding="utf-8")


Compile = Callable[..., Compiled]


def compiled(folder: Path, rows: Hotel, model: Any, file: str, *words: str) -> Compiled:
    project = hotel.write_project(folder, rows, model, file)
    done = CliRunner().invoke(app, ["build", str(project), "-o", str(folder / "bundle"), "--quiet", *words])
    assert done.exit_code in (0, 1), done.output
    return Compiled(
        folder=folder,
        bundle=folder / "bundle",
        exit_code=done.exit_code,
        results=json.loads((folder / "bundle" / "results.json").read_text(encoding="utf-8")),
        prediction=np.asarray(model.predict(rows.production[hotel.FEATURES])),
    )


@pytest.fixture(scope="module")
def rows() -> Hotel:
    return hotel.hotel()


@pytest.fixture(scope="module")
def ridge(rows: Hotel) -> Any:
    return hotel.ridge(rows.training)


@pytest.fixture(scope="module")
def whole(rows: Hotel, ridge: Any, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(tmp_path_factory.mktemp("whole"), rows, ridge, "dossier.yaml", "--fail-on", "error")


@pytest.fixture(scope="module")
def minimal(rows: Hotel, ridge: Any, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(tmp_path_factory.mktemp("minimal"), rows, ridge, "minimal.yaml", "--as-of", "2017-08-31")


@pytest.fixture(scope="module")
def trees(rows: Hotel, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(tmp_path_factory.mktemp("trees"), rows, hotel.boosted(rows.training), "boosted.yaml")


@pytest.fixture(params=["whole", "minimal", "trees"])
def each(request: pytest.FixtureRequest) -> Compiled:
    made: Compiled = request.getfixturevalue(request.param)
    return made


def test_five_documents_in_three_formats(each: Compiled) -> None:
    files = [each.bundle / f"{document}.{suffix}" for document in DOCUMENTS for suffix in ("md", "html", "pdf")]
    assert [file.name for file in files if not file.is_file() or file.stat().st_size < 1000] == []


def test_nothing_that_is_no_number_is_printed(each: Compiled) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in each.bundle.glob("*.md")}
    assert [name for name, text in texts.items() if re.search(r"\b(nan|inf|None|undefined)\b", text)] == []
    json.loads((each.bundle / "results.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_errors_agree_with_scikit_learn(each: Compiled, rows: Hotel) -> None:
    truth = rows.production[hotel.TARGET].to_numpy()
    own = {
        "rmse": root_mean_squared_error(truth, each.prediction),
        "mae": mean_absolute_error(truth, each.prediction),
        "r2": r2_score(truth, each.prediction),
        "bias": np.mean(each.prediction - truth),
        "wape": np.abs(each.prediction - truth).sum() / truth.sum(),
    }
    told = {name: each.value(f"performance.{name}.production") for name in own}
    assert told == pytest.approx(own, rel=1e-6)


def test_segments_agree_with_pandas(whole: Compiled, rows: Hotel) -> None:
    table = rows.production.assign(e2=(whole.prediction - rows.production[hotel.TARGET]) ** 2)
    for column in SEGMENTS:
        own = table.groupby(column)["e2"].agg(["size", "mean"])
        large = own[own["size"] >= SMALL]
        for level, mean in large["mean"].items():
            assert whole.value(f"segments.{column}.{level}.rmse") == pytest.approx(np.sqrt(mean), rel=1e-6)


def test_the_moments_of_training_and_production_agree_with_pandas(whole: Compiled, rows: Hotel) -> None:
    for name in hotel.NUMERIC:
        before, after = rows.training[name], rows.production[name]
        assert whole.value(f"drift.{name}.mean_reference") == pytest.approx(before.mean(), rel=1e-6)
        assert whole.value(f"drift.{name}.mean_change") == pytest.approx(after.mean() / before.mean() - 1, rel=1e-6)


def test_the_missing_marker_is_counted(whole: Compiled, rows: Hotel) -> None:
    share = whole.value("missing.country.reference")
    assert share == pytest.approx(rows.training["country"].isna().mean(), rel=1e-6) and share > 0.01
    assert whole.value("missing.country.production") == rows.production["country"].isna().mean()


def test_the_declared_validation_is_that_of_the_model(ridge: Any, rows: Hotel, whole: Compiled) -> None:
    truth, told = rows.validation[hotel.TARGET], ridge.predict(rows.validation[hotel.FEATURES])
    assert len(truth) == 1180
    assert whole.value("performance.rmse.validation") == round(root_mean_squared_error(truth, told), 2)
    assert whole.value("performance.mae.validation") == round(mean_absolute_error(truth, told), 2)
    assert whole.value("performance.r2.validation") == round(r2_score(truth, told), 4)


def test_summer_shows_as_worse_errors_and_as_drift(whole: Compiled) -> None:
    thirds = [whole.value(f"performance.rmse.{part}_third") for part in ("first", "second", "last")]
    assert thirds == sorted(thirds) and thirds[-1] > 1.5 * thirds[0]
    found = {(one["kind"], one["id"], one["subject"]): one["severity"] for one in whole.results["findings"]}
    assert [told for (kind, _, name), told in found.items() if (kind, name) == ("drift", "historical_adr")] == [
        "severe"
    ]
    assert found["performance", "performance.rmse.recent", "rmse"] == "severe"
    assert found["performance", "performance.rmse.rise", "rmse"] == "confirmed"
    assert whole.results["verdict"] == "delay" and whole.exit_code == 1


def test_the_model_beats_last_years_list(whole: Compiled, rows: Hotel) -> None:
    truth = rows.production[hotel.TARGET]
    own = root_mean_squared_error(truth, whole.prediction)
    other = root_mean_squared_error(truth, rows.production["historical_adr"])
    assert whole.value("performance.gain.benchmark") == pytest.approx(own / other - 1, rel=1e-6)


def test_without_an_entity_the_intervals_say_that_rows_were_taken_as_independent(each: Compiled) -> None:
    methods = {id: fact.get("method") or "" for id, fact in each.results["facts"].items()}
    assert "rows taken as independent" in methods["performance.rmse.production"]
    assert [id for id, method in methods.items() if "entity" in method or "entities" in method] == []


def test_the_names_of_agents_are_not_listed_among_the_levels(whole: Compiled, rows: Hotel) -> None:
    """They are declared personal: counted, but not named."""
    files = [whole.bundle / "tables" / f"{name}.levels.csv" for name in ("unseen", "features")]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    agents = (set(rows.production["agent"]) | set(rows.training["agent"])) - {"not_applicable"}
    assert "country,prt," in text and [agent for agent in agents if f",{agent}," in text] == []
    assert whole.value("unseen.agent.levels") > 0


def test_without_a_date_the_build_asks_for_one(minimal: Compiled) -> None:
    done = CliRunner().invoke(app, ["build", str(minimal.folder), "-o", str(minimal.folder / "undated"), "--quiet"])
    assert done.exit_code == 2 and "--as-of" in done.output
    assert not (minimal.folder / "undated").exists()


def test_every_gap_makes_a_strict_build_refuse(whole: Compiled) -> None:
    words = ["--strict", "--quiet", "--format", "md", "-o", str(whole.folder / "strict")]
    assert CliRunner().invoke(app, ["build", str(whole.folder), *words]).exit_code == 1


def test_little_is_declared_and_the_documents_say_so(minimal: Compiled) -> None:
    assert minimal.results["verdict"] == "not_enough"
    for document in DOCUMENTS:
        assert re.search("not declared|nothing is declared", minimal.text(document), re.IGNORECASE), document
    assert minimal.fact("performance.rmse.validation")["value"] is None
    assert "training statistics" in minimal.fact("drift.count.confirmed")["reason"]


def test_trees_have_no_coefficients_and_the_documents_say_so(trees: Compiled) -> None:
    facts = trees.results["facts"]
    assert facts["drift.impact.total"]["value"] > 0, "asked of the model itself, where there are no coefficients"
    shares = {id: facts[id]["value"] for id in facts if re.fullmatch(r"importance\..+\.share", id)}
    assert max(shares, key=lambda id: shares[id]) == "importance.historical_adr.share"
    assert sum(shares.values()) == pytest.approx(1.0)
    assert not [id for id in facts if re.fullmatch(r"importance\..+\.standardised", id)]
    assert "The model has no coefficients" in trees.text("feature-requirements")
