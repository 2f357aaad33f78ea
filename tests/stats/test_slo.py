import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from generator.stats import slo


def test_the_workbooks_table_of_burns():
    alerts = slo.burn_alerts()
    assert [round(alert.burn, 6) for alert in alerts] == [14.4, 6.0, 1.0]
    assert [alert.short_hours * 60 for alert in alerts] == pytest.approx([5, 30, 360])
    assert [alert.burn * 0.001 for alert in alerts] == pytest.approx([0.0144, 0.006, 0.001])
    assert [slo.exhaustion_days(alert.burn, 30) * 24 for alert in alerts] == pytest.approx([50, 120, 720])


def test_a_total_outage_is_seen_after_the_printed_minutes():
    seconds = [slo.detection_hours(0.999, alert.burn, alert.long_hours) * 3600 for alert in slo.burn_alerts()]
    assert seconds == pytest.approx([51.84, 129.6, 259.2])
    assert [part / 60 for part in seconds] == pytest.approx([0.864, 2.16, 4.32])
    assert slo.detection_hours(0.99, 14.4, 1.0) * 3600 == pytest.approx(518.4)
    assert slo.detection_hours(0.999, 14.4, 1.0, error_share=0.06) * 3600 == pytest.approx(864)


def test_a_shortage_too_mild_for_the_burn_is_never_seen():
    assert slo.detection_hours(0.999, 14.4, 1.0, error_share=0.014) == math.inf
    assert slo.detection_hours(0.999, 14.4, 1.0, error_share=0.0) == math.inf


@pytest.mark.parametrize(("rate", "chance"), [(50, 0.0488), (100, 0.00468), (500, 6e-8)])
def test_chance_of_a_page_at_low_traffic(rate, chance):
    assert slo.false_alert(0.999, 14.4, rate) == pytest.approx(chance, rel=0.05)


@given(st.floats(0.9, 0.9999), st.floats(1.0, 14.4), st.floats(10.0, 5_000.0))
def test_the_chance_is_the_tail_of_a_poisson(objective, burn, events):
    limit = math.floor(burn * (1 - objective) * events + 1e-9)
    expected = poisson.sf(limit, (1 - objective) * events)
    assert slo.false_alert(objective, burn, events) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_edges_of_the_chance():
    assert math.isnan(slo.false_alert(1.0, 14.4, 100))
    assert math.isnan(slo.false_alert(0.999, 14.4, 0))


def test_a_burn_beyond_a_total_outage_is_out_of_reach():
    assert slo.reachable(0.9306, 14.4)
    assert not slo.reachable(0.930, 14.4)
    assert slo.reachable(0.0, 1.0)


def test_windows_grow_until_five_bad_events_make_an_alert():
    assert slo.hours_needed(0.999, 14.4, 50) == pytest.approx(5 / 0.72)
    assert slo.hours_needed(1.0, 14.4, 50) == math.inf


def test_case_study_error_rates_burn_nine_and_four_times():
    assert [slo.exhaustion_days(burn, 30) for burn in (9, 4)] == pytest.approx([10 / 3, 7.5])


def test_nothing_happened_or_nothing_is_allowed():
    assert slo.exhaustion_days(0.0, 30) == math.inf


def test_the_sketchs_printed_size():
    assert slo.sketch_gamma() == pytest.approx(1.0202020, abs=1e-7)
    places = slo.sketch_places([1e-3, 1e5])
    assert places[1] - places[0] == 921


@given(st.lists(st.floats(1e-3, 1e5), min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.9, 0.99, 1.0]))
def test_a_quantile_is_off_by_at_most_one_percent(values, share):
    places, counts = np.unique(slo.sketch_places(values), return_counts=True)
    exact = np.sort(values)[math.floor(share * (len(values) - 1))]
    assert slo.sketch_quantile(places, counts, share) == pytest.approx(exact, rel=0.01 + 1e-9)


@given(st.lists(st.floats(1e-2, 1e4), min_size=2, max_size=100), st.data())
def test_merged_sketches_are_the_sketch_of_all(values, data):
    cut = data.draw(st.integers(1, len(values) - 1))
    places = slo.sketch_places(values)
    assert np.array_equal(places, np.concatenate([slo.sketch_places(values[:cut]), slo.sketch_places(values[cut:])]))


def test_no_counts_have_no_quantile():
    assert math.isnan(slo.sketch_quantile([], [], 0.5))
    assert math.isnan(slo.sketch_quantile([3], [0], 0.5))


def test_burn_of_each_window_by_hand():
    burns = slo.window_burns([0, 2, 0, 1], [10, 10, 10, 10], [5, 6, 7, 20], 2, 0.9)
    assert burns == pytest.approx([0.0, 1.0, 1.0, 1.0])
    assert np.isnan(slo.window_burns([0], [0], [1], 1, 0.9)).all()
    assert slo.window_burns([], [], [], 1, 0.9).size == 0
