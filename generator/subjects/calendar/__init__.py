"""The dated activities of the next twelve months, on days when they can happen."""

from generator.subjects.calendar._plans import Plans, learnable
from generator.subjects.calendar._rollouts import TRAFFIC_ASKED, dated_runs
from generator.subjects.calendar._workdays import Date, days_on, working

__all__ = [
    "TRAFFIC_ASKED",
    "Date",
    "Plans",
    "dated_runs",
    "days_on",
    "learnable",
    "working",
]
