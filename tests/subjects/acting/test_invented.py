"""Random tiers, thresholds, costs and capacities: all that is said of who is acted on agrees, and with the rows."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.records.evidence import Evidence
from generator.records.ledger import Ledger
from generator.records.project import Costs, DecisionPolicy, Tier
from generator.stats.business import DAYS_A_MONTH
from generator.subjects.acting import decision
from tests.measure.test_scores import measured, project, rows

POINTS = ("current", "optimal", "capacity", "nobody", "everybody")
SHARES = [place / 20 for place in range(1, 20)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, Ledger]:
    """A folder, its rows, and what is counted of them."""
    folder, table = tmp_path_factory.mktemp("shop"), rows()
    return folder, table, measured(folder, table, DecisionPolicy())


@st.composite
def policies(draw: st.DrawFn) -> DecisionPolicy:
    ends = sorted(draw(st.lists(st.sampled_from(SHARES), max_size=4, unique=True)))
    acting = draw(st.integers(0, len(ends) + 1))
    tiers = [
        Tier(name=f"tier {index}", above=above, acts=draw(st.sampled_from([index >= acting, index >= acting, None])))
        for index, above in enumerate([0.0, *ends])
    ]
    return DecisionPolicy(
        threshold=draw(st.sampled_from([None, *SHARES]))
        if draw(st.booleans())
        else draw(st.sampled_from([0.0, *ends])),
        tiers=tuple(tiers) if draw(st.booleans()) else (),
        capacity_per_day=draw(st.sampled_from([None, 1, 20, 100, 1_000])),
        costs=draw(st.sampled_from([Costs(), Costs(true_positive=-130, false_positive=20), Costs(false_negative=9)])),
        review_cost=draw(st.sampled_from([None, 0.5, 4.0])),
    )


@given(policy=policies())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], phases=(Phase.generate,))
def test_who_is_acted_on_is_one_thing_to_tiers_threshold_capacity_and_money(
    shop: tuple[Path, pd.DataFrame, Ledger], policy: DecisionPolicy
) -> None:
    folder, table, ledger = shop
    found = decision.run(project(folder, policy), ledger)
    _tiers(found, policy, table)
    _acted(found, policy, table)
    _money(found, policy)


def _value(found: Evidence, id: str) -> float | None:
    return next((one.number for one in found.facts if one.id == f"decision.{id}"), None)


def _tiers(found: Evidence, policy: DecisionPolicy, table: pd.DataFrame) -> None:
    """Each case is in one tier, with the rate of the rows; two probabilities to act from are told."""
    ends = [*(tier.above for tier in policy.tiers), 1.01]
    for tier, (low, high) in zip(policy.tiers, pairwise(ends), strict=True):
        inside = table["p"].between(low, high, inclusive="left")
        id = f"tiers.{tier.name.replace(' ', '%20')}"
        assert _value(found, f"{id}.cases") == pytest.approx(inside.mean())
        if inside.any():
            assert _value(found, f"{id}.rate") == pytest.approx((table.loc[inside, "left"] == "yes").mean())
            assert _value(found, f"{id}.predicted") == pytest.approx(table.loc[inside, "p"].mean())
    acting = [tier.above for tier in policy.tiers if tier.acts]
    told = "decision.tiers.acts" in {one.id for one in found.findings}
    assert told == bool(acting and policy.threshold is not None and min(acting) != policy.threshold)


def _acted(found: Evidence, policy: DecisionPolicy, table: pd.DataFrame) -> None:
    """The cases of today are those from the threshold on; capacity allows no more than it says."""
    days = table["day"].nunique()
    if policy.threshold is not None:
        acted = (table["p"] >= policy.threshold).sum()
        assert _value(found, "acted_per_day") == pytest.approx(acted / days)
        assert _value(found, "current.acted") == pytest.approx(acted / len(table))
    if policy.capacity_per_day is not None:
        at = _value(found, "capacity.threshold")
        assert at is not None and (table["p"] >= at).sum() / days <= policy.capacity_per_day


def _money(found: Evidence, policy: DecisionPolicy) -> None:
    """A month is a case times the cases of a month, and dearer than today by the difference of the two months."""
    per_day, today = _value(found, "per_day"), _value(found, "current.cost_per_month")
    for point in POINTS:
        case, month, more = (_value(found, f"{point}.{key}") for key in ("cost", "cost_per_month", "against_current"))
        assert (case is None) == (month is None)
        if case is not None and month is not None and per_day is not None:
            assert month == pytest.approx(case * per_day * DAYS_A_MONTH)
        if more is not None:
            assert month is not None and today is not None and more == pytest.approx(month - today, abs=1e-6)
    best, now = _value(found, "lowest.cost"), _value(found, "current.cost")
    assert best is None or now is None or best <= now + 1e-9
