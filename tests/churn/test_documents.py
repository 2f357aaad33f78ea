"""The documents of the churn case: what its readers have to find, in the words of probabilities."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from generator.load import load
from generator.records.project import Settings
from tests.bundles import ROOT
from tests.techmart.reading import DOCUMENTS, printed

FACTS = {
    "artifact": "2026.02.0|71bba97e65d2fa3ab9bf3a9226576c90c4240f3de0d0d5d46130c0ea72a6f82f|ONNX|skops"
    "|Kept apart from the model",
    "scoring": "real-time|nightly batch|Three million customers a month|rows per second",
    "decisions": "A call by a senior agent with an offer|A mail with a discount|60 contacts|One contact in four",
    "operations": "Retrain, on the day|Fall back to the version in use|Margin of the customers kept",
    "integration": "API first|churn.scored|CRM",
    "protection": "General Data Protection Regulation|hashed|Role-based",
    "organisation": "Data protection officer|Chief customer officer|Handover from analytics to operations",
}
NOT_OF_A_PRICE = re.compile(r"\bRMSE\b|root mean square|typical error|\bproduct of the same\b|\$\d", re.IGNORECASE)


def test_there_are_all(texts: dict[str, str]) -> None:
    assert set(texts) == {*DOCUMENTS, "model-card"}


@pytest.mark.parametrize("topic", FACTS)
def test_every_fact_of_the_case_stands_in_the_documents(texts: dict[str, str], topic: str) -> None:
    every = " ".join(texts.values())
    assert [fact for fact in FACTS[topic].split("|") if fact not in every] == []


def test_the_summary_is_signed_on_page_one_and_has_two_pages_before_its_annex(summary: Path) -> None:
    paper = printed(summary)
    assert "Signed for the digest" in paper.pages[0]
    assert paper.annex == 3 and len(paper.pages) <= 6


def test_the_summary_says_what_its_sums_rest_on(texts: dict[str, str]) -> None:
    text = re.sub(r"\s%", " %", texts["executive-summary"].partition("## Annex")[0])
    told = (
        "a month against the present rule",
        "enough for 0.13 % of its traffic",
        "€10 a case",
        "`predicted-less-actual`, fires since 2026-03-06: only red is quiet now",
    )
    assert [words for words in told if words not in text] == []


def test_the_summary_says_that_it_is_not_the_inputs(texts: dict[str, str]) -> None:
    text = texts["executive-summary"].partition("## Annex")[0]
    assert (
        "Main cause: the relation between inputs and outcome changed" in text
        and "most of all in contract monthly" in text
    )
    assert re.search(r"Predicted were 17\.8\s% of the cases, 19\.6\s% came", text)


def test_a_model_of_probabilities_is_not_spoken_of_as_one_of_prices(texts: dict[str, str]) -> None:
    for document, whole in texts.items():
        text = re.sub(r"`[^`]*`", "", whole)  # ids name the kind of a number in their own way
        found = [text[max(0, m.start() - 60) : m.end() + 40] for m in NOT_OF_A_PRICE.finditer(text)]
        assert not found, (document, found)


def test_tiers_stand_where_they_are_watched_and_undone(texts: dict[str, str]) -> None:
    for document in ("feature-requirements", "monitoring"):
        assert "| certain " in texts[document], document


def test_words_are_parted(texts: dict[str, str]) -> None:
    for document, text in texts.items():
        prose = re.sub(r"`[^`]*`|\b[a-z]\w*(?:\.[\w%-]+){2,}|<[^>]*>|\S+@\S+|https?://\S+", " ", text)
        assert not re.findall(r"[a-z]{3,}\.[A-Z][a-z]+\b", prose), document


def test_the_teams_model_card_stands_among_the_documents(bundle, texts):
    """An own document, a brand and a section left out: the worked example of what a team makes of the documents."""
    card = texts["model-card"]
    assert "What to do with it" in card and "| certain | 50.0 |" in card and "**Call from 50.0 % on**" in card
    assert not re.search(r"Brier|0\.1[0-9]{2}\b", card), "no error score is told to agents"
    assert "Left out here by the team: How to regenerate." in texts["appendix"]
    assert all("**Holds prices of offers. Not for resellers.**" in text for text in texts.values())
    assert "model-card.md" in (bundle / "index.html").read_text()


def test_the_year_shades_the_days_without_releases_alone(bundle, texts):
    drawn = (bundle / "figures/calendar_year.svg").read_text()
    assert "#f6e9cf" in drawn and "#f3f5f7" not in drawn
    assert "Nothing is released in the shaded weeks" in texts["retraining-calendar"]


def test_a_difference_in_cost_stands_where_it_is_spoken_of(texts):
    assert "a difference above zero" in texts["appendix"] and "| Difference a year" in texts["appendix"]


def test_a_group_that_is_to_be_switched_off_keeps_the_limit_of_that(texts: dict[str, str], rows: pd.DataFrame) -> None:
    column, level = re.findall(r"GROUP=(\w+)/(\w+)", texts["rollback-runbook"])[0]
    assert "Up to a quarter of the customers" in texts["rollback-runbook"]
    assert (rows[column] == level).mean() <= 0.25


@pytest.fixture(scope="module")
def declared() -> Settings:
    return load(ROOT / "data" / "churn" / "dossier.yaml").settings


def test_the_reason_of_the_margin_works_out(declared: Settings, facts: Any) -> None:
    rule = next(one for one in declared.alerts.rules if one.id == "kept-margin")
    reason = r"(\d+) contacts a day of whom (\d+) % .*? = ([\d,]+) euros; about 75 % and 50 %"
    contacts, right, worth = re.findall(reason, rule.why or "")[0]
    assert int(contacts) == round(facts["decision.acted_per_day"]["value"])
    assert int(right) == round(100 * facts["decision.tiers.certain.rate"]["value"])
    margin = int(contacts) * (int(right) / 100 * 150 - 20)
    assert int(worth.replace(",", "")) == round(margin)
    assert (rule.yellow, rule.red) == pytest.approx((0.75 * margin, 0.5 * margin), rel=0.02)
    assert margin == pytest.approx(-facts["decision.current.cost"]["value"] * 500, rel=0.02), "or it fires at once"


def test_what_stops_an_input_is_what_turns_its_alert_red(declared: Settings) -> None:
    rule = next(one for one in declared.alerts.rules if one.id == "missing-rise")
    for one in declared.data.features:
        limits = (one.missing_alert or 0.0, one.missing_stop or 0.0)
        assert [limit - (one.missing_expected or 0.0) for limit in limits] == pytest.approx([rule.yellow, rule.red])


def test_the_level_is_judged_on_the_days_in_which_it_is_worse(texts: dict[str, str]) -> None:
    (row,) = re.findall(r"\| Level of the probabilities.*", texts["executive-summary"])
    assert "recent days" in row and "−3.4 pp" in row and "fail" in row
