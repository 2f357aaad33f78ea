"""What was recorded of this version: conditions closed, and where records and the rest contradict one another."""
