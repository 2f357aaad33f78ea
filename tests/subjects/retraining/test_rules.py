"""The rules of retraining by themselves, on either side of each limit."""

import datetime
import math
from types import SimpleNamespace
from typing import Any

import pytest

from generator.records import project as p
from generator.records.fact import Fact
from generator.subjects.kit.known import known
from generator.subjects.retraining import _ageing, _options, _policies, _recommend, _triggers, retraining
from tests.subjects import case


def option(id: str, days: int | None, cost: float | None, lost: float | None = 0.0) -> Any:
    facts = {"dated_cost": case.fact(f"{id}.cost", cost), "staleness": case.fact(f"{id}.lost", lost)}
    total = case.fact(f"{id}.total", None)
    return SimpleNamespace(option=p.Option(id=id, title=id.title(), every_days=days), total=total, **facts)


def ageing(state: str = "visible", *, scale: float = 3.0, upper: float = 20.0, flat: Any = (10.0, 40.0)) -> Any:
    """Ageing whose scale is 3 at any share of the doubt and 2 on average; a year at an interval costs that interval."""
    doubt = SimpleNamespace(
        scale=lambda share: scale,
        scales=SimpleNamespace(mean=lambda: 2.0),
        upper=1.0,
        best=lambda at: SimpleNamespace(interval=upper),
        flat=lambda: flat,
    )
    return SimpleNamespace(state=state, doubt=doubt, staleness=lambda days: float(days))


def test_what_an_option_costs_a_year_follows_the_price_of_a_run_and_the_doubt_about_ageing() -> None:
    one, found = option("a", 30, 100.0, 50.0), ageing()
    assert _recommend.yearly(one, found) == 150.0
    assert _recommend.yearly(one, found, _recommend.CASES["tenfold"]) == 1_050.0
    assert _recommend.yearly(one, found, _recommend.CASES["tenth"]) == 60.0
    assert _recommend.yearly(one, found, _recommend.CASES["fast"]) == 100.0 + 50.0 * 3 / 2
    assert _recommend.yearly(option("a", 30, 100.0, 0.0), found, _recommend.CASES["fast"]) == 100.0
    assert _recommend.yearly(option("a", 30, 100.0, None), found) is None
    assert _recommend.yearly(option("a", 30, None, 50.0), found) is None
    assert _recommend.yearly(option("a", 30, 100.0, None), None, _recommend.CASES["tenfold"]) == 1_000.0


@pytest.mark.parametrize(
    ("state", "chosen", "own", "expected"),
    [
        ("visible", "own", 105.0, "own"),
        ("visible", "own", 105.1, "cheap"),
        ("visible", "none", 105.0, "cheap"),
        ("hidden", "own", 300.0, "triggered"),
        (None, "own", 300.0, "own"),
        (None, "none", 300.0, "cheap"),
    ],
)
def test_the_teams_own_option_stands_within_a_twentieth_of_the_cheapest(
    state: str | None, chosen: str, own: float, expected: str
) -> None:
    options = [option("own", 30, own), option("cheap", 60, 100.0), option("triggered", None, 200.0)]
    best = _recommend.recommend(options, chosen, ageing(state) if state else None)
    assert best is not None and best.option.id == expected


def test_without_a_triggered_option_and_without_ageing_the_longest_rhythm_is_taken() -> None:
    options = [option("short", 7, 100.0), option("long", 91, 900.0), option("middle", 28, 50.0)]
    best = _recommend.recommend(options, "short", ageing("absent"))
    assert best is not None and best.option.id == "long"
    assert _recommend.recommend([], None, ageing()) is _recommend.recommend([], None, None) is None
    unpriced = _recommend.recommend([option("a", 7, None)], "a", ageing())
    assert unpriced is not None and unpriced.option.id == "a"
    assert _recommend.recommend([option("a", 7, None)], "b", ageing()) is None


def test_an_interval_is_the_cheapest_between_two_costs_of_a_run() -> None:
    """Going from 30 to 60 days costs 30 of ageing and saves 365/30 − 365/60 runs; the nearest neighbours bound it."""
    best, found = option("b", 30, 1.0), ageing()
    others = [option(str(days), days, 1.0) for days in (7, 15, 60, 90)] + [best, option("t", None, 1.0)]
    low, high = _recommend.run_cost_limits(best, others, found, 350.0)
    assert low == pytest.approx(15 / (365 / 15 - 365 / 30)) and high == pytest.approx(30 / (365 / 30 - 365 / 60))
    assert _recommend.run_cost_limits(best, [best], found, 350.0) == (None, None)
    for gone in ((None, found, 350.0), (best, None, 350.0), (best, found, None), (option("t", None, 1.0), found, 1.0)):
        assert _recommend.run_cost_limits(gone[0], others, gone[1], gone[2]) == (None, None)


@pytest.mark.parametrize(
    ("state", "interval", "most_often", "ends"),
    [
        ("visible", 10, 0.0, (10.0, 40.0)),
        ("visible", 40, 0.0, (10.0, 40.0)),
        ("visible", 9, 0.0, (None, None)),
        ("visible", 41, 0.0, (None, None)),
        ("hidden", 30, 0.0, (20.0, 30.0)),
        ("hidden", 30, 25.0, (25.0, 30.0)),
        ("hidden", 20, 0.0, (20.0, 20.0)),
        ("hidden", 19, 0.0, (None, None)),
        ("hidden", None, 0.0, (None, None)),
        (None, 30, 0.0, (None, None)),
    ],
)
def test_the_range_of_an_interval_holds_it(state: str | None, interval: Any, most_often: float, ends: Any) -> None:
    assert _recommend._around(ageing(state) if state else None, interval, most_often) == ends
    assert _recommend._around(ageing(flat=(10.0, math.inf)), 30, 0.0) == (None, None)


@pytest.mark.parametrize(
    ("rhythm", "runs", "state", "words"),
    [
        (90.0, 120.0, "hidden", "Monthly would cost 10.00 "),
        (90.0, 120.0, "bounded", "At that pace “Monthly” would cost 10.00 "),
        (100.0, 120.0, "hidden", ""),
        (101.0, 120.0, "hidden", ""),
        (90.0, 50.0, "hidden", "Monthly would cost 10.00 "),
    ],
)
def test_a_rhythm_that_costs_less_than_the_trigger_is_told_with_why_it_is_not_taken(
    rhythm: float, runs: float, state: str, words: str
) -> None:
    best, other = option("triggered", None, 50.0, 50.0), option("monthly", 30, runs, rhythm - runs)
    dear = option("weekly", 7, 500.0, 1.0)
    told = case.plain(_recommend.cheaper(best, [best, dear, other], ageing(state)))
    assert told.strip().startswith(words) and bool(told) is bool(words)
    assert ("no change between two runs" in told) is (runs == 50)
    if runs > 50 and words:
        assert f"runs would cost {runs - 50:.2f} more" in told
    assert _recommend.cheaper(other, [best, dear], ageing(state)) == ()


def test_what_a_rollout_does_not_let_be_kept_is_told_with_what_would_make_it_right() -> None:
    best, own = option("triggered", None, 50.0, 50.0), option("weekly", 7, 60.0, 20.0)
    words = "“Weekly”, could it be kept, would cost 20.00 less in the next twelve months; it is right once a rollout is"
    assert case.plain(_recommend.unkept(own, best, ageing("visible"))).strip() == f"{words} shorter."
    bounded = case.plain(_recommend.unkept(own, best, ageing("bounded"))).strip()
    assert bounded == f"At that pace {words} shorter and ageing is proven."
    assert _recommend.unkept(best, own, ageing("visible")) == () == _recommend.unkept(own, own, ageing("visible"))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.5, "In thirty days of age the error rises by"),
        (0.0, 0.5, "These data show no ageing"),
        (-0.5, -0.1, "An older model does not err more"),
        (-0.5, 0.0, "These data show no ageing"),
        (None, 0.5, "What an ageing model costs cannot be worked out"),
        (-0.5, None, "What an ageing model costs cannot be worked out"),
    ],
)
def test_without_a_price_the_reason_is_what_the_error_does_with_age(low: Any, high: Any, words: str) -> None:
    at = known(case.evidence(case.fact("retraining.decay.after_30_days", 0.2, low=low, high=high)), case.BEFORE)
    own = option("a", 30, 1.0)
    assert case.plain(_recommend._unpriced(own, own, at)).startswith(words)
    assert "the team's own option stands" in case.plain(_recommend._unpriced(own, own, at))
    assert "with the cheapest runs is named" in case.plain(_recommend._unpriced(own, option("b", 7, 1.0), at))
    course = {one.id: one.value for one in retraining._course(at)}
    rises, falls = (course[f"retraining.ageing.{word}"] for word in ("rises", "falls"))
    assert rises is (None if low is None else low > 0) and falls is (None if high is None else high < 0)


@pytest.mark.parametrize(
    ("gain", "days", "longer"),
    [(1.0, 34, True), (1.0, 35, False), (1.0, 36, False), (0.0, 34, None), (None, 34, None), (1.0, None, None)],
)
def test_a_refit_is_paid_back_before_the_next_run_or_not(gain: Any, days: int | None, longer: bool | None) -> None:
    """350 for a run, 10 a day for a unit of error: a gain of one unit pays it back in 35 days."""
    at = known(case.evidence(case.fact("retraining.ladder.refit.gain", gain)), case.BEFORE)
    cost, money, best = case.fact("c", 350.0), case.fact("m", 10.0), option("a", days, 1.0)
    assert retraining._outlasts(at, cost, money, best).value is longer
    assert retraining._outlasts(at, cost, money, None).value is None


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (p.Run(), "validation, rollout and sign-off"),
        (p.Run(validation_hours=1, rollout_cost=5), "sign-off"),
        (p.Run(validation_cost=1), "rollout and sign-off"),
        (p.Run(validation_hours=1, rollout_hours=1, signoff_hours=1), None),
    ],
)
def test_work_of_a_run_that_has_neither_hours_nor_a_cost_is_named(run: p.Run, words: str | None) -> None:
    assert retraining._lacks(case.project(retraining=p.Retraining(run=run))).value == words


def test_a_run_costs_the_sum_of_its_parts_and_nothing_is_made_up() -> None:
    run = p.Run(people_hours=2, hourly_rate=150, validation_hours=1, rollout_hours=3, signoff_hours=0.5, rollout_cost=7)
    parts = _options.run_parts(case.project(retraining=p.Retraining(run=run)))
    told = [(case.plain(words), amount.value) for words, amount in parts]
    assert [amount for _, amount in told] == [300, 150, 450, 75, 7] and _options.run_cost(parts).value == 982
    assert [words.partition(",")[0] for words, _ in told[1:]] == ["validation", "rollout", "sign-off", "rollout"]
    for less in (p.Run(people_hours=2), p.Run(hourly_rate=150)):
        (part,) = _options.run_parts(case.project(retraining=p.Retraining(run=less)))
        assert part[1].value is None and _options.run_cost((part,)).value is None
    alone = _options.run_parts(case.project(retraining=p.Retraining(run=p.Run(validation_hours=1))))
    assert _options.run_cost(alone).value is None
    minutes = p.Run(compute_cost=50, compute_minutes=30)
    for each, words in ((minutes, "compute, 30"), (p.Run(compute_cost=50), "compute")):
        ((said, amount),) = _options.run_parts(case.project(retraining=p.Retraining(run=each)))
        assert (case.plain(said), amount.value) == (words, 50)
    assert _options.run_cost(()).value is None and _options.cost_formula((), case.fact("t", 1.0)) == ()


@pytest.mark.parametrize(("stated", "cost", "agree"), [(100, 100, True), (None, 100, None), (100, None, None)])
def test_a_stated_cost_agrees_within_its_rounding(stated: float | None, cost: float | None, agree: bool | None) -> None:
    for change in (1.0, 1 - _options.AGREEMENT * 0.99, 1 + _options.AGREEMENT * 0.99):
        facts = {"stated": None if stated is None else stated * change, "cost": cost}
        found: Any = SimpleNamespace(**{name: case.fact(name, value) for name, value in facts.items()})
        assert vars(_options.Costed)["agrees"].fget(found) is agree
    for change in (1 - _options.AGREEMENT * 1.01, 1 + _options.AGREEMENT * 1.01):
        far: Any = SimpleNamespace(stated=case.fact("s", 100 * change), cost=case.fact("c", 100.0))
        assert vars(_options.Costed)["agrees"].fget(far) is False


def test_the_total_of_an_option_carries_the_ends_of_what_ageing_costs() -> None:
    priced, one = case.fact("c", 100.0), p.Option(id="a", title="A")
    whole = _options._total("h", one, priced, case.fact("s", 50.0, low=20.0, high=90.0))
    assert (whole.value, whole.low, whole.high) == (150.0, 120.0, 190.0)
    for low, high in ((None, 90.0), (20.0, None)):
        part = _options._total("h", one, priced, case.fact("s", 50.0, low=low, high=high))
        assert (part.low, part.high) == (low and low + 100, high and high + 100)
    bare = _options._total("h", one, priced, case.fact("s", 50.0))
    assert (bare.value, bare.low, bare.high) == (150.0, None, None)
    for cost, lost in ((None, 50.0), (100.0, None)):
        gap = _options._total("h", one, case.fact("c", cost), case.fact("s", lost))
        assert gap.value is None and gap.reason


def test_versions_that_serve_longer_weigh_more_in_the_mean_loss() -> None:
    found: Any = SimpleNamespace(staleness=lambda days, share, first: 10.0 * first + days)
    assert _options._mean_loss([(1.0, 11.0), (2.0, 32.0)], found, None) == (10 * (10 + 10) + 30 * (20 + 30)) / 40
    assert _options._mean_loss([(1.0, 11.0), (5.0, 5.0)], found, None) == _options._mean_loss(
        [(1.0, 11.0)], found, None
    )
    assert _options._mean_loss([(5.0, 5.0)], found, None) == 0.0


FIRST = datetime.date(2026, 3, 1)


@pytest.mark.parametrize(("days", "step", "count"), [((0, 1, 2), 1, 1), ((0, 2), 1, 2), ((0, 7, 15), 7, 2), ((), 1, 0)])
def test_firings_that_follow_on_one_another_are_one_episode(days: tuple[int, ...], step: int, count: int) -> None:
    assert _triggers._episodes([FIRST + datetime.timedelta(days=day) for day in days], step) == count


@pytest.mark.parametrize(
    ("rate", "room", "scheduled", "runs"),
    [
        (3.0, 10.0, 4.0, 3.0),
        (9.0, 10.0, 4.0, 6.0),
        (9.0, 10.0, 12.0, 0.0),
        (9.0, None, 4.0, 9.0),
        (9.0, 10.0, None, 9.0),
    ],
)
def test_triggered_runs_find_the_room_that_scheduled_ones_leave(
    rate: float, room: float | None, scheduled: float | None, runs: float
) -> None:
    facts = (case.fact("r", rate), case.fact("c", 100.0), case.fact("m", room), case.fact("s", scheduled))
    assert _triggers.triggered_cost(*facts).value == 100 * runs
    assert _triggers.triggered_cost(case.fact("r", None), *facts[1:]).value is None


@pytest.mark.parametrize(
    ("now", "scheduled", "together"),
    [(True, True, 150.0), (True, False, 100.0), (False, True, 100.0), (None, True, 100.0)],
)
def test_triggered_runs_are_paid_beside_a_rhythm_where_a_trigger_fires(now: Any, scheduled: bool, together: float):
    head = "retraining.recommended"
    own: dict[str, Fact] = {
        f"{head}.cost_per_year": case.fact(f"{head}.cost_per_year", 100.0),
        f"{head}.scheduled": case.fact(f"{head}.scheduled", scheduled),
    }
    for budget, over in ((together, False), (together - 1, True), (None, None)):
        project = case.project(retraining=p.Retraining(budget_per_year=budget))
        spent, beyond = _triggers.needed(own, case.fact("now", now), case.fact("added", 50.0), project)
        assert (spent.value, beyond.value) == (together, over)


def held(id: str, fires: bool | None, *, priority: int = 1, observed: int = 30, limit: Any = 1.0) -> Any:
    threshold = case.fact("t", limit)
    reading = SimpleNamespace(
        fires=fires, observed=observed, limit=SimpleNamespace(threshold=threshold), current=case.fact(f"{id}.now", 1.0)
    )
    fired = case.fact(f"{id}.fired", fires)
    return SimpleNamespace(
        trigger=p.Trigger(id=id, metric="rmse", threshold=1, priority=priority), reading=reading, fired=fired
    )


@pytest.mark.parametrize(
    ("states", "now"),
    [((True, False), True), ((None, True), True), ((False, None), False), ((None, None), None), ((), None)],
)
def test_one_trigger_that_fires_is_enough_and_one_that_does_not_is_needed_to_say_no(states: Any, now: Any) -> None:
    assert _triggers.fires_any(tuple(held(str(place), one) for place, one in enumerate(states))).value is now


def test_a_trigger_is_watched_by_the_day_where_it_has_days_and_a_limit() -> None:
    rules, others = _triggers.watched_facts((held("a", True), held("b", None, observed=0), held("c", None, limit=None)))
    assert "a" in str(rules.value) and (others.value, _triggers.watched_facts(())[0].value) == ("b, c", None)


def test_nothing_tells_the_noise_of_days_that_are_too_few_or_have_no_price() -> None:
    price = case.fact("business.price_of_error", 0.02)
    found = _policies._noise(known(case.evidence(price), case.BEFORE), case.pricing())
    assert found is not None and found > 0
    assert _policies._noise(known(case.evidence(), case.BEFORE), case.pricing()) is None


@pytest.mark.parametrize(("own", "reach"), [(3.0, 2 * 5 / 200), (0.0, 2 * 4 / 200)])
def test_a_policy_is_held_against_the_longest_gap_with_the_doubt_of_both(own: float, reach: float) -> None:
    one: Any = SimpleNamespace(cost_per_day=150.0, se=own)
    longest: Any = SimpleNamespace(cost_per_day=200.0, se=4.0)
    fact = _policies._against("x.y", one, longest, "w")
    assert (fact.value, fact.low, fact.high) == pytest.approx((-0.25, -0.25 - reach, -0.25 + reach))
    itself = _policies._against("x.y", longest, longest, "w")
    assert (itself.value, itself.low, itself.high) == (0.0, None, None)


@pytest.mark.parametrize(
    ("money", "run", "scale", "se", "how", "visible", "state"),
    [
        (10.0, 350.0, 1.0, 0.1, "backtest", True, "visible"),
        (10.0, 350.0, 1.0, 0.1, "backtest", False, "hidden"),
        (10.0, 350.0, 1.0, 0.1, "course", True, "bounded"),
        (10.0, 350.0, -9.0, 0.1, "course", True, "absent"),
        (0.0, 350.0, 1.0, 0.1, "backtest", True, None),
        (10.0, 0.0, 1.0, 0.1, "backtest", True, None),
        (None, 350.0, 1.0, 0.1, "backtest", True, None),
        (10.0, None, 1.0, 0.1, "backtest", True, None),
    ],
)
def test_ageing_is_visible_hidden_bounded_or_absent_and_has_a_price_or_none(
    money: Any, run: Any, scale: float, se: float, how: str, visible: bool, state: str | None
) -> None:
    at = known(case.evidence(*case.ageing(scale, se, how=how, visible=visible)), case.BEFORE)
    found, why = _ageing.ageing(at, case.fact("m", money), case.fact("c", run), 2.0)
    assert (found.state if found else None) == state and bool(why) is (state is None)
    if state in ("visible", "hidden", "bounded") and found:
        assert found.doubt.lag == 2.0


@pytest.mark.parametrize(("family", "parameter", "at_ten"), [("power", 0.5, 10**0.5), ("linear", None, 10.0)])
def test_the_loss_of_a_version_grows_by_the_shape_that_was_found(family: str, parameter: Any, at_ten: float) -> None:
    facts = (case.fact("retraining.decay.shape", family), case.fact("retraining.decay.parameter", parameter))
    at = known(case.evidence(*case.ageing(2.0, 0.0), *facts), case.BEFORE)
    found, _ = _ageing.ageing(at, case.fact("m", 10.0), case.fact("c", 350.0), 0.0)
    assert found is not None and found.per_day(10.0) == pytest.approx(20.0 * at_ten)


@pytest.mark.parametrize(("own", "words"), [(True, "the team's own option"), (False, "the cheapest option")])
def test_the_reason_says_whether_the_option_is_the_teams_own(own: bool, words: str) -> None:
    ids = ("run.cost", "decay.money_after_30_days", "flat.shortest", "flat.longest", "best.shortest")
    facts = {f"retraining.{id}": case.fact(f"retraining.{id}", 1.0) for id in ids}
    best, at = option("a", 30, 1.0), known(case.evidence(), case.BEFORE)
    told = case.plain(_recommend.reason(best, best if own else option("b", 7, 1.0), ageing(), at, facts))
    assert f"A is {words}" in told


def test_without_a_recommendation_it_is_told_whether_there_are_options() -> None:
    at, project = known(case.evidence(), case.BEFORE), case.project()
    some = (option("a", 30, None),)
    for options, words in ((some, "no option is chosen, and none has a cost"), ((), _recommend.NO_OPTIONS)):
        assert retraining._reasons(None, options, options, project, None, at, ()).reason == words


@pytest.mark.parametrize(("stated", "cost", "more"), [(120.0, 100.0, 20.0), (None, 100.0, None), (120.0, None, None)])
def test_a_stated_cost_differs_by_what_it_is_more_and_implies_a_run(stated: Any, cost: Any, more: Any) -> None:
    said, worked = case.fact("s", stated), case.fact("c", cost)
    assert _options._difference("h", "T", said, worked).value == more
    assert _options._implied("i", said, 12.0, "m").value == (None if stated is None else 10.0)
    for runs in (None, 0.0):
        assert _options._implied("i", said, runs, "m").value is None
    assert _options._in_money("m", "M", said, worked).value == (None if more is None else 12_000.0)


@pytest.mark.parametrize(("reason", "told"), [("no price", "no price"), ("", _policies.NO_DAILY)])
def test_where_nothing_was_simulated_the_first_reason_is_told(reason: str, told: str) -> None:
    facts = _policies.policy_facts(None, reason)
    assert len(facts) == 4 and {(one.value, one.reason) for one in facts} == {(None, told)}
    assert _policies.policies_table(None, reason).reason == told


@pytest.mark.parametrize(("shortest", "longest", "bound"), [(10.0, 30.0, False), (30.0, 30.0, True)])
def test_gaps_leave_a_trigger_room_or_bind_it(shortest: float, longest: float, bound: bool) -> None:
    found = _policies.SimulatedPolicies(worlds=(), level=70.0, shortest=shortest, longest=longest, scheduled=20.0)
    facts = _policies.policy_facts(found, "")
    assert [one.value for one in facts] == [bound, 70.0, shortest, longest]
    assert [one.origin for one in facts[1:]] == ["simulated", "derived", "derived"]


@pytest.mark.parametrize(
    ("fires", "since", "words"),
    [(True, FIRST, "yes, since 2026-03-01"), (True, None, "yes"), (False, FIRST, "no"), (None, None, "cannot be told")],
)
def test_a_trigger_says_whether_it_fires_and_since_when_that_is_known(fires: Any, since: Any, words: str) -> None:
    one = held("a", fires)
    one.reading.since = since
    assert case.plain(_triggers._state(one)) == words
