"""Service levels."""

from __future__ import annotations

from dataclasses import dataclass

from generator.records.project.units import Date, Operator


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service level and what was measured of it."""

    id: str
    title: str
    objective: float
    unit: str
    operator: Operator = "<"
    measured: float | None = None
    measured_on: Date | None = None
    note: str | None = None
