"""The earlier and the recent days, and what changed between them."""
