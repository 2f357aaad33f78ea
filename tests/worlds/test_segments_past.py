"""Segments beside their own past, in worlds whose truth is known: what is difficult is not worse."""

import dataclasses

import pytest

from generator.engines.duckdb import DuckDB
from generator.estimates.baseline import out_of_sample
from generator.estimates.headline import head_of
from generator.estimates.intervals import COLUMN
from generator.load import load
from generator.measure import measure
from generator.subjects.segments import segments
from generator.subjects.segments._beside import beside
from generator.subjects.segments._past import PROMISE, _was_right, pasts
from tests.worlds.world import project, world

SEEDS = range(1, 9)
NULL = (("regression", "forest"), ("binary", "logistic"), ("binary", "histogram"))


def opened(**axes):
    """Return project and ledger of a world."""
    made = load(project(world(**axes)) / "dossier.yaml")
    return made, measure(made, DuckDB(), [], as_of=None)


def readings(evidence, id="segments.past"):
    table = next(table for table in evidence.tables if table.id == id)
    return [row[-1].word for row in table.rows]


def test_where_nothing_changed_segments_are_harder_and_not_worse():
    worse, harder = 0, 0
    for task, learner in NULL:
        for seed in SEEDS:
            made, ledger = opened(task=task, learner=learner, seed=seed)
            evidence = segments.SUBJECT.run(made, ledger)
            found = readings(evidence)
            assert len(found) >= 8
            worse += "worse" in found
            harder += "harder" in readings(evidence, "segments.all")
            assert ("worse" in found) == bool(evidence.findings)
    assert worse <= 4, f"{worse} of 24 worlds, at a false discovery rate of 5 %"
    assert harder >= 12


@pytest.mark.parametrize(("task", "learner"), NULL)
def test_a_changed_relation_makes_segments_worse(task, learner):
    for seed in (1, 2):
        evidence = segments.SUBJECT.run(*opened(task=task, learner=learner, seed=seed, relation=2.0))
        assert readings(evidence).count("worse") >= 2
        assert {finding.severity for finding in evidence.findings} >= {"confirmed"}


def without_rows(ledger, place):
    """Return the ledger whose held-out rows hold none of one level."""
    past = ledger.held_out
    bare = past.losses.group_level.copy()
    bare[:, place] = 0.0
    losses = dataclasses.replace(past.losses, group_level=bare)
    return dataclasses.replace(ledger, held_out=dataclasses.replace(past, losses=losses))


@pytest.mark.parametrize(("learner", "allowed"), [("logistic", True), ("histogram", False)])
def test_a_promise_counts_only_where_probabilities_were_right(learner, allowed):
    kept, false = 0, 0
    for seed in SEEDS:
        _, ledger = opened(task="binary", learner=learner, seed=seed)
        right = _was_right(out_of_sample(ledger))
        kept += right
        place = next(k for k, (name, _) in enumerate(ledger.plan.cells) if name == "place")
        assert ledger.held_out.losses.group_level[:, place, COLUMN["n"]].sum() > 0
        found = list(pasts(without_rows(ledger, place), head_of(ledger, "")))
        used = [one for one in found if one.against == PROMISE]
        assert bool(used) == right and len(used) <= 1
        false += sum(one.turn.p < 0.05 and one.size > 0 for one in used)
    assert kept >= 6 if allowed else kept <= 2
    assert false <= 2


def test_without_a_past_there_is_no_comparison():
    assert beside([], head_of(opened()[1], ""), entities=False) == ()


@pytest.mark.parametrize("learner", ["logistic", "histogram"])
def test_more_positives_alone_make_no_probability_worse_than_in_its_first_third(learner):
    axes = {"task": "binary", "learner": learner, "seed": 2, "rows": 9_000, "entities": 300, "given": "nothing"}
    moved = readings(segments.SUBJECT.run(*opened(shift=1.2, since=2 / 3, **axes)))
    turned = readings(segments.SUBJECT.run(*opened(relation=2.0, since=2 / 3, **axes)))
    assert (moved.count("worse"), turned.count("worse") >= 6) == (0, True)
