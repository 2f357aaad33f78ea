"""What the runbooks of the worked cases say on their first page holds tonight and agrees with their later pages."""

import re
from pathlib import Path

from generator.bundle.results import read_results


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


def test_no_level_rolls_back_by_itself_where_its_runbook_does_not_say_so(texts: dict[str, str]):
    said = re.findall(r"Automated rollback[^|]*", texts["monitoring"])
    assert all("by itself only what page 1 of the runbook says so of" in one for one in said)


def test_what_held_before_the_switch_and_holds_on_asks_for_nothing_again(texts: dict[str, str]):
    assert "Yes: **act**, go back if nobody has." in question(texts, 3)
    assert "its window reaches back over the time before" in page(texts, "4. Did it work?")


def test_a_red_alert_on_anything_leads_somewhere(texts: dict[str, str]):
    no = question(texts, 3).split(" No: ")[1]
    assert re.match(r"do what its entry in section 5 says( \(the error last: [^)]+\))?; \*\*call\*\*", no)


def test_who_owns_a_source_and_by_what_they_are_reached_is_said_where_they_are_to_be_called(texts: dict[str, str]):
    said = page(texts, "5. Which alert is it?").split("### The monitoring itself is silent")[1]
    owners = re.search(r"call its owner: (.*)\.\n", said)
    assert owners and re.search(r"\w+ for \w+.* \([^)]+\)$", owners[1])
    assert "other alerts cannot" not in said


def test_what_goes_to_the_daily_summary_has_no_level_of_the_table_of_levels(texts: dict[str, str]):
    entries = page(texts, "5. Which alert is it?")
    assert "- **daily summary** " in entries and "(daily summary)" not in entries
    for entry in entries.split("\n### "):
        if "- **daily summary** " in entry:
            assert "**At build" not in entry or "past its limit**" in entry


def test_page_one_says_in_one_place_what_going_back_gives_where_it_is_declared(bundle: Path, texts: dict[str, str]):
    said = read_results((bundle / "results.json").read_bytes()).facts["declared.rollback.gives_back"].value
    assert page(texts, "1. Act now").count("- **Going back:** ") == (said is not None)
    assert said is None or sum(text.count(str(said)[10:60]) for text in texts.values()) == 1


def test_what_goes_to_the_daily_summary_is_called_so_in_specification_and_runbook(texts: dict[str, str]):
    first, *_ = texts["monitoring"].split("\n## ")
    conditions = texts["monitoring"].split("\n## 3. ")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` +\|[^|]+\| ([^|]+?) +\|", conditions, re.MULTILINE)
    quiet = [(id, limits) for id, limits in rows if f"| `{id}` " not in first]
    assert quiet and all(limits.startswith("daily summary ") for _, limits in quiet)
    entries = page(texts, "5. Which alert is it?").split("\n### ")
    for id, _ in quiet:
        assert all("- **daily summary** " in one for one in entries if f"`RULE={id}`" in one)


def test_answers_are_told_as_finely_as_their_tolerance(texts: dict[str, str]):
    table = page(texts, "2. What each command must show").split("What the version that stands ready must answer")[1]
    rows = [row.split("|")[2:4] for row in table.split("\n") if row.startswith("| `")]
    assert rows
    assert all(len(answer.strip().split(".")[1]) >= len(off.strip().split(".")[1]) for answer, off in rows)


SLOW = {"latency": r"response time|latency|slow", "alerts a day": r"alerts a day"}
"""What a condition that asks to serve with less is about, and how a standing permission would speak of the same."""


def test_what_asks_to_serve_with_less_lets_nobody_go_back(texts: dict[str, str]):
    less = page(texts, "3. Serve with less").partition("never for going back:")[2]
    permitted = "\n".join(re.findall(r".*: on call, at once[.;]", page(texts, "1. Act now")))
    assert permitted
    assert not [name for name, words in SLOW.items() if name in less and re.search(words, permitted)]


def test_on_call_may_decide_what_the_third_question_hands_over(texts: dict[str, str]):
    alone = page(texts, "1. Act now").partition("Write to all of them at once.")[2].split("\n")[0]
    assert "all else waits" not in alone
    assert not alone or "or the third question makes it yours to decide" in alone


def test_what_helps_at_a_gravest_level_names_a_mode_or_who_answers_for_it(texts: dict[str, str]):
    levels = re.findall(r"- \*\*red\*\* .*", page(texts, "5. Which alert is it?"))
    assert levels
    assert all(
        re.search(r"section 3\)$|\(page 1, third question\)$|\(no degraded mode; [^)]+ answers for it\)$", line)
        for line in levels
    )


def test_who_declares_it_over_needs_no_outcome_for_it(texts: dict[str, str]):
    over, later = page(texts, "4. Did it work?").split("**Confirmed later**")
    assert "Declared over by" in over and "error of" not in over.split("**It worked when**")[1]
    assert "the worst of" in later and "Declared over by" not in later


def test_the_appendix_says_what_each_condition_leads_to(texts: dict[str, str]):
    table = texts["appendix"].split("### How sure the rollback conditions are")[1].split("\n#")[0]
    assert "| Action" in table and ("roll back" in table or "go back" in table)


def test_the_specification_prints_the_type_that_a_value_has_to_read_as(texts: dict[str, str]):
    table = texts["feature-requirements"].split("What a value must be")[1].split("\n\n")[1]
    assert all(
        row.split("|")[3].strip() in ("Type", "numeric", "categorical") or "---" in row for row in table.splitlines()
    )


def test_every_mode_that_is_typed_says_what_it_shows_and_from_when_on_it_acts(texts: dict[str, str]):
    less = page(texts, "3. Serve with less")
    rows = [
        line.split(" | ") for line in less.split("from when on its effect is seen")[1].split("\n\n")[1].splitlines()
    ]
    assert len(rows) > 3 and not [row for row in rows[2:] if "–" in row[1] and "nothing is typed" not in row[1]]
    assert "whoever is on call, at once" in question(texts, 3) and "whoever is on call, at once" in less


def test_no_sign_waits_for_days_that_its_statement_leaves_out(texts: dict[str, str]):
    assert not re.search(r"outcomes have arrived", page(texts, "5. Which alert is it?"))


def test_what_a_bad_minute_holds_for_a_day_has_to_be_bad_now_too(texts: dict[str, str]):
    said = [
        line for line in page(texts, "1. Act now").splitlines() if re.match(r" +- availability|-? +- .*latency", line)
    ]
    assert all("bad now too" in line for line in said)


def test_a_step_that_fails_leads_on_where_nothing_answered_before(texts: dict[str, str]):
    for line in page(texts, "2. What each command must show").splitlines():
        assert "the version that B showed" not in line or "where B showed none" in line
