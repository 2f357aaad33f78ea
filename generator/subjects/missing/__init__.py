"""Missing values and levels that training never saw."""
