"""Pure statistics on arrays and counts: every function takes numbers and gives numbers."""
