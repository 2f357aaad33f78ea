import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.engines.duckdb import DuckDB
from generator.measure import measure
from generator.records.evidence import Evidence
from generator.records.ledger import Ledger
from generator.records.project import DriftPolicy, Policies, Project
from generator.subjects.drift import drift
from generator.subjects.multivariate import classifier
from tests.subjects import worlds

ASKED = Policies(drift=DriftPolicy(domain_classifier=True))


def probed(folder: Path, reference: pd.DataFrame, production: pd.DataFrame) -> tuple[Project, Ledger]:
    made = worlds.project(folder, policies=ASKED)
    data = dataclasses.replace(made.settings.data, reference="reference.csv", reference_stats=None)
    made = dataclasses.replace(made, settings=dataclasses.replace(made.settings, data=data))
    (folder / "dossier.yaml").write_text("project: world\n")
    reference.to_csv(folder / "reference.csv", index=False)
    production.to_csv(folder / "production.csv", index=False)
    return made, measure(made, DuckDB(), ())


def text(evidence: Evidence, id: str) -> object:
    return evidence.fact(id).value


def test_one_process_is_alike(tmp_path: Path) -> None:
    found = classifier.run(*probed(tmp_path, worlds.rows(8, 99), worlds.rows(8, 1)))
    worlds.check(found)
    auc = found.fact("drift.classifier.auc")
    assert auc.low is not None and auc.high is not None and auc.low < 0.5 < auc.high < 0.55
    assert worlds.value(found, "drift.classifier.ess") > 0.9
    assert text(found, "drift.classifier.reading") == "alike"
    assert text(found, "drift.classifier.extrapolates") is False
    assert not found.findings


def test_what_no_feature_shows_alone_is_a_finding(tmp_path: Path) -> None:
    reference, production = worlds.rows(8, 99), worlds.rows(8, 1)
    together = np.sign((production["a"] - 10) * (production["b"] - 50)) * (production["zeros"] > 0)
    production["c"] = np.sort(production["c"])[np.argsort(np.argsort(together + np.random.default_rng(3).random(3200)))]
    made, ledger = probed(tmp_path, reference, production)
    alone = drift.run(made, ledger)
    assert worlds.value(alone, "drift.count.confirmed") == 0
    found = classifier.run(made, ledger)
    worlds.check(found)
    auc = found.fact("drift.classifier.auc")
    assert auc.low is not None and auc.low > 0.6
    assert [one.id for one in found.findings] == ["drift.classifier"]
    named = [str(name) for name in worlds.table_of(found, "drift.classifier.features").column("feature")]
    assert "c" in named[:3]


def test_where_single_features_have_drifted_it_adds_no_finding(tmp_path: Path) -> None:
    production = worlds.rows(8, 1)
    production["a"] += 4
    found = classifier.run(*probed(tmp_path, worlds.rows(8, 99), production))
    assert worlds.value(found, "drift.classifier.auc") > 0.8
    assert text(found, "drift.classifier.reading") != "alike"
    assert worlds.value(found, "drift.classifier.ess") < 0.6
    assert not found.findings


@pytest.mark.parametrize(("policies", "reason"), [(None, "not asked for"), (ASKED, "data.reference")])
def test_without_a_probe_the_reason_is_told(tmp_path: Path, policies: Policies | None, reason: str) -> None:
    made = worlds.project(tmp_path, policies=policies)
    made, ledger = worlds.ledger(tmp_path, worlds.rows(8, 99), worlds.rows(8, 1), made)
    found = classifier.run(made, ledger)
    worlds.check(found)
    assert reason in found.fact("drift.classifier.auc").reason
    assert reason in worlds.table_of(found, "drift.classifier.features").reason
