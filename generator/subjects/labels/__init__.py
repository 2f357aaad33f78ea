"""How late labels are, and what is left to judge by where somebody acted."""
