"""Where the errors are, and which segments got worse than they were."""
