"""What several documents of a case say of one thing is the same in all of them: days, owners, advice, permissions."""

import re
from pathlib import Path

import pytest

from generator.bundle.results import read_results
from generator.records.results import Results
from generator.records.timeline import Timeline
from tests.subjects import case as cells

DAY = r"(\d{4}-\d\d-\d\d)"
SAID: dict[str, dict[str, str]] = {
    "valid until": {
        "retraining-calendar": rf"\*\*Valid until\*\* {DAY}",
        "monitoring": rf"\*\*Valid until\*\* {DAY}",
        "feature-requirements": rf"\*\*Valid until\*\* {DAY}",
        "rollback-runbook": rf"\*\*Valid until\*\* {DAY}",
        "appendix": rf"\*\*Valid until\*\* +\| {DAY}",
        "expires": rf"\| {DAY} \| These documents expire",
    },
    "next retraining": {
        "retraining-calendar": rf"Retrain(?: now)?: (?:yes, on|no; next on) {DAY}",
        "executive-summary": rf"\*\*Retraining\.\*\* .*?next on {DAY}",
    },
    "drill": {
        "executive-summary": rf"the next is on {DAY} \((.*?)\)",
        "rollback-runbook": rf"A drill is due .*?; the next is on {DAY} \((.*?)\)",
        "retraining-calendar": rf"\| {DAY} \| Rollback drill +\| \S+ +\| (.*?) +\|",
        "condition": rf"hold the drill of {DAY} \((.*?)\)",
    },
    "recalibration now": {
        "retraining-calendar": r"\*\*Recalibrate now: (yes|no)",
        "appendix": r"Recalibrate now: (yes|no)",
        "executive-summary": r"\*\*Recalibration\.\*\* (Now|Not now)",
        "monitoring": r"a step before a retraining: (it is due now|not now)",
        "rollback-runbook": r"Recalibrate at build: (yes|no)",
    },
    "recalibration, when": {
        "retraining-calendar": r"It has no rhythm; it is due (.*?)\. ",
        "executive-summary": r"\*\*Recalibration\.\*\* (?:Now|Not now); else (.*?)\. By",
        "monitoring": r"a step before a retraining: (?:it is due now|not now), else (.*?); [^;]* decides",
    },
    "decision on traffic": {
        "executive-summary": rf"On traffic you decide .*? on {DAY}",
        "retraining-calendar": rf"its traffic is decided after that, on {DAY}",
        "obligation": rf"\| {DAY} \| Decision on traffic",
    },
}
"""By thing, where it is said and how; a name that is no document's is another place of the summary or the calendar."""
PLACES = {"expires": "retraining-calendar", "condition": "executive-summary", "obligation": "retraining-calendar"}
ALIKE = {"Now": "yes", "it is due now": "yes", "Not now": "no", "not now": "no"}
ALWAYS = ("valid until", "next retraining", "drill", "recalibration now", "recalibration, when")


@pytest.fixture(scope="session")
def results(bundle: Path) -> Results:
    return read_results((bundle / "results.json").read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("thing", SAID)
def test_one_thing_is_said_alike_in_every_document(thing: str, texts: dict[str, str]):
    told = {}
    for place, pattern in SAID[thing].items():
        found = re.search(pattern, texts[PLACES.get(place, place)])
        if found:
            told[place] = tuple(ALIKE.get(part, part) for part in found.groups())
    assert len(set(told.values())) <= 1, told
    assert len(told) > 1 or thing not in ALWAYS, told


SERIES = re.compile(r"^declared\.|\.(current|daily|curve)\b|^queries\.|^performance\.|\.threshold$")
"""What a table or a picture tells apart by its rows, what is declared, and errors in the unit of the target."""


@pytest.mark.slow
def test_no_two_sums_of_money_have_one_name(results: Results):
    """What is a plain year's, what the next twelve months', and what is stated, each is called so."""
    named: dict[str, set[float]] = {}
    for id, fact in results.facts.items():
        if fact.unit == "money" and fact.label and fact.number is not None and not SERIES.search(id):
            named.setdefault(fact.label, set()).add(round(fact.number, 6))
    assert {label: values for label, values in named.items() if len(values) > 1} == {}


@pytest.mark.slow
def test_a_condition_and_what_settles_it_have_one_day(results: Results):
    dates = results.shelf[Timeline]
    for row in results.records("conditions.all"):
        by = dates.settling(str(row["id"]))
        assert by is None or cells.plain(row["due"]) == by.start.isoformat(), row["id"]


@pytest.mark.slow
def test_a_run_that_a_trigger_asks_for_knows_what_made_it_fire(results: Results, texts: dict[str, str]):
    since = re.findall(rf"\| yes, since {DAY}", texts["retraining-calendar"])
    first = re.search(rf"Outcomes known up to .*?\n.*?\n\| {DAY} +\| {DAY}", texts["retraining-calendar"])
    assert first and (not since or first[2] >= min(since))


@pytest.mark.slow
def test_what_a_rule_asks_is_the_same_on_its_sheet_in_the_rules_and_in_the_runbook(results: Results):
    rules = {(row["rule"], row["level"]): str(row["decision"]) for row in results.records("alerts.rules")}
    sheets = {row["id"]: str(row["owner"]) for row in results.records("alerts.sheets")}
    asked = [row for row in results.records("runbook.levels") if (row["id"], row["level"]) in rules]
    assert asked
    for row in asked:
        said = rules[row["id"], row["level"]].partition(": ")[2]
        assert str(row["do"]).startswith(said) and said in sheets.get(row["id"], said)


@pytest.mark.slow
def test_no_group_is_named_for_a_mode_that_may_not_take_it_out(results: Results):
    most = cells.plain(results.facts["runbook.mode.most"]) if results.facts["runbook.mode.most"].number else None
    for id, within in (("runbook.worse", True), ("runbook.beyond", False)):
        for row in results.records(id):
            share = row["share"]
            assert (
                most is None or isinstance(share, str | tuple) or (float(cells.plain(share)) <= float(most)) is within
            )


@pytest.mark.slow
def test_no_condition_is_missing_on_paper(results: Results, texts: dict[str, str]):
    """Page 1 names what holds back what is asked for; all others stand on page 2 with their ids."""
    for row in results.records("conditions.later"):
        assert f"`{row['id']}`" in texts["executive-summary"], row["id"]
