import datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from generator.records import project as p
from generator.records.evidence import Evidence
from generator.records.ledger import Ledger
from generator.records.requests import RequestCounts
from generator.records.table import Mark
from generator.stats import slo
from generator.subjects.services.services import ANALYSIS

START = datetime.date(2026, 1, 1)


def found(*services: p.Service, log: RequestCounts | None = None) -> Evidence:
    """Return what the analysis finds of some services; it looks at nothing else of a ledger."""
    settings = p.Settings(
        project=p.About(name="x"),
        model=p.Model(name="m", version="1"),
        services=services,
        data=p.Data(production="rows.csv", target="y"),
    )
    project = p.Project(settings=settings, folder=".", file="dossier.yaml", lines={}, sha256="0")
    return ANALYSIS.run(project, cast(Ledger, SimpleNamespace(requests=log)))


def up(**more: Any) -> p.Service:
    """Return a service of which 999 of 1,000 requests must be good."""
    return p.Service(**{"id": "up", "title": "Up", "objective": 0.999, "unit": "share", "operator": ">=", **more})


def days(*counts: tuple[int, int]) -> tuple[p.Counted, ...]:
    """Return counts of bad and all requests, one a day."""
    return tuple(
        p.Counted(day=START + datetime.timedelta(days=n), good=total - bad, total=total)
        for n, (bad, total) in enumerate(counts)
    )


def value(evidence: Evidence, id: str) -> Any:
    """Return the value of a fact."""
    return evidence.fact(id).value


def words(evidence: Evidence, table: str) -> list[str]:
    """Return the status words of a table."""
    marks = next(one for one in evidence.tables if one.id == table).column("status")
    return [mark.word for mark in marks if isinstance(mark, Mark)]


def test_nothing_declared_gives_a_reason():
    evidence = found()
    assert all(not table.rows and "declared" in table.reason for table in evidence.tables)


def test_a_percentile_alone_tells_no_share():
    fast = p.Service(id="fast", title="Fast", objective=200, unit="ms", measured=187)
    evidence = found(fast)
    assert "no share" in evidence.fact("services.fast.target").reason
    assert evidence.fact("services.fast.compliance").value is None
    assert not next(one for one in evidence.tables if one.id == "services.levels").rows


def test_declared_shares_of_the_case_study_burn_nine_and_four_times():
    error = {"objective": 0.001, "operator": "<"}
    evidence = found(up(id="ab", measured=0.009, **error), up(id="live", measured=0.004, **error), up(measured=0.9992))
    assert [value(evidence, f"services.{id}.burn") for id in ("ab", "live", "up")] == pytest.approx([9, 4, 0.8])
    lasts = [value(evidence, f"services.{id}.exhaustion_days") for id in ("ab", "live", "up")]
    assert lasts == pytest.approx([10 / 3, 7.5, 37.5])
    assert value(evidence, "services.up.compliance") == pytest.approx(0.9992)
    assert evidence.fact("services.up.burn").low is None
    assert words(evidence, "services.levels") == ["budget overdrawn", "budget overdrawn", "within budget"]
    assert {finding.id for finding in evidence.findings} == {"services.ab.budget", "services.live.budget"}


def test_counts_give_compliance_burn_and_budget_of_the_days_seen():
    evidence = found(up(counts=days((2, 1_000), (0, 1_000), (1, 1_000))))
    assert value(evidence, "services.up.compliance") == pytest.approx(0.999)
    assert value(evidence, "services.up.burn") == pytest.approx(1.0)
    assert value(evidence, "services.up.budget_used") == pytest.approx(3 / 30)
    assert value(evidence, "services.up.measured") == pytest.approx(0.999)
    assert evidence.fact("services.up.burn").n == 3_000


def test_the_interval_is_exact_where_days_are_alike_and_wider_where_an_outage_fills_one():
    even = found(up(counts=days(*[(1, 1_000)] * 10))).fact("services.up.compliance")
    exact = stats.binomtest(10, 10_000).proportion_ci(method="exact")
    assert (even.low, even.high) == pytest.approx((1 - exact.high, 1 - exact.low))
    outage = found(up(counts=days((10, 1_000), *[(0, 1_000)] * 9))).fact("services.up.compliance")
    assert outage.value == even.value
    assert outage.low < even.low < even.high < outage.high


def test_only_the_last_period_counts():
    evidence = found(up(counts=days((500, 1_000), *[(0, 1_000)] * 30)))
    assert value(evidence, "services.up.burn") == 0
    assert evidence.fact("services.up.exhaustion_days").reason == "nothing burns"


def test_without_a_request_nothing_is_measured():
    evidence = found(up(counts=days((0, 0))))
    assert evidence.fact("services.up.burn").value is None
    assert words(evidence, "services.levels") == ["not measured"]


def test_an_objective_of_one_allows_nothing_and_has_no_alerts():
    evidence = found(up(objective=1.0, counts=days((1, 100))))
    assert "no bad request at all" in evidence.fact("services.up.burn").reason
    assert not next(one for one in evidence.tables if one.id == "services.burn_alerts").rows


@pytest.mark.parametrize(
    ("per_hour", "chance", "word"),
    [
        (50, 0.0488, "too little traffic"),
        (100, 0.00468, "too little traffic"),
        (500, 6e-8, "usable"),
    ],
)
def test_alerts_at_low_traffic(per_hour: int, chance: float, word: str):
    evidence = found(up(counts=days(*[(0, per_hour * 24)] * 5)))
    assert value(evidence, "services.up.alert.1h.chance") == pytest.approx(chance, rel=0.05)
    assert words(evidence, "services.burn_alerts")[0] == word
    assert value(evidence, "services.up.alert.1h.needed") == pytest.approx(5 / (0.0144 * per_hour))
    assert value(evidence, "services.up.alert.1h.detection") == pytest.approx(0.864)


def test_a_mild_promise_puts_the_fast_alert_out_of_reach():
    evidence = found(up(objective=0.9, counts=days((0, 24_000))))
    assert words(evidence, "services.burn_alerts") == ["out of reach", "usable", "usable"]
    assert words(found(up()), "services.burn_alerts") == ["traffic not known"] * 3


def log(slow: int, failed: int) -> RequestCounts:
    """Return a log of ten days of 1,000 requests an hour with one bad hour, all answered in 100 ms."""
    hours = np.arange(240, dtype=np.int64)
    total = np.full(240, 1_000, dtype=np.int64)
    bad = (hours == 100).astype(np.int64)
    return RequestCounts(
        hours=hours,
        total=total,
        failed=bad * failed,
        timed=total,
        slow=(bad * slow)[:, None],
        services=("fast",),
        places=slo.sketch_places([100.0]),
        counts=np.array([240_000]),
        undated=3,
    )


def test_the_log_gives_quantile_share_and_the_hours_that_would_have_fired():
    fast = p.Service(id="fast", title="Fast", objective=200, unit="ms", share=0.99, log="duration")
    evidence = found(fast, up(log="status"), log=log(slow=300, failed=20))
    assert value(evidence, "services.fast.measured") == pytest.approx(100, rel=0.01)
    assert value(evidence, "services.fast.compliance") == pytest.approx(1 - 300 / 240_000)
    assert value(evidence, "services.up.measured") == pytest.approx(1 - 20 / 240_000)
    assert value(evidence, "services.fast.alert.1h.fired") == 1
    assert value(evidence, "services.up.alert.1h.fired") == 1
    assert value(evidence, "services.up.alert.6h.fired") == 0


def test_counts_by_day_cannot_show_an_hour():
    evidence = found(up(counts=days(*[(20, 1_000)] * 5)))
    fired = next(one for one in evidence.tables if one.id == "services.burn_alerts").column("fired")
    assert fired[:2] == ((), ())
    assert value(evidence, "services.up.alert.72h.fired") == 5
