"""The stated figures of a case with known contradictions: each is found, and goes when the figure is corrected."""

from datetime import date
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.load import load
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import SAMPLING, Fact, Sentence
from generator.records.ledger import Ledger
from generator.records.notation import spell
from generator.subjects.data.declared import ANALYSIS as DECLARED
from tests.subjects.stating import CASE, decided, findings, number, problems, statuses, told, written


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Decisions:
    return decided(tmp_path_factory.mktemp("case"), CASE)


CONFLICTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("annual_summary", "confirmed", ("$307M", "$248,200,000", "+23.7", "15.0")),
    ("annual_twice", "confirmed", ("$307M", "held against", "$248.2M")),
    ("roi_summary", "confirmed", ("361:1", "3,612 to 1")),
    ("roi_twice", "confirmed", ("361:1", "ROI table", "1,942:1")),
    ("label_roi", "confirmed", ("1,033 to 1", "4,135 to 1", "1,941 to 1", "benefit over cost")),
    ("target.basis", "confirmed", ("$203,040,000", "$214,300,000", "+22.2", "+15.8")),
    ("year_1_ramp", "confirmed", ("$150,000,000", "$190,923,100", "20.6 weeks")),
    ("benefit_basis", "watch", ("$150,000,000", "without a basis")),
    ("benefit_gross", "confirmed", ("$248,160,000", "no margin")),
    ("experiment.ab_v11.error_rate.unit", "confirmed", ("+0.1 %", "+12.5", "largest change for the worse")),
    ("top_20_control", "watch", ("68.0", "61.5", "same leads")),
    ("top_20_test", "watch", ("72.0", "70.5")),
    ("trivial_10", "watch", ("78.2", "87.7")),
    ("trivial_13", "watch", ("82.1", "87.7")),
    ("response_test.average", "confirmed", ("195", "187 ms", "347", "200", "935")),
    ("burn_test", "watch", ("0.90", "0.10")),
    ("burn_live", "watch", ("0.4 %", "0.10")),
    ("freshness_live.limit", "watch", ("5 min", "< 5 min", "rounding")),
    ("requests_per_lead", "watch", ("116,640,000", "20,000", "5,832")),
    ("experiment.ab_v11.rows", "watch", ("2,717", "5,551", "6.1", "25.0", "2.4")),
    ("experiment.ab_v11.error_rate.guardrail", "watch", ("132,296", "31,145", "PASS")),
    ("experiment.ab_v11.response.guardrail", "watch", ("ACCEPTABLE",)),
    ("chronology", "confirmed", ("2024-11-30", "2024-12-01", "2025-01-05", "2025-01-15", "2025-01-20", "2025-02-15")),
    ("history_interval", "confirmed", ("28 days", "35 days", "26 days")),
    ("history_stages", "confirmed", ("28 days", "15 days", "26 days")),
    ("trigger_psi_live", "watch", ("PSI", "0.25", "0.08")),
    ("conversion_v12.reading", "watch", ("+3 %", "14.5", "17.1")),
    ("step_11", "watch", ("+1.3 %", "1.3", "+1.7")),
    ("step_12", "watch", ("+1.7 %", "+2.1")),
    ("step_13", "watch", ("+0.9 %", "+1.1")),
    ("p2_answer.response", "confirmed", ("15 minutes", "1 day", "void")),
    ("unused", "watch", ("Sales productivity", "30 %")),
    ("system_conversion_live", "confirmed", ("to be implemented", "14.2 %")),
    ("served_conversion_live", "confirmed", ("10 days", "28 days")),
    ("services.latency_p99", "watch", ("less than 200", "no figure says what was measured")),
    ("services.memory", "watch", ("2 GB", "no figure says what was measured")),
    ("services.audit", "watch", ("audit trail", "no figure says what was measured")),
    ("accuracy_trigger.reading", "watch", ("-5 %", "74.3", "73.2")),
)


@pytest.mark.parametrize(("id", "severity", "parts"), CONFLICTS, ids=[id for id, _, _ in CONFLICTS])
def test_every_contradiction_is_found_with_both_sides(
    case: Decisions, id: str, severity: str, parts: tuple[str, ...]
) -> None:
    finding = findings(case)[id]
    assert finding.severity == severity
    assert [part for part in parts if part not in told(finding)] == [], told(finding)
    made = {fact.id for fact in case.facts}
    assert set(finding.evidence) <= made


def test_nothing_else_is_found(case: Decisions) -> None:
    assert set(findings(case)) == {id for id, _, _ in CONFLICTS}


def test_what_adds_up_is_confirmed(case: Decisions) -> None:
    fine = {id for id, word in statuses(case).items() if word == "holds"}
    assert fine >= {
        "monthly",
        "annual",
        "benefit_year_2",
        "benefit_total",
        "cost_year_1",
        "cost_total",
        "roi_year_1",
        "roi_year_2",
        "roi_total",
        "uplift",
        "uptime_live.limit",
        "downtime",
        "complementary",
        "accuracy_sum",
    }
    results = next(table for table in case.tables if table.id == "experiments.results")
    assert results.column("unit") == ("adds up", "adds up", "adds up", "points written as %")


def test_likely_causes(case: Decisions) -> None:
    assert "slipped decimal point" in told(findings(case)["roi_summary"])
    assert "benefit–cost ratio is called ROI" in told(findings(case)["label_roi"])


def test_figures_worked_out_on_the_way(case: Decisions) -> None:
    assert number(case, "claims.baseline_revenue.recomputed") == pytest.approx(1387.44e6)
    assert number(case, "claims.full_months.recomputed") == pytest.approx(7.25, abs=0.01)
    assert number(case, "claims.burn_days_test.recomputed") == pytest.approx(3.33, abs=0.01)
    assert number(case, "claims.burn_days_live.recomputed") == pytest.approx(7.5)
    assert number(case, "claims.downtime_live.recomputed") == pytest.approx(34.56)
    assert number(case, "claims.requests_month.recomputed") / 20_000 == pytest.approx(5832)


def test_counts_add_up(case: Decisions) -> None:
    parts = [number(case, f"claims.count.{name}") for name in ("ok", "conflicts", "ambiguous", "unverifiable")]
    assert sum(parts) == number(case, "claims.count.checked") == len(statuses(case))
    worst = next(table for table in case.tables if table.id == "claims.worst")
    assert worst.rows[0][0] == "ROI"


def test_a_reader_of_two_pages_gets_what_tells_most_and_what_to_ask_for(case: Decisions) -> None:
    worst = next(table for table in case.tables if table.id == "claims.worst")
    assert [row[0] for row in worst.rows] == [
        "ROI",
        "Annual revenue impact rests on a target",
        "Revenue counted as benefit",
        "Results dated after the document",
    ]
    wanted = next(table for table in case.tables if table.id == "claims.asks")
    asks = [spell(cast(Sentence, row[0])) for row in wanted.rows]
    assert [ask.partition(" (")[0].partition(",")[0] for ask in asks] == [
        "the rows in each arm of v1.0 against v1.1",
        "the margin left of the revenue",
        "which results dated after the document were measured",
        "whether each request scores a new lead",
        "whether it counts the same leads",
        "whether it matters",
        "whether uptime counts failures",
        "measurements of Latency",
    ]
    assert "5,551" in asks[0] and "Memory" in asks[7]
    assert "Precision of v1.0: 68.0" in asks[4] and "61.5" in asks[4]


def test_what_was_measured_after_the_build_is_not_counted(tmp_path: Path) -> None:
    day = Evidence(facts=(Fact(id="build.as_of", value=date(2025, 1, 14), unit="date", origin="declared"),))
    words = told(findings(decided(tmp_path, CASE, day))["target.basis"])
    assert "$203,040,000" in words and "$214,300,000" not in words and "not counted" in words


def test_figures_are_counted_by_what_they_are_said_to_be(case: Decisions) -> None:
    said = {name: number(case, f"claims.count.{name}") for name in ("measured", "targets", "estimates", "open")}
    assert sum(said.values()) == number(case, "claims.count.figures")
    assert said == {"measured": 20, "targets": 6, "estimates": 10, "open": 16}


@pytest.mark.parametrize(
    ("old", "new", "gone"),
    [
        ("stated: $307M", "stated: $248M", {"annual_summary"}),
        ('stated: "361:1"', 'stated: "3,612:1"', {"roi_summary"}),
        ("title: ROI of year 1, basis: estimate, where: ROI table, called: roi", "title: Ratio, where: table", set()),
        ("document_date: 2024-11-30", "document_date: 2025-03-01", {"chronology"}),
        ("date: 2025-01-20", "date: 2025-02-05", set()),
        ("stated: 15 minutes", "stated: 2 days", {"p2_answer.response"}),
        ("stated: 5 min,", "stated: 4 min,", {"freshness_live.limit"}),
        ("status: to be implemented", "status: available", {"system_conversion_live"}),
        ('stated: "0.08"', 'stated: "0.31"', {"trigger_psi_live"}),
        ("stated: +3 %,", "stated: +3 %, reading: relative,", {"conversion_v12.reading"}),
        ("stated: +1.3 %,", "stated: +1.3 pp,", {"step_11"}),
        ("stated: 187 ms", "stated: 240 ms", {"response_test.average"}),
        ("stated_change: +0.1 %", "stated_change: +0.1 pp", {"experiment.ab_v11.error_rate.unit"}),
        ("    objective: 200\n", "    objective: 200\n    measured: 190\n", {"services.latency_p99"}),
        ("stated: 78.2 %", "stated: 88.2 %", {"trivial_10"}),
        ("control: 0.68, test: 0.72", "control: 0.60, test: 0.70", {"top_20_control", "top_20_test"}),
        ("basis: target, quantity: conversion", "basis: estimate, quantity: conversion", {"target.basis"}),
        ("every_days: 28", "every_days: 30", set()),
    ],
)
def test_a_corrected_figure_takes_its_finding_away(tmp_path: Path, old: str, new: str, gone: set[str]) -> None:
    assert CASE.count(old) == 1, CASE.count(old)
    left = set(findings(decided(tmp_path, CASE.replace(old, new))))
    assert not gone & left
    if not gone:
        assert left


def small(figures: str, rules: str = "") -> str:
    """Return a claims section; figures and rules one in each line, in braces."""
    lines = [f"    - {{{line.strip()}}}" for line in figures.strip().splitlines()]
    more = [f"    - {{{line.strip()}}}" for line in rules.strip().splitlines()] if rules else []
    return "\n".join(["claims:", "  figures:", *lines, *(["  rules:", *more] if more else [])]) + "\n"


@given(st.floats(1.0, 1e6), st.floats(0.2, 5.0))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_product_is_in_conflict_just_beyond_its_rounding(tmp_path: Path, size: float, factor: float) -> None:
    first = round(size, 2)
    true = first * 7
    stated = round(true * factor)
    text = small(f'id: a, stated: "{first}", counted: true\nid: b, stated: "{stated}", formula: a * 7')
    expected = "holds" if abs(stated - true) <= 0.5 else "conflict"
    assert statuses(decided(tmp_path, text))["b"] == expected


@pytest.mark.parametrize(
    ("stated", "cause"),
    [
        ("70", "factor of ten"),
        ("700", "factor of a hundred"),
        ("0.7", "factor of ten"),
        ("7,000", "factor of a thousand"),
        ("84", "factor of twelve"),
        ("8", "cost was not taken off"),
        ("6", "cost was taken off"),
        ("-7", "sign"),
        ("21", "in place of"),
        ("7", ""),
        ("5", ""),
    ],
)
def test_slips_are_told_apart(tmp_path: Path, stated: str, cause: str) -> None:
    text = small(
        'id: a, stated: "1", counted: true, quantity: q\nid: c, stated: "3", counted: true, quantity: q\n'
        f'id: b, stated: "{stated}", formula: a * 7, counted: true',
    )
    found = findings(decided(tmp_path, text))
    assert ("b" in found) == (stated != "7")
    causes = ("factor", "cost was", "sign", "in place of")
    if "b" in found:
        assert [word for word in causes if word in told(found["b"])] == [word for word in causes if word in cause]
        assert cause in told(found["b"])


def test_measured_facts_are_held_against_stated_ones(tmp_path: Path) -> None:
    fact = Fact(id="performance.auc.production", value=0.78, low=0.76, high=0.80, range=SAMPLING, n=1000)
    text = small('id: auc, stated: "STATED", measured_by: performance.auc.production')
    for stated, status in (("0.79", "holds"), ("0.84", "conflict")):
        found = decided(tmp_path, text.replace("STATED", stated), Evidence(facts=(fact,)))
        assert statuses(found)["auc.measured"] == status
    assert statuses(decided(tmp_path, text.replace("STATED", "0.79")))["auc.measured"] == "unverifiable"


def test_paths_of_the_file_stand_in_formulas(tmp_path: Path) -> None:
    text = small("id: gap, stated: 15 days, formula: retraining.history.v1_2.date - retraining.history.0.date") + (
        "retraining:\n  history:\n    - {version: v1.1, date: 2025-01-05}\n    - {version: v1.2, date: 2025-01-20}\n"
    )
    assert statuses(decided(tmp_path, text))["gap"] == "holds"
    assert "gap" in findings(decided(tmp_path, text.replace("15 days", "17 days")))


def test_every_fact_has_one_value_beside_what_is_declared(tmp_path: Path) -> None:
    declared = DECLARED.run(load(written(tmp_path, CASE)), cast(Ledger, None))
    found = decided(tmp_path, CASE, declared)
    seen: dict[str, Fact] = {}
    for table in (*declared.tables, *found.tables):
        for fact in (cell for row in table.rows for cell in row if isinstance(cell, Fact)):
            assert seen.setdefault(fact.id, fact) == fact
    for fact in (*declared.facts, *found.facts):
        assert seen.setdefault(fact.id, fact) == fact


def test_without_claims_there_is_one_reason(tmp_path: Path) -> None:
    found = decided(tmp_path, "")
    assert not found.findings
    assert {table.reason for table in found.tables} == {
        "no experiment declared (dossier.yaml: experiments)",
        "no stated figures declared (dossier.yaml: claims.figures)",
    }
    assert all(fact.value is None for fact in found.facts)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("id: a, formula: __import__('os')", "calls '__import__'"),
        ("id: a, formula: 9**9**9", "exponent beyond"),
        ("id: a, formula: 1 / (b - b)", "divides by zero"),
        ("id: a, formula: " + "(" * 90 + "1" + ")" * 90, "nested more than"),
        ("id: a, formula: 1e999", "beyond all measure"),
        ("id: a, formula: 1e18 * 1e18", "beyond all measure"),
        ("id: a, formula: bb * 2", "names `bb`"),
        ("id: a, formula: a + 1", "a circle"),
        ("id: a", "says no figure"),
        ("id: a, stated: plenty", "shows no figure"),
        ("id: a-1, stated: 5 %", "no formula can name"),
        ("id: count, stated: 5 %", "no formula can name"),
        ("id: b, stated: 5 %", "second time"),
        ("id: a, stated: 5 %, change_from: bb", "neither a stated figure"),
        ('id: a, stated: "5", formula: b * 2, solve_for: c', "does not name"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    line = line.replace("formula: ", 'formula: "') + '"' if "formula: " in line and "solve" not in line else line
    found = problems(tmp_path, small(f'id: b, stated: "3"\n{line}'))
    assert len(found) == 1, found
    assert what in found[0].what
    assert found[0].where.rpartition("/")[2].startswith("dossier.yaml:7:")
    assert found[0].hint


def test_the_nearest_name_is_offered(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, small("id: conversion, stated: 5 %", "id: r, rule: conversoin == 5 %"))
    assert problem.hint == "did you mean conversion?"
    (problem,) = problems(tmp_path, small("id: conversion, stated: 5 %", "id: conversion, rule: conversion == 5 %"))
    assert "as a figure is called" in problem.what
