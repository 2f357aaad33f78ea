"""When and how to go back to the previous version."""

from __future__ import annotations

from generator.subjects.rollback._idle import idle, idle_table, shown

__all__ = ["idle", "idle_table", "shown"]
