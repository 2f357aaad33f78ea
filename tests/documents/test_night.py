"""What the runbooks of the worked cases say on their first page holds tonight and agrees with their later pages."""

from __future__ import annotations

import re


def page(texts: dict[str, str], heading: str) -> str:
    """Return a section of the runbook by the number and name of its heading."""
    return texts["rollback-runbook"].split(f"\n## {heading}\n")[1].split("\n## ")[0]


def question(texts: dict[str, str], number: int) -> str:
    return next(line for line in page(texts, "1. Act now").splitlines() if line.startswith(f"{number}. "))


def test_a_service_that_does_not_answer_leads_on_to_the_question_that_lets_go_back(texts: dict[str, str]):
    assert "the service is down; go on" in question(texts, 1)
    assert "**wait**" not in question(texts, 1).split("go on.")[0]
    assert "does not answer" in page(texts, "1. Act now") or "service is down or" in page(texts, "1. Act now")


def test_outcomes_that_are_always_late_keep_nobody_from_going_back(texts: dict[str, str]):
    assert not re.search(r"outcome|late\b|label", question(texts, 2), re.IGNORECASE)


def test_nothing_goes_back_by_itself_while_no_rollback_is_live(texts: dict[str, str]):
    said = re.findall(r"[^.|]*\bby (?:itself|machine)\b[^.|]*", page(texts, "1. Act now"))
    assert all("only once the rollback is live" in one for one in said)
    assert "automatic rollback" not in texts["rollback-runbook"]
