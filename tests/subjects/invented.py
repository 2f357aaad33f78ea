"""Random projects: dates, stages, rules, modes, decisions and free texts that need not agree with one another."""

import datetime
from dataclasses import replace

from hypothesis import strategies as st

from generator.records import project as p
from tests.subjects import case

Date = datetime.date
TODAY = Date(2026, 3, 30)
SHARES = (0.05, 0.1, 0.2, 0.25, 0.5)


def days(least: int, most: int) -> st.SearchStrategy[Date]:
    """Return days from `least` to `most` days after the build."""
    return st.integers(least, most).map(lambda on: TODAY + datetime.timedelta(days=on))


@st.composite
def freezes(draw: st.DrawFn) -> tuple[p.Freeze, ...]:
    starts = draw(st.lists(days(1, 300), max_size=3))
    return tuple(p.Freeze(start=day, end=day + datetime.timedelta(days=draw(st.integers(0, 30)))) for day in starts)


@st.composite
def rollouts(draw: st.DrawFn) -> p.Rollout:
    shares = sorted(draw(st.lists(st.sampled_from([0.0, 0.05, 0.1, 0.5]), max_size=3)))
    stages = tuple(
        p.Stage(
            name=f"stage {index}",
            traffic=share,
            traffic_from=share / 2 if share and draw(st.booleans()) else None,
            days=draw(st.integers(1, 30)),
            rows_per_day=draw(st.sampled_from([None, None, 50, 5_000])),
            launch_only=draw(st.booleans()) and share > 0,
            owner=draw(st.sampled_from([None, "Ann", "Bob"])),
            gate=draw(st.sampled_from([None, f"gate {index}", f"RMSE within {index} % of that before"])),
            judged_by=draw(st.sampled_from([(), (), (case.ERROR_RULE.id,)])),
        )
        for index, share in enumerate([*shares, 1.0])
    )
    return p.Rollout(
        start=draw(st.none() | days(-20, 120)),
        stages=stages if draw(st.booleans()) else (),
        maturity_days=draw(st.none() | st.integers(0, 40)),
        exposure_budget=draw(st.none() | st.floats(100, 10_000)),
        loss_per_bad_row=2.0,
        detection_days=draw(st.integers(1, 10)),
    )


@st.composite
def judges(draw: st.DrawFn) -> tuple[p.Condition, ...]:
    """The declared rollback conditions, and one that compares both versions, on all rows or on a part of them."""
    compared = p.Condition(
        id="compared",
        metric="rmse",
        threshold=0.1,
        relative_to="previous",
        traffic=draw(st.sampled_from([None, 0.1, 0.3, 0.5])),
        window_days=draw(st.sampled_from([1, 7, 28])),
        minimum_n=draw(st.sampled_from([None, 100, 5_000])),
    )
    return (*case.ROLLBACK.conditions, *draw(st.sampled_from([(), (compared,)])))


@st.composite
def calendars(draw: st.DrawFn) -> p.Calendar:
    """Freezes, holidays of a country and of one's own, and reviews, some of which settle a condition."""
    review = st.builds(
        p.Activity,
        title=st.just("Review"),
        every=st.sampled_from(["weekly", "monthly", "quarterly"]),
        settles=st.sampled_from([None, "threshold"]),
        first=st.none() | days(-30, 60),
    )
    return p.Calendar(
        country=draw(st.sampled_from([None, "US", "DE"])),
        holidays=tuple(draw(st.lists(days(1, 200), max_size=4))),
        freezes=draw(freezes()),
        valid_days=draw(st.none() | st.integers(1, 90)),
        activities=(
            draw(review),
            *draw(st.sampled_from([(), (p.Activity(title="Exercise", every="quarterly", kind="drill"),)])),
        ),
    )


@st.composite
def modes(draw: st.DrawFn) -> tuple[p.Mode, ...]:
    """Ways to serve with less, each with the largest share that it may take out or without."""
    most = draw(st.sampled_from([*SHARES, None]))
    limits = draw(st.sampled_from([*(f"Up to {100 * share:g} % of the products" for share in SHARES), None]))
    return (p.Mode(name="Rules", command="rules on"), p.Mode(name="Switch off", most=most, limits=limits))


@st.composite
def rules(draw: st.DrawFn) -> tuple[p.Rule, ...]:
    """A rule on the error, and one on each input, with what is done against them."""
    share = draw(st.sampled_from(SHARES))
    return (
        replace(
            case.ERROR_RULE,
            yellow=draw(st.floats(5, 12)),
            red=15.0,
            mode=draw(st.sampled_from([None, "Rules", "Switch off", "Nowhere"])),
            mitigation=draw(st.sampled_from([None, "Call", f"Switch off up to {100 * share:g} % of the products"])),
        ),
        *draw(st.sampled_from([(), (case.DRIFT_RULE,)])),
    )


@st.composite
def risks(draw: st.DrawFn) -> tuple[p.Risk, ...]:
    """A risk with what is done against it, which may speak of an alert and count on one, that wakes or not."""
    return (
        p.Risk(
            id="a",
            title="A",
            likelihood=2,
            impact=2,
            incidents_per_year=2.0,
            loss_per_incident=draw(st.floats(1, 1e5)),
            mitigation=draw(st.sampled_from([None, "Somebody looks", "An alert tells"])),
            alerts=draw(st.sampled_from([(), ("rmse",), ("shift",), ("none such",)])),
        ),
    )


@st.composite
def retrainings(draw: st.DrawFn) -> p.Retraining:
    chosen = draw(st.sampled_from([7, 14, 30, 60, 91]))
    return replace(
        case.RETRAINING,
        options=(p.Option(id="own", title="Own", every_days=chosen),),
        chosen="own",
        maximum_gap_days=draw(st.none() | st.integers(chosen, 120)),
        triggers=case.RETRAINING.triggers if draw(st.booleans()) else (),
        training=p.Training(holdout_days=draw(st.none() | st.integers(0, 45))),
    )


@st.composite
def values(draw: st.DrawFn) -> p.Business:
    return p.Business(
        loss_per_unit_error=0.02,
        value_per_month=draw(st.floats(1e3, 1e5)),
        running_cost_per_year=draw(st.floats(0, 1e5)),
        acted_per_day=draw(st.none() | st.integers(1, 400)),
        costs=(p.Cost(name="Retraining", kind="retraining"),),
    )


@st.composite
def states(draw: st.DrawFn) -> p.State:
    made = st.builds(
        p.Control,
        name=st.sampled_from(["monitoring", "alerts", "rollback", "on_call"]),
        state=st.sampled_from(["specified", "built", "tested", "live"]),
    )
    controls = tuple(draw(st.lists(made, max_size=4, unique_by=lambda one: one.name)))
    return p.State(
        stage=draw(st.sampled_from(["candidate", "candidate", "shadow", "canary", "full"])), controls=controls
    )


@st.composite
def people(draw: st.DrawFn) -> p.People:
    """One who decides and signs, and others who sign by days that need be neither working days nor before his."""
    approvers = [p.Approver(role="Chief", name="Ann", by=draw(st.none() | days(-5, 90)))]
    approvers += [p.Approver(role=role, by=draw(days(-5, 90))) for role in ("Audit", "Data, protection")]
    roles = (p.Person(role="On-call engineer", pager="1"),)
    return p.People(roles=roles, approvers=tuple(approvers), memo_to=draw(st.sampled_from([None, "Ann, chief"])))


@st.composite
def projects(draw: st.DrawFn) -> p.Project:
    roadmap = (p.Milestone(name="Stage of the rollout", when=f"{draw(days(1, 60))} to {draw(days(61, 150))}"),)
    return case.pricing(
        rollout=draw(rollouts()),
        retraining=draw(retrainings()),
        calendar=draw(calendars()),
        people=draw(people()),
        state=draw(states()),
        context=p.Context(decide_by=draw(st.none() | days(1, 90)), roadmap=roadmap),
        rollback=replace(
            case.ROLLBACK,
            last_drill=draw(st.none() | days(-200, -1)),
            conditions=draw(judges()),
            degraded_modes=draw(modes()),
            without_asking_on_error=draw(st.sampled_from([(), ("A red alert is open",)])),
        ),
        model=replace(case.pricing().settings.model, released=draw(st.none() | days(-120, -1))),
        alerts=replace(case.ALERTS, rules=draw(rules())),
        risks=draw(risks()),
        decision=p.DecisionPolicy(capacity_per_day=draw(st.none() | st.integers(1, 400))),
        business=draw(values()),
    )
