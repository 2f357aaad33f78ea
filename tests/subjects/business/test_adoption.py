from __future__ import annotations

from generator.records import project as p
from generator.subjects.business.adoption import run
from tests.subjects import case

MEASURES = (
    p.Acceptance(name="corrected by hand", target=0.05, operator="<", actual=0.04, unit="share"),
    p.Acceptance(name="satisfaction", target=4.5, actual=4.2),
    p.Acceptance(name="logins", target=12),
    p.Acceptance(name="trust", actual=0.5),
)


def test_nothing_declared_is_a_gap():
    found = run(case.project(), case.NOTHING, case.BEFORE)
    assert case.known(found, "adoption.count.met").value is None
    assert not case.rows(found, "adoption.measures")


def test_target_beside_actual():
    found = run(case.project(context=p.Context(acceptance=MEASURES)), case.NOTHING, case.BEFORE)
    words = [case.plain(row["status"]) for row in case.rows(found, "adoption.measures")]
    assert words == ["met", "not met", "not measured yet", "no target"]
    assert (case.value(found, "adoption.count.met"), case.known(found, "adoption.count.met").n) == (1, 2)
