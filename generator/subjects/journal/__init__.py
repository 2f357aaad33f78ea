"""What was recorded of this version: conditions closed, and where records and the rest contradict one another."""

from generator.subjects.journal._closed import BY_CONTROL, closings, settled, unsettled

__all__ = ["BY_CONTROL", "closings", "settled", "unsettled"]
