"""What can go wrong."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Days, Money


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Something that can go wrong; likelihood and impact from 1 to 5."""

    id: str
    title: str
    likelihood: Count
    impact: Count
    kind: Literal["pipeline", "drift", "output", "outage", "quality", "correlation", "fairness", "other"] = "other"
    """Lets the program look for evidence of it."""
    cause: str | None = None
    mitigation: str | None = None
    alerts: tuple[str, ...] = ()
    """The alert rules that the mitigation counts on."""
    owner: str | None = None
    residual: str | None = None
    incidents_per_year: float | None = None
    loss_per_incident: Money | None = None
    loss_per_day: Money | None = None
    """What it loses a day until somebody knows; else the loss of an incident spread over the days below."""
    found_after_days: Days | None = None
    """Days until it is found without any alert; else those of the slowest past incident."""
    rule: str | None = None
    """The alert rule that sees it: its delay is how long it goes unseen."""
    repair_days: float | None = None
    """Days from knowing to mended."""
