"""How groups of people fare: against counts by pandas, with planted gaps, and where nothing can or may be told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.records.evidence import Evidence
from generator.records.project import DecisionPolicy, FairnessLimits, Project, Segment
from generator.subjects.fairness import fairness
from tests.measure.test_scores import measured, project, rows
from tests.subjects.worlds import check, table_of

AGES = ("young", "middle", "old")
MARKED = (Segment(column="age", sensitive=True),)
LIMITS = FairnessLimits(bias=0.05, missed=0.1)


def people(seed: int = 3, *, harder: float = 0.0) -> pd.DataFrame:
    """Rows of customers with an age; of the old ones so many more are positive than predicted."""
    table = rows(seed=seed)
    rng = np.random.default_rng(seed)
    table["age"] = np.array(AGES)[table["customer"] % 3]
    turned = (table["age"] == "old") & (table["left"] == "no") & (rng.random(len(table)) < harder)
    return table.assign(left=np.where(turned, "yes", table["left"]))


def told(
    folder: Path,
    table: pd.DataFrame,
    limits: FairnessLimits = LIMITS,
    *,
    small_cell: int = 5,
    decision: DecisionPolicy | None = None,
    **changes: object,
) -> Evidence:
    decision = DecisionPolicy(threshold=0.6) if decision is None else decision
    given = {"segments": MARKED, "exclude": ("age",), **changes}
    ledger = measured(folder, table, decision, **given)
    made = _with(project(folder, decision, **given), limits, small_cell)
    found = fairness.run(made, ledger)
    check(found)
    return found


def _with(made: Project, limits: FairnessLimits, small_cell: int) -> Project:
    settings = made.settings
    privacy = replace(settings.privacy, small_cell=small_cell)
    objectives = replace(settings.objectives, fairness=limits)
    return replace(made, settings=replace(settings, objectives=objectives, privacy=privacy))


def test_groups_that_fare_alike_are_no_finding(tmp_path):
    for seed in range(4):
        assert not told(tmp_path, people(seed)).findings


def test_what_each_group_gets_agrees_with_pandas(tmp_path):
    table = people()
    found = told(tmp_path, table)
    edge = found.fact("fairness.threshold").value
    assert edge == pytest.approx(0.6, abs=0.02)
    positive, on = table["left"] == "yes", table["p"] >= edge
    for age in AGES:
        own = table["age"] == age
        wanted = {
            "n": own.sum(),
            "error": ((table["p"] - positive) ** 2)[own].mean(),
            "bias": (table["p"] - positive)[own].mean(),
            "acted": on[own].mean(),
            "hits": positive[own & on].mean(),
            "missed": (~on)[own & positive].mean(),
        }
        assert {k: found.fact(f"fairness.age.{age}.{k}").value for k in wanted} == pytest.approx(wanted, abs=1e-9)


def test_a_group_whose_chances_are_told_too_low_is_found(tmp_path):
    found = told(tmp_path, people(harder=0.4))
    finding = next(f for f in found.findings if f.id == "fairness.age.bias")
    gap = found.fact("fairness.age.gap.bias")
    assert finding.severity == "confirmed" and finding.kind == "fairness"
    assert gap.low is not None and gap.low > 0.05 and gap.value == pytest.approx(0.2, abs=0.06)
    row = table_of(found, "fairness.gaps").rows[1]
    assert row[:4] == ("age", "Predicted less actual share", "old", row[3]) and row[3] in AGES[:2]


def test_without_a_limit_a_gap_is_shown_and_only_a_wide_one_of_the_error_is_to_be_watched(tmp_path):
    found = told(tmp_path, people(harder=0.9), FairnessLimits())
    assert {f.severity for f in found.findings} <= {"watch"}
    assert {f.id for f in found.findings} <= {"fairness.age.error"}
    assert "fairness.age.gap.bias" in {fact.id for fact in found.facts}


def test_small_groups_are_counted_and_not_told(tmp_path):
    table = people()
    table.loc[table["customer"] == 5, "age"] = "unsaid"
    found = told(tmp_path, table)
    assert found.fact("fairness.age.suppressed").value == 1
    assert "unsaid" not in {row[1] for row in table_of(found, "fairness.groups").rows}
    assert told(tmp_path, table, small_cell=10_000).fact("fairness.age.suppressed").value == 4


def test_a_model_of_numbers_has_errors_and_no_decisions(tmp_path):
    table = people()
    table["left"] = (table["left"] == "yes") * 100.0 + table["p"]
    found = told(tmp_path, table, FairnessLimits(), task="regression", positive=None)
    error = (table["p"] - table["left"]) ** 2
    own = table["age"] == "old"
    assert found.fact("fairness.age.old.error").value == pytest.approx(np.sqrt(error[own].mean()))
    assert "numbers" in found.fact("fairness.threshold").reason
    assert [c.key for c in table_of(found, "fairness.groups").columns] == [
        "segment",
        "group",
        "rows",
        "error",
        "bias",
    ]


def test_without_a_marked_segment_the_reason_says_how_to_mark_one(tmp_path):
    found = told(tmp_path, people(), segments=(Segment(column="plan"),))
    assert "sensitive" in table_of(found, "fairness.groups").reason
    assert found.fact("fairness.count.segments").value == 0


def test_without_threshold_and_costs_the_reason_says_so(tmp_path):
    found = told(tmp_path, people(), decision=DecisionPolicy())
    assert "decision" in found.fact("fairness.threshold").reason
    assert "decision" in found.fact("fairness.age.old.missed").reason
