import datetime

import pytest

from generator.records import project as p
from generator.subjects.business.adoption import run
from generator.subjects.kit.known import TOO_LATE
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


@pytest.mark.parametrize(("day", "word", "judged"), [(29, "met", 1), (30, "met", 1), (31, "cannot be told yet", None)])
def test_what_was_measured_after_the_day_of_the_build_meets_nothing(day: int, word: str, judged: int | None) -> None:
    on = datetime.date(2026, 1, day)
    measure = p.Acceptance(name="trust", how="a question", target=4, actual=4.2, measured_on=on)
    today = case.evidence(case.fact("data.production.end", datetime.date(2026, 1, 30)))
    found = run(case.project(context=p.Context(acceptance=(measure,))), today, case.BEFORE)
    (row,) = case.rows(found, "adoption.measures")
    assert case.plain(row["status"]) == word
    assert case.plain(row["how"]) == f"a question; measured on {on}" + (f", {TOO_LATE}" if day == 31 else "")
    assert case.known(found, "adoption.count.met").n == judged


@pytest.mark.parametrize(("day", "late"), [(30, ""), (31, f", {TOO_LATE}")])
def test_a_business_figure_measured_after_the_day_of_the_build_says_that_it_does_not_count(day: int, late: str) -> None:
    on = datetime.date(2026, 1, day)
    figures = (p.Kpi(name="margin", target="22 %", actual="21 %", measured_on=on), p.Kpi(name="complaints"))
    today = case.evidence(case.fact("data.production.end", datetime.date(2026, 1, 30)))
    found = run(case.project(business=p.Business(kpis=figures)), today, case.BEFORE)
    margin, complaints = case.rows(found, "business.kpis")
    assert case.plain(margin["actual"]) == f"21 %; measured on {on}{late}"
    assert complaints["actual"] == ()
