"""Where the errors are, and which segments got worse than they were."""

from __future__ import annotations

from generator.subjects.segments._levels import FEWEST_ROWS

__all__ = ["FEWEST_ROWS"]
