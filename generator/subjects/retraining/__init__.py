"""When to retrain: options, triggers, policies, history, and the recommendation."""

from generator.subjects.retraining._options import run_cost, run_parts

__all__ = ["run_cost", "run_parts"]
