"""Texts of a rollback that name this version or the one before: they follow the build, and no retraining edits them."""

from dataclasses import replace

import pytest

from generator.errors import InputError
from generator.load.known import known_at
from generator.records import project as p
from tests.subjects import case

STEP = p.Step(title="Serve {previous.version}", command="serve --not {model.version} --but {previous.version}")


def told(previous: p.Previous | None) -> p.Step:
    project = case.pricing(rollback=p.Rollback(steps=(STEP,)))
    model = replace(project.settings.model, version="2.1", previous=previous)
    (step,) = known_at(replace(project, settings=replace(project.settings, model=model)), None).settings.rollback.steps
    return step


def test_a_step_names_the_versions_of_this_build():
    step = told(p.Previous(version="2.0"))
    assert (step.title, step.command) == ("Serve 2.0", "serve --not 2.1 --but 2.0")


def test_a_step_that_names_a_version_that_is_not_there_is_refused():
    with pytest.raises(InputError) as error:
        told(None)
    assert "model.previous" in error.value.problems[0].hint
