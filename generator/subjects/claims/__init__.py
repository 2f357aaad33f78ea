"""The figures that documents state: which hold, which contradict one another."""

from generator.subjects.claims._changes import points_as_percent

__all__ = ["points_as_percent"]
