"""Takes what is known of labels, gives the days until the truth of a day is in: part of every delay on errors."""

from __future__ import annotations

from generator.records.fact import Fact
from generator.records.project import Project
from generator.records.reason import Reason
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import OF_ERRORS

ID, LABEL = "watch.label_delay", "Days until the truth of a day is in"
NOT_KNOWN = Reason(
    "neither the days until an outcome is known are declared (data.outcome_days), nor a file says when outcomes came "
    "(data.labels.arrived)",
    ("data.outcome_days",),
)


def label_delay(at: Known, project: Project) -> Fact:
    """Return the days until the outcomes of a day are complete enough to count: declared, else as they came."""
    stated = project.settings.data.outcome_days
    if stated is not None:
        return declared(project, ID, stated, "data.outcome_days", unit="days", label=LABEL)
    came = at.fact("labels.nowcast.mature_after")
    return derived(
        ID,
        came.number,
        unit="days",
        label=LABEL,
        method=came.method or "days until as many outcomes are there as a day needs to count",
        source=came.id,
        reason=NOT_KNOWN,
    )


def closing(metric: str, at: Known, project: Project) -> float:
    """Return the days by which an alert on the metric waits for the truth; 0 where it needs none, or none is known."""
    return (label_delay(at, project).number or 0.0) if metric in OF_ERRORS else 0.0
