from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.analyse import causes, drift
from generator.decide import causes as decided
from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.project import Objective, Objectives, Project
from tests.analyse import worlds

NOTHING = Decisions()


def told(folder: Path, production: pd.DataFrame, validation: float | None = 1.0) -> tuple[Evidence, dict[str, Fact]]:
    made, ledger = worlds.ledger(folder, worlds.rows(30, 99), production)
    made = _declared(made, validation)
    found = causes.run(made, ledger)
    worlds.check(found)
    drifted = drift.run(made, ledger)
    both = Evidence(facts=found.facts + drifted.facts, tables=found.tables, findings=found.findings)
    return found, {fact.id: fact for fact in decided.DECISION.run(made, both, NOTHING).facts}


def _declared(made: Project, validation: float | None) -> Project:
    objectives = Objectives(metrics=(Objective(metric="rmse", validation=validation),))
    return dataclasses.replace(made, settings=dataclasses.replace(made.settings, objectives=objectives))


def adds_up(found: Evidence) -> None:
    parts = sum(worlds.value(found, f"causes.{key}") for key in ("new_categories", "missing", "mix", "relation"))
    ends = worlds.value(found, "causes.after") - worlds.value(found, "causes.before")
    assert parts == pytest.approx(ends) == pytest.approx(worlds.value(found, "causes.change"))


def test_the_same_process_has_nothing_to_explain(tmp_path: Path) -> None:
    found, facts = told(tmp_path, worlds.rows(30, 3))
    adds_up(found)
    assert facts["causes.verdict"].value == "no change"
    assert facts["causes.grew"].value is False


def test_a_changed_relation_is_named_while_all_inputs_are_quiet(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    production["y"] += 0.6 * (production["a"] - 10)
    found, facts = told(tmp_path, production)
    adds_up(found)
    assert facts["causes.verdict"].value == "relation changed"
    assert facts["causes.unannounced"].value is True
    assert worlds.value(found, "causes.relation.share") > 0.9


def hard_when_missing(frame: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    lost = rng.random(len(frame)) < share
    frame.loc[lost, "c"] = np.nan
    frame.loc[frame["c"].isna(), "y"] += rng.normal(0, 3, int(frame["c"].isna().sum()))
    return frame


def test_more_missing_values_are_an_input_that_changed(tmp_path: Path) -> None:
    before, after = hard_when_missing(worlds.rows(30, 99), 0.05, 1), hard_when_missing(worlds.rows(30, 3), 0.4, 2)
    made, ledger = worlds.ledger(tmp_path, before, after)
    found = causes.run(_declared(made, float(np.sqrt(((before["y"] - before["prediction"]) ** 2).mean()))), ledger)
    adds_up(found)
    assert worlds.value(found, "causes.missing.share") == pytest.approx(1, abs=0.2)
    assert worlds.value(found, "causes.relation.share") < 0.2


def test_new_levels_that_err_more_are_new_categories(tmp_path: Path) -> None:
    production = worlds.rows(30, 3)
    new = np.random.default_rng(1).random(len(production)) < 0.2
    production.loc[new, "kind"] = "never seen"
    production.loc[new, "y"] += np.random.default_rng(2).normal(0, 3, int(new.sum()))
    found, facts = told(tmp_path, production)
    adds_up(found)
    assert worlds.value(found, "causes.new_categories.share") == pytest.approx(1, abs=0.2)
    assert facts["causes.verdict"].value == "inputs changed"


def test_without_a_level_before_launch_the_training_rows_are_the_start(tmp_path: Path) -> None:
    found, _ = told(tmp_path, worlds.rows(30, 3), validation=None)
    assert worlds.value(found, "causes.scale") == 1.0
    assert "flatters" in found.fact("causes.relation").method
    assert found.fact("performance.rmse.course.shape").reason == "no error before launch is declared"


@pytest.mark.parametrize(("change", "reason"), [("labels", "no labelled rows"), ("old", causes.STALE)])
def test_what_cannot_be_told_has_its_reason(tmp_path: Path, change: str, reason: str) -> None:
    production = worlds.rows(30, 3)
    if change == "labels":
        production["y"] = np.nan
    made, ledger = worlds.ledger(tmp_path, worlds.rows(30, 99), production)
    found = causes.run(made, without_causes(ledger) if change == "old" else ledger)
    assert found.fact("causes.relation").reason == reason
    assert worlds.table_of(found, "causes.parts").reason == reason


def without_causes(ledger: Ledger) -> Ledger:
    assert ledger.reference is not None
    return dataclasses.replace(ledger, reference=dataclasses.replace(ledger.reference, causes=None))
