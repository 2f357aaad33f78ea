"""What a change request says of TechMart: its class, its freezes, whether it may start, and what is done."""

import datetime
from dataclasses import replace

import pytest

from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.compose import compose
from generator.compose.change import CHANGE, ChangeRequest, with_change
from generator.errors import InputError
from generator.records.fact import Fact
from generator.records.figure import drawn_once
from tests.bundles import in_markdown


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return read_results((in_markdown(tmp_path_factory, "techmart") / "results.json").read_bytes())


def value(found, key):
    return found.facts[f"change.{key}"].value


def test_a_stage_has_its_days_its_class_and_what_it_waits_for(results):
    found = with_change(results, ChangeRequest(purpose="deployment", stage="Half"))
    row = next(row for row in results.tables["rollout.stages"].records if row["stage"] == "Half")
    assert (value(found, "start"), value(found, "end")) == (row["start"].value, row["end"].value)
    assert value(found, "risk") == "high"
    assert value(found, "may_start") is False
    assert value(found, "kind").startswith("normal")
    assert ChangeRequest(purpose="deployment", stage="All products").name == "deployment-all-products"


@pytest.mark.parametrize(
    ("stage", "held"),
    [
        ("Shadow", {"launch"}),
        ("Comparison with the previous version", {"launch", "part of the traffic"}),
        ("All products", {"launch", "part of the traffic", "full traffic"}),
    ],
)
def test_a_stage_waits_for_all_that_holds_back_its_traffic(results, stage, held):
    every = results.tables["conditions.all"].records
    assert {row["blocks"] for row in every} == {"launch", "part of the traffic", "full traffic", "no"}
    told = with_change(results, ChangeRequest(purpose="deployment", stage=stage)).tables["change.conditions"].records
    assert [row["id"] for row in told] == [row["id"] for row in every if row["blocks"] in held]


def test_a_stage_says_when_the_way_back_begins_at_the_latest_and_when_it_is_looked_at_again(results):
    found, figures = (
        with_change(results, ChangeRequest(purpose="deployment", stage="Half")),
        map(drawn_once, CATALOG.figures),
    )
    document = compose(found, CHANGE, list(figures))
    assert "it begins on" in document.source and "at the latest." in document.source
    assert "The review after" in document.source


def test_each_stage_waits_for_the_gate_before_it_and_the_last_for_its_own_too(results):
    gates = [str(row["gate"]) for row in results.records("rollout.stages")]
    stages = [str(row["stage"]) for row in results.records("rollout.stages")]
    told = [with_change(results, ChangeRequest(purpose="deployment", stage=one)) for one in stages]
    assert [value(one, "before") for one in told] == [None, *gates[:-2], f"{gates[-2]}; {gates[-1]}"]
    assert [value(one, "gate") for one in told] == [*gates[:-1], "no condition for going back holds"]


def test_the_risk_is_low_where_every_gate_passes_and_the_stage_may_start_where_nothing_is_open(results):
    passed = tuple(replace(gate, verdict="pass") for gate in results.gates)
    nothing = replace(results.tables["conditions.all"], rows=(), reason="none")
    tables = {**results.tables, "conditions.all": nothing}
    found = with_change(
        replace(results, gates=passed, verdict="proceed", tables=tables),
        ChangeRequest(purpose="deployment", stage="Half"),
    )
    assert (value(found, "risk"), value(found, "may_start")) == ("low", True)
    waiting = (replace(passed[0], verdict="inconclusive"), *passed[1:])
    assert value(with_change(replace(results, gates=waiting), ChangeRequest(purpose="deployment")), "risk") == "medium"


@pytest.mark.parametrize(("shift", "met"), [(0, "Sale ("), (1, "none")])
def test_a_freeze_is_met_where_one_day_is_shared(results, shift, met):
    end = with_change(results, ChangeRequest(purpose="deployment", stage="Half")).facts["change.end"].value
    first, last = end + datetime.timedelta(days=shift), end + datetime.timedelta(days=9)
    table = results.tables["declared.calendar.freezes"]
    days = (Fact(id="f.1", value=first), Fact(id="f.2", value=last))
    tables = {**results.tables, table.id: replace(table, rows=((*days, "Sale"),))}
    found = with_change(replace(results, tables=tables), ChangeRequest(purpose="deployment", stage="Half"))
    assert value(found, "freeze").startswith(met)


def test_the_way_back_is_an_emergency_only_while_a_condition_holds(results):
    found = with_change(results, ChangeRequest(purpose="rollback"))
    assert value(found, "kind").startswith("standard")
    assert value(found, "may_start") is False
    table = results.tables["rollback.go_back"]
    place = [column.key for column in table.columns].index("fires")
    row = list(table.rows[0])
    row[place] = Fact(id="rollback.x.fires", value=True)
    tables = {**results.tables, table.id: replace(table, rows=(tuple(row),))}
    found = with_change(replace(results, tables=tables), ChangeRequest(purpose="rollback"))
    assert value(found, "kind").startswith("emergency")
    assert value(found, "may_start") is True


def test_an_unknown_stage_is_told_with_those_there_are(results):
    with pytest.raises(InputError) as told:
        with_change(results, ChangeRequest(purpose="deployment", stage="Canary"))
    assert "Shadow, Comparison with the previous version, Half, All products" in told.value.problems[0].hint


@pytest.mark.parametrize("purpose", ["deployment", "rollback"])
def test_every_fact_that_the_request_asks_for_is_there(results, purpose):
    figures = [drawn_once(figure) for figure in CATALOG.figures]
    document = compose(with_change(results, ChangeRequest(purpose=purpose)), CHANGE, figures)
    assert "## 8. Approval" in document.source
    assert ("They are told before" in document.source) == (purpose == "deployment")
