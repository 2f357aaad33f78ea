"""What the texts of the worked projects say agrees with what the same projects declare."""

import re
from pathlib import Path

import pandas as pd
import pytest

from generator.load import load
from generator.records.project import Project

HERE = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module", params=["techmart", "leadscore", "churn"])
def project(request: pytest.FixtureRequest) -> Project:
    return load(HERE / request.param / "dossier.yaml")


def test_an_example_of_what_to_set_names_something_that_is_there(project: Project):
    data = project.settings.data
    rows = pd.read_csv(HERE / project.settings.project.name / str(data.production), dtype=str)
    own = {one.name for one in data.sources} | {one.name for one in data.features}
    for mode in project.settings.rollback.degraded_modes:
        for name, example in re.findall(r"such as ([A-Z]+)=([\w/]+)", mode.how or ""):
            column, _, level = example.rpartition("/")
            levels = rows.get(column or name.casefold(), ())
            assert level in set(levels) or example in own, (mode.name, example)


def test_a_text_that_sends_to_a_degraded_mode_names_one_that_is_declared(project: Project):
    plan = project.settings.rollback
    names = {mode.name for mode in plan.degraded_modes}
    for step in (*plan.prechecks, *plan.steps):
        assert set(re.findall(r'egraded mode "([^"]+)"', step.if_it_fails or "")) <= names


def test_limits_on_revenue_are_the_shares_that_their_reason_says():
    settings = load(HERE / "techmart" / "dossier.yaml").settings
    rule = next(one for one in settings.alerts.rules if one.id == "revenue")
    assert "500 products, about eleven units a day each, at a mean price of 147 dollars" in (rule.why or "")
    shares = [int(each) for each in re.findall(r"(\d+) %", rule.why or "")]
    assert shares == [round(100 * (limit or 0) / (500 * 11 * 147)) for limit in (rule.yellow, rule.red)]
