"""When and how to go back to the previous version."""

from generator.subjects.rollback._conditions import compares, words_against
from generator.subjects.rollback._idle import ROLLBACK, Stated, idle, idle_table, shown, stated

__all__ = ["ROLLBACK", "Stated", "compares", "idle", "idle_table", "shown", "stated", "words_against"]
