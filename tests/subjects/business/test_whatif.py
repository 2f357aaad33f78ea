from dataclasses import replace

from generator.conclude import decide
from generator.records import project as p
from generator.records.fact import Fact
from generator.subjects.alerts import alerts
from generator.subjects.business import business, whatif
from generator.subjects.retraining import retraining
from generator.subjects.verdict import gates
from tests.subjects import case


def answers(project: p.Project, *extra: Fact) -> dict[str, str]:
    decisions = tuple(plugin.DECISION for plugin in (business, alerts, retraining, gates, whatif))
    rows = case.rows(decide(project, case.evidence(*extra), decisions), "whatif.rows")
    return {case.plain(row["question"]): case.plain(row["answer_change"]) for row in rows}


def test_nothing_to_vary_gives_a_reason() -> None:
    assert (
        whatif.run(case.project(), case.NOTHING, case.BEFORE).tables[0].reason
        == "nothing declared to vary (context.questions)"
    )


def test_training_costs_change_the_recommendation_or_not() -> None:
    found = answers(
        case.pricing(retraining=replace(case.RETRAINING, options=case.RETRAINING.options[:2])), *case.ageing(3.0, 0.1)
    )
    assert found["What if a training run were ten times dearer?"].startswith("the recommendation stays “Monthly”")
    assert found["What if a training run were ten times cheaper?"].startswith("the recommendation changes to “Weekly”")


def test_a_stricter_tolerance_names_the_gates_that_change() -> None:
    found = answers(case.pricing())["What if the tolerance were stricter by 0.10?"]
    assert "Overall performance goes from pass to fail at 9.00" in found
    assert found.endswith("the verdict would be delay")


def test_other_volumes_are_answered_with_false_alarms_the_present_one_is_left_out() -> None:
    found = answers(case.pricing())
    assert "What if there were 500 a day?" not in found
    assert found["What if there were 17 a day?"].startswith("false alarms on a healthy model: ")
    few = case.pricing(alerts=replace(case.ALERTS, rules=(replace(case.ERROR_RULE, minimum_n=18),)))
    assert "too few rows come to judge them: RMSE" in answers(few)["What if there were 17 a day?"]


def test_automated_pricing_names_the_levels_that_people_answer() -> None:
    advisory = case.pricing(context=p.Context(decision_mode="advisory"))
    found = answers(advisory)["What if decisions were automated instead of advice?"]
    assert found.startswith("yellow, red would have to act by themselves")
    automated = case.pricing(context=p.Context(decision_mode="automated"))
    assert "What if decisions were advice instead of automated?" in answers(automated)


def test_declared_questions_come_with_the_teams_answer() -> None:
    asked = p.Context(questions=(p.Question(question="Other countries?", answer="One at a time."),))
    assert answers(case.pricing(context=asked))["Other countries?"] == "One at a time."
