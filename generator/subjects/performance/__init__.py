"""How large the errors are, over time, and beside other models."""
