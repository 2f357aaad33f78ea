from dataclasses import replace
from typing import Any

import pytest

from generator.load.checks.stages import check
from generator.load.linked import linked
from generator.records import project as p

STAGES = (p.Stage(name="Shadow", owner="Ann"), p.Stage(name="Half", traffic=0.5, gate="kept"), p.Stage(name="All"))


def settings(**context: Any) -> p.Settings:
    """Return settings with three stages, of which one has an owner and one a gate."""
    plain: dict[str, Any] = {
        "project": p.About(name="x"),
        "model": p.Model(name="m", version="1"),
        "data": p.Data(production="r.csv", target="y"),
    }
    return p.Settings(**plain, rollout=p.Rollout(stages=STAGES), context=p.Context(**context))


def test_a_kind_that_is_declared_goes_before_the_words_of_a_title() -> None:
    titles = {"Retraining": "retraining", "Fire drill": "drill", "Review": "other"}
    guesses = tuple(p.Activity(title=title, every="weekly") for title in titles)
    own = p.Activity(title="Talk about retraining", every="weekly", kind="other")
    named = p.Activity(title="New model", every="weekly", kind="retraining")
    filled, guessed = linked(replace(settings(), calendar=p.Calendar(activities=(*guesses, own, named))))
    assert [one.kind for one in filled.calendar.activities] == [*titles.values(), "other", "retraining"]
    assert len(guessed) == 2 and "“Retraining” is taken for retraining" in guessed[0]


@pytest.mark.parametrize(
    ("entry", "kind", "stages", "guesses"),
    [
        (p.Milestone(name="Shadow, then half"), "rollout", ("Shadow", "Half"), 1),
        (p.Milestone(name="Launch", stages=("All",)), "rollout", ("All",), 0),
        (p.Milestone(name="Monitoring live", when="2026-04-20"), "monitoring", (), 1),
        (p.Milestone(name="Recalibrated answers"), "recalibration", (), 1),
        (p.Milestone(name="Recalibrated answers", kind="other"), "other", (), 0),
        (p.Milestone(name="Shadow of a doubt", kind="other"), "other", (), 0),
        (p.Milestone(name="Second source"), "other", (), 0),
    ],
)
def test_an_entry_of_the_roadmap_has_a_kind_and_its_stages(
    entry: p.Milestone, kind: str, stages: tuple[str, ...], guesses: int
) -> None:
    filled, guessed = linked(settings(roadmap=(entry,)))
    (one,) = filled.context.roadmap
    assert (one.kind, one.stages, len(guessed)) == (kind, stages, guesses)


def test_a_stage_has_one_owner_and_one_gate_wherever_it_stands() -> None:
    """What only an entry says of a stage is the stage's; what the stage says is the entry's."""
    roadmap = (p.Milestone(name="Start", stages=("Shadow",)), p.Milestone(name="End", stages=("All",), owner="Eve"))
    delivery = (p.Delivery(name="Half", gate="guessed", owner="Bob"), p.Delivery(name="Build", gate="own", owner="Cid"))
    filled, guessed = linked(settings(roadmap=roadmap, delivery=delivery))
    owners = {stage.name: stage.owner for stage in filled.rollout.stages}
    assert owners == {"Shadow": "Ann", "Half": "Bob", "All": "Eve"}
    assert [one.owner for one in filled.context.roadmap] == ["Ann", "Eve"]
    assert [(one.gate, one.owner) for one in filled.context.delivery] == [("kept", "Bob"), ("own", "Cid")]
    assert guessed == ("“Half” is taken to be about Half, and has its owner and gate: `stages` says it for sure.",)


def test_an_entry_that_contradicts_its_stage_is_wrong_and_so_is_one_about_no_stage() -> None:
    roadmap = (p.Milestone(name="a", stages=("Shadow",), owner="Bob"), p.Milestone(name="b", stages=("Gone",)))
    delivery = (p.Delivery(name="c", stages=("Half",), gate="x"), p.Delivery(name="d", stages=("Shadow",), owner="Ann"))
    found = {".".join(map(str, one.path)) for one in check(settings(roadmap=roadmap, delivery=delivery))}
    assert found == {"context.roadmap.0.owner", "context.roadmap.1.stages.0", "context.delivery.0.gate"}
