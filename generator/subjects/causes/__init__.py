"""Why the error changed, and what mends it."""

from generator.subjects.causes._mending import mending_table, mendings
from generator.subjects.causes._recalibrate import recalibration

__all__ = ["mending_table", "mendings", "recalibration"]
