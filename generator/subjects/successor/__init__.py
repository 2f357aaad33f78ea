"""What a new version changes against the one before it, on the same rows, and whether it may take its place."""
