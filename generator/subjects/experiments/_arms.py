"""Takes a reported experiment, gives the rows its arms had, or could have had on the stated traffic."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.fact import Fact, segment_of
from generator.records.project import Experiment, Outcome, Project
from generator.results.words import quantities
from generator.subjects.kit.facts import declared, derived

QUANTITY = quantities(__file__)

MONTH_DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Arms:
    """Rows of the two arms; `known` when they were counted, else they are what the traffic would have given."""

    control: float
    test: float
    known: bool
    share: Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentPlace:
    """An experiment with its number in the project file, the head of its fact ids and its possible arms."""

    project: Project
    experiment: Experiment
    index: int
    arms: tuple[Arms, ...]

    @property
    def head(self) -> str:
        return f"experiments.{segment_of(self.experiment.id)}"

    @property
    def title(self) -> str:
        return self.experiment.title or self.experiment.id.replace("_", " ")

    def id(self, metric: Outcome) -> str:
        """Return the head of the fact ids of a metric."""
        return f"{self.head}.{segment_of(metric.name)}"

    @property
    def known(self) -> Arms | None:
        """Return the arms that were counted."""
        return next((arms for arms in self.arms if arms.known), None)


def places(project: Project) -> tuple[ExperimentPlace, ...]:
    """Return all experiments of a project with their arms."""
    return tuple(
        ExperimentPlace(
            project=project, experiment=experiment, index=index, arms=tuple(_arms(project, experiment, index))
        )
        for index, experiment in enumerate(project.settings.experiments)
    )


def _arms(project: Project, experiment: Experiment, index: int) -> Iterator[Arms]:
    head = f"experiments.{segment_of(experiment.id)}"
    if experiment.n_control and experiment.n_test:
        total = experiment.n_control + experiment.n_test
        share = derived(QUANTITY("{head}.share", head=head), experiment.n_test / total)
        yield Arms(control=experiment.n_control, test=experiment.n_test, known=True, share=share)
        return
    days = ran(experiment)
    if not days or not experiment.traffic_per_month:
        return
    rows = experiment.traffic_per_month * days / MONTH_DAYS
    for number, part in enumerate(experiment.allocation or (0.5,)):
        path = f"experiments.{index}.allocation.{number}"
        if experiment.allocation:
            share = declared(project, f"{head}.share.{number}", part, path, unit="share", label="Share in the test arm")
        else:
            share = derived(QUANTITY("{head}.share.0", head=head), part)
        yield Arms(control=rows * (1 - part), test=rows * part, known=False, share=share)


def ran(experiment: Experiment) -> int | None:
    """Return the days an experiment ran, both ends included."""
    if experiment.start and experiment.end:
        return (experiment.end - experiment.start).days + 1
    return experiment.days


def rows_of(arms: Arms, metric: Outcome) -> tuple[float, float]:
    """Return the rows of both arms that a metric is worked out over."""
    part = metric.rows_share or 1.0
    return arms.control * part, arms.test * part
