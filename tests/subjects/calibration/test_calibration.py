"""Trust in the probabilities: the numbers of independent fits, what is found, and a recalibration judged honestly."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from generator.records.evidence import Evidence
from generator.subjects.calibration import calibration
from tests.subjects import chances


def run(folder: Path, table: pd.DataFrame) -> Evidence:
    project = chances.project(folder)
    return calibration.run(project, chances.ledger(project, table))


@pytest.fixture(scope="module")
def bold(tmp_path_factory):
    """Probabilities that are too extreme: the true log-odds are six tenths of theirs, and a little higher."""
    table = chances.rows(12_000, shift=0.2, slope=0.6)
    return table, run(tmp_path_factory.mktemp("bold"), table)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return run(tmp_path_factory.mktemp("honest"), chances.rows(12_000))


def log_odds(p):
    return np.log(p / (1 - p))


def test_the_logistic_recalibration_is_that_of_scikit_learn(bold):
    table, found = bold
    y, p = chances.truth(table)
    fit = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(log_odds(p)[:, None], y)
    assert chances.value(found, "calibration.slope") == pytest.approx(fit.coef_[0, 0], abs=1e-6)
    assert chances.value(found, "calibration.intercept") == pytest.approx(fit.intercept_[0], abs=1e-6)


def test_the_gap_in_the_large_is_that_of_the_means(bold):
    table, found = bold
    y, p = chances.truth(table)
    gap = chances.facts(found)["calibration.in_the_large.gap"]
    assert gap.value == pytest.approx(p.mean() - y.mean())


def test_the_errors_by_bin_are_those_of_the_rows(bold):
    table, found = bold
    y, p = chances.truth(table)
    lows = [cell.value for cell in chances.table(found, "calibration.reliability").column("low")]
    place = np.searchsorted(lows, p, side="right") - 1
    bins = pd.DataFrame({"y": y, "p": p}).groupby(place).agg(n=("y", "size"), y=("y", "mean"), p=("p", "mean"))
    weight = bins["n"] / len(y)
    assert 8 <= len(bins) <= 15
    assert chances.value(found, "calibration.ece") == pytest.approx((weight * (bins["y"] - bins["p"]).abs()).sum())
    chance = bins["y"] * (1 - bins["y"]) / (bins["n"] - 1)
    squared = (weight * ((bins["y"] - bins["p"]) ** 2 - chance)).sum()
    assert chances.value(found, "calibration.squared_error") == pytest.approx(squared)
    names = ("reliability", "resolution", "uncertainty")
    parts = [chances.value(found, f"calibration.murphy.{name}") for name in names]
    brier = ((bins["n"] * (bins["p"] ** 2 - 2 * bins["p"] * bins["y"] + bins["y"])).sum()) / len(y)
    assert parts[0] - parts[1] + parts[2] == pytest.approx(brier)


def test_the_curve_is_that_of_isotonic_regression(bold):
    table, found = bold
    y, p = chances.truth(table)
    fit = IsotonicRegression().fit(p, y)
    for low, high, share in chances.table(found, "calibration.curve").rows:
        np.testing.assert_allclose(fit.predict([low.value, high.value]), share.value, atol=1e-9)


def test_the_histogram_holds_every_row(bold):
    table, found = bold
    counts = [cell.value for cell in chances.table(found, "calibration.histogram").column("rows")]
    wanted = np.bincount((table["p"] * 20 + 1e-9).astype(int).clip(upper=19), minlength=20)
    assert counts == list(wanted)


def test_too_extreme_probabilities_are_found_and_mended(bold):
    _, found = bold
    assert {"calibration.slope", "calibration.recalibration"} <= {finding.id for finding in found.findings}
    slope = chances.facts(found)["calibration.slope"]
    assert slope.low is not None and slope.high is not None and slope.low < 0.6 < slope.high < 1
    assert chances.value(found, "calibration.recalibration.worth") is True
    assert chances.value(found, "calibration.recalibration.kind") == "a curve of steps that never falls"
    before, after = (chances.value(found, f"calibration.recalibration.{name}") for name in ("before", "after"))
    assert after < before
    told = dict(
        zip(
            *(
                [cell.value for cell in chances.table(found, "calibration.map").column(key)]
                for key in ("score", "calibrated")
            ),
            strict=True,
        )
    )
    assert told[0.9] == pytest.approx(1 / (1 + np.exp(-(0.2 + 0.6 * log_odds(0.9)))), abs=0.05)


def test_honest_probabilities_are_left_alone(honest):
    assert honest.findings == ()
    assert chances.value(honest, "calibration.recalibration.worth") is False
    assert chances.value(honest, "calibration.squared_error") <= chances.value(honest, "calibration.squared_error_null")
    assert chances.value(honest, "calibration.ece") < 2 * chances.value(honest, "calibration.ece_null")
    words = [mark.word for mark in chances.table(honest, "calibration.reliability").column("status")]
    assert words.count("as told") >= 0.7 * len(words)


def test_a_shift_alone_is_answered_by_a_shift(tmp_path):
    found = run(tmp_path, chances.rows(12_000, shift=0.5))
    assert chances.value(found, "calibration.recalibration.kind") == "one shift of all log-odds"
    assert chances.value(found, "calibration.recalibration.worth") is True
    assert [finding.severity for finding in found.findings if finding.id == "calibration.in_the_large"] == ["severe"]


def test_few_positives_get_two_parameters(tmp_path):
    found = run(tmp_path, chances.rows(2_000, slope=0.4))
    assert chances.value(found, "calibration.recalibration.kind") == "shift and stretch of the log-odds"


def test_one_outcome_only_leaves_gaps_and_no_error(tmp_path):
    found = chances.facts(run(tmp_path, chances.rows(1_000).assign(left="yes")))
    assert found["calibration.slope"].reason == "the outcomes and probabilities do not settle it"
    assert found["calibration.recalibration.kind"].reason.startswith("too few labelled entities")


def test_a_handful_of_rows_is_no_error(tmp_path):
    found = chances.facts(run(tmp_path, chances.rows(40)))
    assert found["calibration.recalibration.worth"].value is None


def test_a_regression_has_no_probabilities(tmp_path):
    project = chances.project(tmp_path)
    ledger = chances.ledger(project, chances.rows(1_000))
    plain = dataclasses.replace(ledger, production=dataclasses.replace(ledger.production, scores=None))
    assert not any(fact.value for fact in calibration.run(project, plain).facts)


@pytest.mark.parametrize(("sure", "told"), [(50, False), (200, True)])
def test_probabilities_of_nought_and_one_are_counted_and_count_as_one_in_a_million(sure, told, tmp_path):
    table = chances.rows(12_000)
    table.loc[table.index[:sure], "p"] = [0.0, 1.0] * (sure // 2)
    found = run(tmp_path, table)
    assert chances.value(found, "calibration.clipped") == sure
    assert ("calibration.clipped" in {one.id for one in found.findings}) is told
    y, p = chances.truth(table)
    fit = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000)
    fit.fit(log_odds(p.clip(1e-6, 1 - 1e-6))[:, None], y)
    assert chances.value(found, "calibration.slope") == pytest.approx(fit.coef_[0, 0], abs=1e-4)
