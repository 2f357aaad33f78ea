"""Everything about the system that data cannot tell."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Date, Days, Milliseconds, Operator


@dataclass(frozen=True, kw_only=True)
class Incident:
    """A past failure and what would catch it now."""

    what: str
    when: str | None = None
    cause: str | None = None
    days_to_detection: Days | None = None
    control: str | None = None
    rule: str | None = None
    """Id of the alert rule that catches it now."""


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another decision that was considered."""

    name: str
    cost: str | None = None
    benefit: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question the readers ask, and the team's answer."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """A named thing with a description: a component, a technology, a measure."""

    name: str
    detail: str | None = None
    status: str | None = None
    owner: str | None = None
    when: str | None = None


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """An entry of the roadmap."""

    name: str
    kind: Literal["rollout", "monitoring", "recalibration", "other"] | None = None
    """What it is held against: the stages, the day by which monitoring is due, a recalibration that is asked for."""
    stages: tuple[str, ...] = ()
    """Stages of the rollout that it is about, which give it its owner."""
    detail: str | None = None
    status: str | None = None
    owner: str | None = None
    when: str | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A stage of continuous integration and delivery."""

    name: str
    detail: str | None = None
    gate: str | None = None
    """What has to hold before the next stage."""
    stages: tuple[str, ...] = ()
    """Stages of the rollout that it is about, which give it owner and gate."""
    status: str | None = None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Technology:
    """A technology, what it is needed for, and whether it is there."""

    name: str
    requirement: str | None = None
    detail: str | None = None
    status: str | None = None
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """How it is measured that people use and trust the system."""

    name: str
    how: str | None = None
    target: float | None = None
    operator: Operator = ">="
    actual: float | None = None
    measured_on: Date | None = None
    unit: str = ""
    owner: str | None = None
    when: str | None = None


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Security and privacy of the inputs."""

    regulation: str | None = None
    access: str | None = None
    encryption: str | None = None
    anonymisation: str | None = None
    retention: str | None = None


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How predictions are asked for and given."""

    mode: Literal["batch", "real-time"] | None = None
    contract: str | None = None
    row_key: str | None = None
    rejected: str | None = None
    consumers: tuple[str, ...] = ()
    versioning: str | None = None
    latency_objective_ms: Milliseconds | None = None
    logging_fields: tuple[str, ...] = ()
    log_retention: str | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything about the system that data cannot tell."""

    purpose: str | None = None
    process: str | None = None
    """The business process it enters."""
    present_process: str | None = None
    intended_use: tuple[str, ...] = ()
    excluded_use: tuple[str, ...] = ()
    decision_mode: Literal["automated", "advisory"] | None = None
    human_decides: str | None = None
    regions: tuple[str, ...] = ()
    users: str | None = None
    adoption: tuple[Item, ...] = ()
    acceptance: tuple[Acceptance, ...] = ()
    change_management: tuple[Item, ...] = ()
    training: tuple[Item, ...] = ()
    """What users are taught, by whom and when."""
    knowledge_transfer: tuple[Item, ...] = ()
    """How those who run the system learn what those who built it know."""
    communication: tuple[Item, ...] = ()
    incidents: tuple[Incident, ...] = ()
    assumptions: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    expected_outcomes: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    success_factors: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    questions: tuple[Question, ...] = ()
    components: tuple[Item, ...] = ()
    delivery: tuple[Delivery, ...] = ()
    """Stages of continuous integration and delivery."""
    roadmap: tuple[Milestone, ...] = ()
    technology: tuple[Technology, ...] = ()
    serving: Serving = Serving()
    protection: Protection = Protection()
    not_monitored: tuple[Item, ...] = ()
    decide_by: Date | None = None
    if_not_decided: str | None = None
