"""The documents of the lead-scoring case: every fact of the case stands in them, two pages say what a CFO must know."""

import re
from pathlib import Path

import pytest

from tests.techmart.reading import DOCUMENTS, printed

FACTS = {
    "stack": "Databricks|Delta Lake|Python|MLflow|PostgreSQL|FastAPI|Gunicorn|Docker|Alpine 3.18|Kubernetes|Prometheus"
    "|Grafana",
    "alignment": "ETL and orchestration|Model management|Serving|Monitoring|FastAPI/Databricks|Prometheus/Grafana"
    "|to be implemented",
    "service levels": "Latency, 99th percentile|< 200 ms|≤ 2 GB|≥ 99.9 %|Freshness of the features|< 5 min"
    "|full audit trail",
    "rollout": "Weeks 1 and 2|all traffic on the current system|logged beside it|Weeks 3 and 4|from 5 % to 25 %"
    "|From week 5|12 weeks",
    "experiment": "12.3 %|14.1 %|68.0 %|72.0 %|180 ms|195 ms|0.80 %|0.90 %|+14.6 %|+5.9 %|+8.3 %|+0.1 %|PASS"
    "|ACCEPTABLE",
    "dashboard": "99.92 %|99.6 %|0.08|0.3 %|5 min|0.12|187 ms|45 requests/s|0.4 %|14.2 %|0.78|4.2 of 5|2025-01-15",
    "alerts": "P1 critical|immediate|Service down, pipeline failure|Automated rollback, team mobilised|P2 high"
    "|15 minutes|Performance degradation, data drift|Manual investigation, potential rollback|P3 medium|business hours"
    "|Warning indicators, minor anomalies|Scheduled investigation|P4 low|weekly review|Informational metrics, trends"
    "|Routine monitoring",
    "retraining": "Every four weeks|Evaluation|weekly|Retrain at once|investigate and retrain|0.25|-5 %",
    "history": "2024-12-01|initial|78.2|baseline|2025-01-05|79.5|+1.3 %|A/B test passed|2025-01-20|data drift|81.2"
    "|+1.7 %|+3 %|2025-02-15|82.1|+0.9 %|ongoing",
    "business": "20,000|14.5 %|$47,000|$20.7M|$248.2M|$307M|361:1|$85,000|$60,000|$145,000|$205,000|$150,000,000"
    "|$248,160,000|$398,160,000|1,034:1|4,136:1|1,942:1|based on implementation costs|18 %|30 %",
    "recommendations": "Start in shadow mode|Monitor technical and business metrics|Automate retraining"
    "|Close the loop with feedback of the sales team",
    "success factors": "Executive sponsorship|Business and technical teams work together|Small steps"
    "|Decisions rest on data",
    "report": "2024-11-30",
}
SIGN_WITH_EYES_OPEN = (
    "How much of it is margin is not declared for this sum",  # revenue is no benefit
    "15 of 49 checks fail",
    "unverifiable, since the rows of the two arms are not stated",
    "361:1",
    "3,612 to 1",
    "$248.2M",
    "target 14.5 %",
    "$203,040,000",
    "68.0 %",
    "61.5 %",
    "the rows in each arm of v1.0 against v1.1",
    "5,551",
    "margin",
    "Latency, 99th percentile",
    "at most 5.0 % of the traffic",
    "all older than v1.1",
    "can be judged from 2025-01-22 on",
    "Not measured: decide by the sums below",
    "a month in revenue against v1.0",
    "a month in smaller errors (no revenue)",
    "was measured after the day of this build: not counted",
    "No rise of the error is proven",
)
NOT_OF_A_PRICE = re.compile(
    r"\bRMSE\b|root mean square|\b(a|the) typical error\b|\bprices? of (the|a) product", re.IGNORECASE
)


def test_there_are_all(texts: dict[str, str]) -> None:
    assert set(texts) == set(DOCUMENTS)


@pytest.mark.parametrize("topic", FACTS)
def test_every_fact_of_the_case_stands_in_the_documents(texts: dict[str, str], bundle: Path, topic: str) -> None:
    """What is long stands in the tables beside the documents."""
    every = " ".join((*texts.values(), *(path.read_text() for path in sorted((bundle / "tables").glob("*.csv")))))
    assert [fact for fact in FACTS[topic].split("|") if fact not in every] == []


def test_the_summary_is_signed_on_page_one_and_has_two_pages_before_its_annex(summary: Path) -> None:
    paper = printed(summary)
    assert "Signed for the digest" in paper.pages[0]
    assert paper.annex == 3 and len(paper.pages) <= 6


def test_two_pages_say_what_is_measured_what_is_not_and_what_to_ask_for(summary: Path) -> None:
    first, second = printed(summary).pages[:2]
    text = re.sub(r"\s*%", " %", " ".join((first + " " + second).split()))
    assert [words for words in SIGN_WITH_EYES_OPEN if words not in text] == []
    assert "simulated" in first


def test_a_model_of_probabilities_is_not_spoken_of_as_one_of_prices(texts: dict[str, str]) -> None:
    for document, text in texts.items():
        body = text.partition("Glossary")[0]
        found = [body[max(0, match.start() - 60) : match.end() + 40] for match in NOT_OF_A_PRICE.finditer(body)]
        assert not found, (document, found)


def test_on_call_reads_what_to_do_and_not_to_do_first(texts: dict[str, str]) -> None:
    card = texts["rollback-runbook"].partition("## 2. ")[0]
    assert "v1.0" in card and "da9d6a5fd7d3" in card
    for words in (
        "going back does not mend the error",
        "by itself only once the rollback is live",
        "MODEL_VERSION=v1.0",
        "+1 202 555 0167",
    ):
        assert words in card, words


def test_going_back_is_asked_for_and_what_holds_without_a_decision_is_said(texts: dict[str, str]) -> None:
    text = texts["executive-summary"]
    asked, undecided = (text.partition(f"**{head}")[2].partition("**")[2][:700] for head in ("Keep", "Without a"))
    why = r"\(the way back is untested, v1\.0 no better\)"
    assert re.search(
        rf"gets no more\. Until \S+, .* {why}; if they are not green then, v1\.0 answers that traffic again", asked
    )
    assert "**Better than what is done today?** That is not measured on these rows" in text
    assert "Omar Rashid sets its share of the traffic: `kubectl -n leads set env" in text
    assert "whatever the gates show" in undecided


def test_the_margin_that_pays_names_its_horizon_and_interest(texts: dict[str, str]) -> None:
    text = texts["executive-summary"]
    assert re.search(r"pays once \S+ % of it is, over 24 months", text)
    assert "over all 24 months, at 0.0 % interest a year, the case pays once" in text


def test_the_error_by_day_is_said_to_keep_its_limit_of_the_windows_alone(texts: dict[str, str], bundle: Path) -> None:
    days = (bundle / "figures/daily_error.svg").read_text()
    assert "#b3261e" in days, "no day is red any more: the case shows nothing"
    assert "on single days it may not" in texts["executive-summary"]


def test_the_year_shades_nothing_where_no_freeze_is_declared(texts: dict[str, str], bundle: Path) -> None:
    assert "#f3f5f7" not in (bundle / "figures/calendar_year.svg").read_text()
    assert "shaded" not in texts["retraining-calendar"]
    assert "told once a day in the daily summary" in texts["retraining-calendar"], "triggers are rules"


def test_a_difference_in_cost_is_spoken_of_only_where_a_column_has_it(texts: dict[str, str]) -> None:
    text = texts["appendix"]
    assert "### Designed charts" in text
    assert "a difference above zero" not in text and "| Difference a year" not in text


def test_the_level_is_judged_on_the_whole_period_where_no_change_of_it_is_proven(texts: dict[str, str]) -> None:
    (row,) = re.findall(r"\| Level of the probabilities.*", texts["executive-summary"])
    assert re.search(r"\| −0.01 pp \(.*; recent 1.0 pp \(.*, late outcomes lower it \| ● pass", row)
