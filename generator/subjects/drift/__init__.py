"""How far every feature has moved from training."""

from generator.subjects.drift._bins import by_day
from generator.subjects.drift._severity import drift_of
from generator.subjects.drift._shape import on_calendar, shape_facts

__all__ = ["by_day", "drift_of", "on_calendar", "shape_facts"]
