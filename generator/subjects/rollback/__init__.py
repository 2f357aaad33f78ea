"""When and how to go back to the previous version."""

from generator.subjects.rollback._conditions import compares, words_against
from generator.subjects.rollback._idle import idle, idle_table, shown

__all__ = ["compares", "idle", "idle_table", "shown", "words_against"]
