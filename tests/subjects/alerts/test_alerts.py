import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from generator.records import project as p
from generator.subjects.alerts.alerts import run
from tests.subjects import case


def rules(*declared: p.Rule, **more: Any) -> p.Project:
    return case.pricing(alerts=replace(case.ALERTS, rules=declared, **more))


def test_without_rules_every_table_says_why_it_is_empty() -> None:
    decided = run(case.project(), case.NOTHING, case.BEFORE)
    assert all(table.reason for table in decided.tables)
    assert decided.alerts == () and decided.findings == ()


def test_days_fired_follow_operator_window_and_repetition() -> None:
    above = p.Rule(id="a", metric="rmse", yellow=9.2, red=10.5)
    at_least = replace(above, id="b", operator=">=")
    twice = replace(above, id="c", consecutive=2)
    week = replace(above, id="d", window_days=7)
    decided = run(rules(above, at_least, twice, week), case.evidence(), case.BEFORE)
    days = {key: case.value(decided, f"alerts.{key}.yellow.days_fired") for key in "abcd"}
    assert days == {"a": 10, "b": 20, "c": 9, "d": 10}
    assert case.value(decided, "alerts.a.red.days_fired") == 0
    assert case.value(decided, "alerts.b.red.days_fired") == 10
    assert case.known(decided, "alerts.d.yellow.days_fired").n == 24


def test_the_current_value_is_that_of_the_last_window_pooled_by_squares() -> None:
    decided = run(rules(p.Rule(id="w", metric="rmse", red=10, window_days=20)), case.evidence(), case.BEFORE)
    assert case.value(decided, "alerts.w.current") == pytest.approx(((9.2**2 + 10.5**2) / 2) ** 0.5)


def test_a_window_with_too_few_rows_is_not_judged() -> None:
    decided = run(rules(p.Rule(id="r", metric="rmse", red=1, minimum_n=501)), case.evidence(), case.BEFORE)
    assert case.value(decided, "alerts.r.current") is None
    assert "enough days and rows" in case.known(decided, "alerts.r.red.days_fired").reason


def test_small_volumes_give_false_alarms_as_published() -> None:
    """Methods 3.3: RMSE > 10 at a true 8.2 fires on 8.9 % of days of 17 rows, 0 of 500, normal errors."""
    rule = p.Rule(id="r", metric="rmse", red=10)
    decided = run(rules(rule), case.evidence(case.fact("performance.rmse.kurtosis", 3.0)), case.BEFORE)
    head = "alerts.r.red.false_alarms_per_month_at_17"
    assert case.value(decided, f"{head}.daily_probability") == pytest.approx(0.089, abs=0.0005)
    # messages: a breach after two quiet days, 30.44 evaluations a month
    assert case.value(decided, head) == pytest.approx(30.4375 * 0.089 * 0.911**2, rel=0.03)
    assert case.value(decided, "alerts.r.red.false_alarms_per_month") == 0.0


def test_heavy_tails_are_simulated_and_say_so() -> None:
    rule = p.Rule(id="r", metric="rmse", red=10)
    decided = run(rules(rule), case.evidence(case.fact("performance.rmse.kurtosis", 9.0)), case.BEFORE)
    chance = case.known(decided, "alerts.r.red.false_alarms_per_month_at_17.daily_probability")
    assert chance.value == pytest.approx(0.13, abs=0.015)
    assert chance.origin == "simulated" and chance.low is not None and chance.low < 0.138 < (chance.high or 0)


def test_two_breaches_in_a_row_give_fewer_false_alarms() -> None:
    once = p.Rule(id="a", metric="rmse", yellow=8.4)
    decided = run(rules(once, replace(once, id="b", consecutive=2)), case.evidence(), case.BEFORE)
    first, second = (case.value(decided, f"alerts.{key}.yellow.false_alarms_per_month") for key in "ab")
    assert 0 < second < first


def test_a_degradation_to_the_red_level_is_seen_sooner_by_the_yellow_one() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    yellow, red = (case.value(decided, f"alerts.rmse.{level}.delay") for level in ("yellow", "red"))
    assert 1.0 <= yellow < red
    # at the red level a day breaches with one chance in two, days alike by 0.17 since the same products come back
    shared = np.random.default_rng(1).standard_normal(100_000) * math.sqrt(0.17 / 0.83)
    assert red == pytest.approx(np.mean(1 / stats.norm.cdf(shared)), rel=0.06)


def test_the_truth_of_a_day_is_part_of_the_delay_of_errors_alone() -> None:
    plain = run(case.pricing(), case.evidence(), case.BEFORE)
    data = p.Data(production="rows.csv", target="price", outcome_days=30)
    stated = run(case.pricing(data=data), case.evidence(), case.BEFORE)
    came = run(case.pricing(), case.evidence(case.fact("labels.nowcast.mature_after", 17.0)), case.BEFORE)
    red, shift = "alerts.rmse.red.delay", "alerts.shift.yellow.delay"
    assert case.value(stated, red) == pytest.approx(case.value(plain, red) + 30)
    assert case.value(came, red) == pytest.approx(case.value(plain, red) + 17)
    assert case.value(stated, shift) == case.value(came, shift) == case.value(plain, shift)
    assert "watch.label_delay" in case.known(stated, red).source
    lags = {one.id: one.lag for one in stated.alerts}
    assert lags["shift"] is None and lags["rmse"] is not None and lags["rmse"].id == "watch.label_delay"
    assert "data.outcome_days" in case.known(plain, "watch.label_delay").reason


@pytest.mark.parametrize(("days", "told"), [(0, False), (30, True)])
def test_outcomes_that_could_not_be_known_yet_are_told(days: int, told: bool) -> None:
    data = p.Data(production="rows.csv", target="price", outcome_days=days)
    newest = case.fact("build.as_of", case.DAYS[-1], unit="date")
    found = run(case.pricing(data=data), case.evidence(newest), case.BEFORE).findings
    assert ("alerts.outcomes.ahead" in {one.id for one in found}) is told


def test_messages_are_those_of_a_simulated_panel() -> None:
    """A week's window over 500 products that come back daily, each with a scatter of its own; nothing ever changes."""
    rng = np.random.default_rng(3)
    spread, products, days, sent = 0.5, 500, 60, []
    for _ in range(400):
        scale = rng.gamma(1 / spread, spread, products)
        squares = 8.2**2 * (scale * rng.chisquare(1, (days, products))).mean(axis=1)
        weeks = np.sqrt(np.convolve(squares, np.ones(7) / 7, "valid")) > 8.6
        last, count = -9, 0
        for day in np.flatnonzero(weeks).tolist():
            count += day - last > 2
            last = day
        sent.append(count / len(weeks))
    panel = (
        case.fact("performance.rmse.kurtosis", 3 * (1 + spread)),
        case.fact("data.design_effect", 1 + 29 * spread / (2 + 3 * spread)),
    )
    decided = run(rules(p.Rule(id="r", metric="rmse", yellow=8.6, window_days=7)), case.evidence(*panel), case.BEFORE)
    found = case.value(decided, "alerts.r.yellow.false_alarms_per_month")
    assert found == pytest.approx(30.4375 * np.mean(sent), rel=0.2)


def test_what_never_varies_cannot_be_told() -> None:
    still = p.Rule(id="volume", metric="rows", operator="<", red=400)
    decided = run(rules(still, p.Rule(id="r", metric="rmse", yellow=9.5)), case.evidence(), case.BEFORE)
    fact = case.known(decided, "alerts.volume.red.false_alarms_per_month")
    assert fact.value is None and "never varied" in fact.reason
    total = case.known(decided, "alerts.total.false_alarms_per_month")
    assert total.value == case.value(decided, "alerts.r.yellow.false_alarms_per_month") and total.n == 1
    assert [row["rule"] for row in case.rows(decided, "alerts.left_out")] == ["rows a day"]
    assert "rows a day" in total.method


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (p.Rule(id="r", metric="rmse", yellow=6), "stands"),
        (p.Rule(id="r", metric="rmse", yellow=9, minimum_n=18), "fewer rows"),
        (p.Rule(id="r", metric="rows", operator="<", yellow=475), "stands"),
        (p.Rule(id="r", metric="rows", operator="<", yellow=17), "a volume itself"),
        (p.Rule(id="r", metric="rmse", yellow=9, minimum_n=17), ""),
    ],
)
def test_a_rule_that_always_fires_or_is_not_judged_at_a_volume_counts_as_no_silent_one(rule: p.Rule, why: str) -> None:
    decided = run(rules(rule), case.evidence(), case.BEFORE)
    found = case.known(decided, "alerts.r.yellow.false_alarms_per_month_at_17")
    assert (why in found.reason) if why else (found.number or 0) > 0
    assert case.rows(decided, "alerts.volumes")[1]["why"] == found.reason


def test_a_rule_that_mostly_fires_by_chance_shows_nothing() -> None:
    decided = run(rules(p.Rule(id="r", metric="rmse", yellow=8.3)), case.evidence(), case.BEFORE)
    visible = case.known(decided, "alerts.r.yellow.smallest_visible")
    assert visible.value is None and "cannot tell" in visible.reason


def test_rows_that_come_by_the_week_are_counted_in_days() -> None:
    """The same thirty points, a day or a week apart: a seventh of the messages, seven times as late."""
    rule = p.Rule(id="r", metric="rmse", yellow=9.2, red=10.5)
    daily = run(rules(rule), case.evidence(), case.BEFORE)
    weekly = run(rules(replace(rule, window_days=7)), case.spaced(case.evidence(), 7), case.BEFORE)
    head = "alerts.r.yellow"
    assert case.value(weekly, f"{head}.days_fired") == case.value(daily, f"{head}.days_fired") == 10
    for name, factor in (("false_alarms_per_month", 1 / 7), ("delay", 7.0)):
        assert case.value(weekly, f"{head}.{name}") == pytest.approx(factor * case.value(daily, f"{head}.{name}"))
    fortnight = run(rules(replace(rule, window_days=14)), case.spaced(case.evidence(), 7), case.BEFORE)
    assert case.known(fortnight, f"{head}.days_fired").n == 29


def test_metrics_without_data_say_why() -> None:
    decided = run(rules(p.Rule(id="slow", metric="latency_p95", red=300)), case.evidence(), case.BEFORE)
    current = next(fact for fact in decided.facts if fact.id == "alerts.slow.current")
    assert current.reason == "the data hold no response times"
    assert case.plain(case.rows(decided, "alerts.dashboard")[0]["status"]) == "no data"


def test_feature_metrics_read_the_daily_tables() -> None:
    declared = tuple(
        p.Rule(id=features, metric="mean_change", features=features, yellow=0.25)
        for features in ("each", "critical", "mean")
    )
    decided = run(rules(*declared), case.evidence(), case.BEFORE)
    assert [case.value(decided, f"alerts.{rule.id}.current") for rule in declared] == pytest.approx([0.40, 0.30, 0.22])


def test_alerts_are_counted_per_feature_and_per_rule() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    assert case.value(decided, "alerts.per_day.per_feature") == pytest.approx(14 + 1 / 3)
    assert case.value(decided, "alerts.per_day.per_rule") == pytest.approx(1 + 1 / 3)


def test_a_rule_on_alerts_a_day_counts_the_other_rules() -> None:
    noise = p.Rule(id="n", metric="alerts_per_day", red=10)
    decided = run(rules(*case.ALERTS.rules, noise), case.evidence(), case.BEFORE)
    assert case.value(decided, "alerts.n.current") == 2
    cannot = case.known(decided, "alerts.n.red.false_alarms_per_month")
    assert cannot.value is None and "more alerts than there are rules" in cannot.reason


def test_a_rule_that_stays_silent_on_a_confirmed_finding_is_a_finding() -> None:
    rule = p.Rule(id="gaps", metric="missing", features="each", red=0.15)
    found = case.finding("missing", "stock", "confirmed")
    assert [finding.id for finding in run(rules(rule), case.evidence(findings=(found,)), case.BEFORE).findings] == [
        "alerts.silent.missing"
    ]
    loud = replace(rule, red=0.13)
    assert run(rules(loud), case.evidence(findings=(found,)), case.BEFORE).findings == ()
    others = (case.finding("unseen", "stock", "confirmed"), case.finding("missing", "stock", "watch"))
    assert run(rules(rule), case.evidence(findings=others), case.BEFORE).findings == ()


def test_false_alarms_beyond_the_budget_are_a_finding() -> None:
    tight = rules(p.Rule(id="r", metric="rmse", yellow=8.3), budget_per_month=1)
    assert [finding.id for finding in run(tight, case.evidence(), case.BEFORE).findings] == ["alerts.budget"]


def test_every_level_becomes_an_alert_with_its_anchor_and_severity() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    anchors = [level.anchor for alert in decided.alerts for level in alert.levels]
    beside = ["alert-retrain-error-yellow", "alert-loss-budget-yellow"]
    assert anchors == ["alert-rmse-yellow", "alert-rmse-red", "alert-shift-yellow", *beside]
    assert case.rows(decided, "alerts.build")[0]["severity"] == "P3, P1"


def test_thresholds_say_where_they_are_declared() -> None:
    decided = run(case.pricing(), case.evidence(), case.BEFORE)
    threshold = next(fact for fact in decided.facts if fact.id == "alerts.rmse.yellow.threshold")
    assert (threshold.value, threshold.source, threshold.origin) == (9.5, "dossier.yaml:40", "declared")


def test_levels_of_other_names_count_by_severity() -> None:
    levels = (
        p.Level(name="calm"),
        p.Level(name="stop", severity="P2", respond_within_hours=4),
        p.Level(name="watch", severity="P4", respond_within_hours=24),
    )
    rule = p.Rule(id="r", metric="rmse", yellow=9.5, red=10)
    row = case.rows(run(rules(rule, levels=levels), case.evidence(), case.BEFORE), "alerts.build")[0]
    assert row["severity"] == "P4, P2" and case.plain(row["respond"]) == "24, 4"
    only = case.rows(run(rules(rule, levels=levels[:2]), case.evidence(), case.BEFORE), "alerts.build")[0]
    assert only["severity"] == "P3, P2" and case.plain(only["respond"]) == "not declared, 4"


def test_a_rule_chooses_its_level_and_the_level_says_how_soon_in_its_own_words() -> None:
    levels = (
        p.Level(name="P1 critical", severity="P1", respond="immediate", respond_within_hours=0),
        p.Level(name="P2 high", severity="P2", respond_within_hours=0.5),
        p.Level(name="P4 low", severity="P4", respond="weekly review"),
    )
    rule = p.Rule(id="a", metric="rmse", yellow=9.2, red=10.5)
    own = replace(rule, id="b", yellow_level="P2 high", red_level="P2 high")
    decided = run(case.pricing(alerts=p.Alerts(levels=levels, rules=(rule, own))), case.evidence(), case.BEFORE)
    found = [row for row in case.rows(decided, "alerts.build") if row["id"] in ("a", "b")]
    assert [row["severity"] for row in found] == ["P4, P1", "P2"]
    assert [case.plain(row["respond"]) for row in found] == ["weekly review, immediate", "0.50"]
    answers = [case.plain(row["respond"]) for row in case.rows(decided, "alerts.levels")]
    assert answers == ["immediate", "0.50", "weekly review"]


@pytest.mark.parametrize("limit", [0.02, 0.05])
def test_the_least_missing_rate_that_is_seen_is_seen_in_four_of_five_months(limit: float) -> None:
    """500 rows a day: thirty days drawn 4,000 times at that rate."""
    rule = p.Rule(id="gaps", metric="missing", features="each", yellow=limit)
    facts = [case.fact(f"missing.stock.{side}", 0.004, unit="share") for side in ("production", "reference")]
    data = replace(case.pricing().settings.data, features=(p.Feature(name="stock"),))
    project = case.pricing(alerts=p.Alerts(rules=(rule,), levels=case.LEVELS), data=data)
    found = case.found(facts=(*facts, case.fact("data.production.per_day", 500.0)))
    least = case.value(run(project, found, case.BEFORE), "alerts.gaps.yellow.smallest_visible")
    drawn = np.random.default_rng(3).binomial(500, least, size=(4_000, 30)).max(axis=1) > 500 * limit
    assert drawn.mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("zone", "words"), [("", "18:00 UTC"), ("Europe/Zurich", "18:00 Europe/Zurich")])
def test_a_day_closes_by_the_clock_of_the_project(zone: str, words: str) -> None:
    about = p.About(name="pricing", time_zone=zone)
    closes = replace(case.ALERTS, closes_at="18:00")
    decided = run(case.pricing(project=about, alerts=closes), case.evidence(), case.BEFORE)
    assert next(one.closing for one in decided.alerts if one.id == "rmse") == words
    assert not run(case.pricing(project=about), case.evidence(), case.BEFORE).alerts[0].closing


def test_a_level_says_whether_it_acts_by_itself() -> None:
    levels = (p.Level(name="yellow", action="look"), p.Level(name="red", action="go back", automated=True, team="Ops"))
    decided = run(case.pricing(alerts=replace(case.ALERTS, levels=levels)), case.evidence(), case.BEFORE)
    rows = case.rows(decided, "alerts.levels")
    assert [(row["automated"], row["team"]) for row in rows] == [("no", ""), ("yes", "Ops")]
    assert rows[0]["action"] == "look" and str(rows[1]["action"]).startswith("go back (by itself only")


@pytest.mark.parametrize(
    ("features", "bound", "a_day"), [("each", 0.25, 5.0), ("each", 0.26, 14.0), ("critical", 0.25, 2.0)]
)
def test_features_over_a_limit_are_counted_by_day_where_the_analysis_counts_them(
    features: Any, bound: float, a_day: float
) -> None:
    """Counted are all features over the declared limit; else those over it in the whole period, on days of firing."""
    daily = case.daily("drift.daily_mean_change", "each critical mean over", 0.40, 0.30, 0.22, 5.0)
    rule = p.Rule(id="shift", metric="mean_change", features=features, yellow=bound)
    declared = tuple(p.Feature(name=name, critical=name in case.FEATURES[:2]) for name in case.FEATURES)
    data = p.Data(production="rows.csv", target="price", target_unit="USD", features=declared)
    project = case.pricing(alerts=replace(case.ALERTS, rules=(rule,)), data=data)
    decided = run(project, case.evidence(tables=(daily,)), case.BEFORE)
    assert case.value(decided, "alerts.per_day.per_feature") == a_day
    assert case.value(decided, "alerts.per_day.per_rule") == 1.0
