"""Where the errors are, and which segments got worse than they were."""

from generator.subjects.segments._levels import FEWEST_ROWS

__all__ = ["FEWEST_ROWS"]
