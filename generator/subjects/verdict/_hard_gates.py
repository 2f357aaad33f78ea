"""Takes objectives and measured errors, gives the gates on performance: overall, critical segments, recent days."""

from collections.abc import Iterator
from dataclasses import replace

from generator.records.decision import RECENT, Gate
from generator.records.evidence import Scope
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.headline import BINARY, REGRESSION, headline
from generator.records.project import Objective, Project
from generator.records.quality import quality
from generator.records.reason import UNDECLARED, lacking
from generator.subjects.kit.facts import declared
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import production
from generator.subjects.limits.quantities import NAMES, unit_of_objective
from generator.subjects.limits.steps import objective_fact
from generator.subjects.limits.watched import instead
from generator.subjects.performance.found import Performance
from generator.subjects.segments.found import Segments
from generator.subjects.verdict._judge import judge
from generator.subjects.verdict._recent import AskedGate, in_worse_window
from generator.subjects.windows.found import Measure, Recent

RETRAIN: Sentence = ("retrain on recent rows, or stay with the present process, and measure again",)


def hard_gates(project: Project, at: Known) -> tuple[Gate, ...]:
    """Return the gates that decide: each metric with an acceptable level, then each critical segment."""
    asked = (*_overall(project, at), *_segments(project, at))
    own = in_worse_window(asked)
    return own if any(one.id.startswith("overall") for one in own) else (_unbounded(project, at), *own)


def _overall(project: Project, at: Known) -> Iterator[AskedGate]:
    for objective in project.settings.objectives.metrics:
        if objective.acceptable is not None:
            yield AskedGate(
                id=f"overall.{objective.name}",
                title=_title(objective),
                whole=production(at.shelf, objective.name),
                turned=at.shelf[Recent].measures.get(Measure(metric=objective.name)),
                bound=objective_fact(project, objective, "acceptable"),
                why=(objective.why or "acceptable level declared in the objectives",),
                remedy=RETRAIN,
                metric=objective.name,
            )


def _unbounded(project: Project, at: Known) -> Gate:
    return judge(
        "overall",
        "Overall performance",
        at.shelf[Performance].head.production,
        _no_bound(project),
        hard=True,
        metric=headline(binary=project.settings.data.task == "binary").metric,
        why=("no acceptable level is declared",),
        remedy=("declare objectives.metrics.acceptable",),
    )


def _segments(project: Project, at: Known) -> Iterator[AskedGate]:
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
        yield AskedGate(
            id=f"segment.{place}",
            title=f"Critical segment {_segment(project, limit.segment)}: {limit.level}",
            whole=at.shelf[Segments].of(limit.segment, limit.level, limit.metric),
            turned=at.shelf[Recent].measures.get(
                Measure(metric=limit.metric, segment=limit.segment, level=limit.level)
            ),
            bound=bound,
            why=(limit.why or "limit declared for the segment",),
            remedy=(instead(limit, at, project),),
            metric=limit.metric,
            scope=Scope(segment=limit.segment, level=limit.level),
        )


def recent_gate(project: Project, at: Known) -> Gate:
    """Return the soft gate on the recent days."""
    own = headline(binary=project.settings.data.task == "binary")
    objective = next((item for item in project.settings.objectives.metrics if item.metric == own.metric), None)
    bound = _no_bound(project) if objective is None else objective_fact(project, objective, "acceptable")
    gate = judge(
        "recent",
        "Recent performance",
        at.shelf[Recent].overall.recent,
        bound,
        hard=False,
        metric=own.metric,
        why=("the same bound as overall, held against the recent days",),
        remedy=("find out what changed lately and retrain before traffic is raised",),
    )
    return replace(gate, window=RECENT)


def _segment(project: Project, column: str) -> str:
    named = next((item.name for item in project.settings.data.segments if item.column == column), None)
    return named or column


def _no_bound(project: Project) -> Fact:
    own = headline(binary=project.settings.data.task == "binary")
    reason = lacking(UNDECLARED, "objectives.metrics.acceptable", file=project.file)
    label, unit = f"{NAMES[own.metric]}, acceptable", unit_of_objective(own.metric, project)
    return missing(f"performance.{own.metric}.acceptable", reason, label=label, unit=unit)


def _title(objective: Objective) -> str:
    if objective.metric in (REGRESSION.metric, BINARY.metric):
        return "Overall performance"
    return f"Overall performance ({quality(objective.name).name.replace('_', ' ')})"
