"""Ready predictions of car loans with labels in a file of their own: quiet until the inputs move, loud afterwards."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, brier_score_loss, roc_auc_score

from tests.real.started import Built, source, started

pytestmark = [pytest.mark.real, pytest.mark.slow]

HALF = 25_000
"""The inputs move in the middle of the 50,000 rows of production."""
OBJECTIVES = """
objectives:
  metrics:
    - {metric: brier, validation: 0.045572, n: 50000, acceptable: 0.055}
decision:
  threshold: 0.5
"""


def rows() -> pd.DataFrame:
    table = pd.read_csv(source("car_loan/synthetic_car_loan_analysis.csv"))
    return table.merge(pd.read_csv(source("car_loan/synthetic_car_loan_analysis_target.csv")), on="id")


def built(folder: Path, table: pd.DataFrame) -> Built:
    table.drop(columns="repaid").to_csv(folder / "production.csv", index=False)
    table[["id", "repaid"]].to_csv(folder / "labels.csv", index=False)
    return started(
        folder,
        "--production",
        str(folder / "production.csv"),
        "--labels",
        str(folder / "labels.csv"),
        "--key",
        "id",
        "--reference",
        str(source("car_loan/synthetic_car_loan_reference.csv")),
        "--reference-is",
        "held_out",
        "--exclude",
        "y_pred",
        add=OBJECTIVES,
    )


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("before"), rows()[:HALF])


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("after"), rows()[HALF:])


@pytest.mark.parametrize("half", ["before", "after"])
def test_metrics_agree_with_scikit_learn(half: str, request: pytest.FixtureRequest) -> None:
    made: Built = request.getfixturevalue(half)
    table = rows()[:HALF] if half == "before" else rows()[HALF:]
    y, p = table["repaid"], table["y_pred_proba"]
    assert made.value("performance.brier.production") == pytest.approx(brier_score_loss(y, p), rel=1e-9)
    assert made.value("performance.auc.production") == pytest.approx(roc_auc_score(y, p), abs=2e-3)
    assert made.value("performance.accuracy.production") == pytest.approx(accuracy_score(y, p >= 0.5), abs=1e-9)


def test_before_the_shift_nothing_has_got_worse(before: Built) -> None:
    assert before.found("performance", "drift", "missing", "unseen", "prediction", "labels") == []
    assert before.value("drift.count.confirmed") == 0
    assert before.value("causes.verdict") == "no change"


def test_after_it_the_error_and_its_inputs_are_found(after: Built) -> None:
    assert ("performance", "brier") in after.found("performance")
    moved = {subject for _, subject in after.found("drift")}
    assert moved == {"car_value", "loan_length", "repaid_loan_on_prev_car", "salary_range"}
    assert after.value("causes.verdict") == "cannot be told", "the inputs moved beyond those of the held-out rows"


def test_probabilities_a_little_too_extreme_from_the_beginning_are_no_finding(before: Built) -> None:
    """They are not calibrated in the reference either; the slope is told, and costs less than its margin."""
    assert before.found("calibration") == []
    assert 0.8 < before.value("calibration.slope") < 1.0


@pytest.mark.parametrize("half", ["before", "after"])
def test_what_is_estimated_without_labels_stands_beside_what_came(half: str, request: pytest.FixtureRequest) -> None:
    made: Built = request.getfixturevalue(half)
    for metric in ("auc", "accuracy"):
        estimate, realised = made.value(f"estimated.{metric}"), made.value(f"estimated.realised.{metric}")
        assert estimate == pytest.approx(realised, abs=0.008)
    assert made.value("estimated.realised.auc") == pytest.approx(made.value("performance.auc.production"))


def test_the_estimate_sees_the_fall_before_the_labels_come(before: Built, after: Built) -> None:
    for metric, fall in (("auc", 0.007), ("accuracy", 0.02)):
        assert before.value(f"estimated.{metric}") - after.value(f"estimated.{metric}") > fall
