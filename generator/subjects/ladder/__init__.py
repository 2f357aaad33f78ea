"""The order of all thresholds on one metric, from expected to rollback, and those that tell nothing."""
