"""Alert rules: what each level does, costs and sees, its query, its sheet, and what engineers build."""

from generator.subjects.alerts._alert_levels import alarm_fact, seen_at

__all__ = ["alarm_fact", "seen_at"]
