"""What can go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Count, Money


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Something that can go wrong; likelihood and impact from 1 to 5."""

    id: str
    title: str
    likelihood: Count
    impact: Count
    kind: Literal["pipeline", "drift", "output", "outage", "quality", "correlation", "other"] = "other"
    """Lets the program look for evidence of it."""
    cause: str | None = None
    mitigation: str | None = None
    owner: str | None = None
    residual: str | None = None
    incidents_per_year: float | None = None
    loss_per_incident: Money | None = None
