"""Why the error changed, and what mends it."""
