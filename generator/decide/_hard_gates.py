"""Takes objectives and measured errors, gives the gates on performance: overall, critical segments, recent days."""

from __future__ import annotations

from collections.abc import Iterator

from generator.decide._facts import declared
from generator.decide._judge import judge
from generator.decide._known import Known
from generator.decide._quantities import NAMES, unit_of_objective
from generator.decide._steps import objective_fact
from generator.records.decision import Gate
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.headline import BINARY, REGRESSION, headline
from generator.records.project import Objective, Project
from generator.records.quality import quality

RETRAIN: Sentence = ("retrain on recent rows, or stay with the present process, and measure again",)


def performance_gates(project: Project, at: Known) -> Iterator[Gate]:
    """Yield one hard gate for each metric with an acceptable level; one that cannot be settled where none has."""
    own = [objective for objective in project.settings.objectives.metrics if objective.acceptable is not None]
    for objective in own:
        yield judge(
            f"overall.{objective.name}",
            _title(objective),
            at.fact(f"performance.{objective.name}.production"),
            objective_fact(project, objective, "acceptable"),
            hard=True,
            why=(objective.why or "acceptable level declared in the objectives",),
            remedy=RETRAIN,
            metric=objective.name,
        )
    if not own:
        yield judge(
            "overall",
            "Overall performance",
            at.fact("headline.production"),
            _no_bound(project),
            hard=True,
            metric=headline(binary=project.settings.data.task == "binary").metric,
            why=("no acceptable level is declared",),
            remedy=("declare objectives.metrics.acceptable",),
        )


def segment_gates(project: Project, at: Known) -> Iterator[Gate]:
    """Yield one hard gate for each declared critical segment."""
    for index, limit in enumerate(project.settings.objectives.critical_segments):
        place = f"{segment_of(limit.segment)}.{segment_of(limit.level)}"
        bound = declared(
            project,
            f"objectives.segment.{place}.{limit.metric}",
            limit.acceptable,
            f"objectives.critical_segments.{index}.acceptable",
            unit=unit_of_objective(limit.metric, project),
            label=f"Acceptable {quality(limit.metric).name}, {limit.level}",
        )
        yield judge(
            f"segment.{place}",
            f"Critical segment {_segment(project, limit.segment)}: {limit.level}",
            at.fact(f"segments.{place}.{limit.metric}"),
            bound,
            hard=True,
            metric=limit.metric,
            why=(limit.why or "limit declared for the segment",),
            remedy=(f"leave {limit.level} to the present process or to rules, or retrain with more of its rows",),
        )


def recent_gate(project: Project, at: Known) -> Gate:
    """Return the soft gate on the last third of the days."""
    own = headline(binary=project.settings.data.task == "binary")
    objective = next((item for item in project.settings.objectives.metrics if item.metric == own.metric), None)
    bound = _no_bound(project) if objective is None else objective_fact(project, objective, "acceptable")
    return judge(
        "recent",
        "Recent performance",
        at.fact("headline.last_third"),
        bound,
        hard=False,
        metric=own.metric,
        why=("the same bound as overall, held against the last third of the days",),
        remedy=("find out what changed lately and retrain before traffic is raised",),
    )


def _segment(project: Project, column: str) -> str:
    named = next((item.name for item in project.settings.data.segments if item.column == column), None)
    return named or column


def _no_bound(project: Project) -> Fact:
    own = headline(binary=project.settings.data.task == "binary")
    reason = f"not declared ({project.file}: objectives.metrics.acceptable)"
    return missing(f"performance.{own.metric}.acceptable", reason, label=f"{NAMES[own.metric]}, acceptable")


def _title(objective: Objective) -> str:
    if objective.metric in (REGRESSION.metric, BINARY.metric):
        return "Overall performance"
    return f"Overall performance ({quality(objective.name).name.replace('_', ' ')})"
