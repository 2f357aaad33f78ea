"""Service levels and their error budgets."""
