"""Reference values of two reported arms: conversion from 12.3 % to 14.1 %, errors from 0.8 % to 0.9 %."""

import math

import pytest

from generator.stats import experiments
from generator.stats.proportions import two_proportion_z
from generator.stats.sequential import rows_per_arm, rows_per_arm_non_inferiority


@pytest.mark.parametrize(
    ("share0", "share1", "power", "rows"),
    [
        (0.123, 0.141, 0.8, 5551), (0.123, 0.141, 0.9, 7430), (0.123, 0.145, 0.8, 3763), (0.123, 0.145, 0.9, 5037),
        (0.008, 0.009, 0.8, 132_296), (0.68, 0.72, 0.8, 2060),
    ],
)  # fmt: skip
def test_rows_an_arm(share0: float, share1: float, power: float, rows: float) -> None:
    assert rows_per_arm(share0, share1, power=power) == rows
    assert experiments.power_of_shares(share0, share1, rows, rows) == pytest.approx(power, abs=3e-4)


def test_least_significant_rows_are_where_the_test_turns() -> None:
    rows = experiments.least_significant_rows(0.123, 0.141)
    assert rows == 2717
    assert two_proportion_z(0.123 * rows, rows, 0.141 * rows, rows).p_value < 0.05
    assert two_proportion_z(0.123 * (rows - 1), rows - 1, 0.141 * (rows - 1), rows - 1).p_value > 0.05
    assert math.isinf(experiments.least_significant_rows(0.1, 0.1))


def test_two_weeks_of_twenty_thousand_a_month_are_marginal() -> None:
    traffic = 20_000 * 14 / 30
    for share, p in ((0.05, 0.25), (0.15, 0.061), (0.25, 0.024)):
        control, test = traffic * (1 - share), traffic * share
        assert two_proportion_z(0.123 * control, control, 0.141 * test, test).p_value == pytest.approx(p, abs=6e-4)


def test_the_interval_of_wald_and_the_margin() -> None:
    assert rows_per_arm_non_inferiority(0.008, 0.002) == 31_145


def test_a_relative_uplift_lies_around_its_estimate_and_narrows() -> None:
    wide, narrow = (experiments.relative_uplift(0.123, n, 0.141, n) for n in (1000, 100_000))
    assert wide.estimate == narrow.estimate == pytest.approx(0.14634, abs=1e-5)
    assert wide.low < narrow.low < narrow.estimate < narrow.high < wide.high
    assert narrow.low > 0 > wide.low


def test_the_smallest_difference_needs_just_these_rows() -> None:
    assert experiments.smallest_difference(0.123, 5551, 5551) == pytest.approx(0.018, abs=2e-6)
    assert math.isnan(experiments.smallest_difference(0.5, 2, 2))
    assert experiments.smallest_mean_difference(10, 200, 200) == pytest.approx(2.8016, abs=1e-4)


def test_means() -> None:
    assert experiments.rows_per_arm_of_means(2.8, 10) == 201
    assert experiments.least_significant_rows_of_means(2.8, 10) == 98
    found = experiments.two_means_z(180, 60, 400, 195, 60, 400)
    assert found.statistic == pytest.approx(3.5355, abs=1e-4)
    assert experiments.mean_difference(180, 60, 400, 195, 60, 400).low == pytest.approx(15 - 8.3154, abs=1e-3)
    assert experiments.power_of_means(2.8016, 10, 200, 10, 200) == pytest.approx(0.8, abs=1e-4)
    assert experiments.relative_mean(180, 60, 400, 195, 60, 400).estimate == pytest.approx(15 / 180)


@pytest.mark.parametrize("rows", [0, -1, math.nan])
def test_without_rows_nothing_is_known(rows: float) -> None:
    assert math.isnan(experiments.power_of_shares(0.1, 0.2, rows, 100))
    assert math.isnan(experiments.relative_uplift(0.1, rows, 0.2, 100).low)
    assert math.isnan(experiments.two_means_z(1, 1, rows, 2, 1, 100).p_value)
    assert math.isnan(experiments.mean_difference(1, 1, rows, 2, 1, 100).high)
