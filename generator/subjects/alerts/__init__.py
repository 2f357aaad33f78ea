"""Alert rules and their ladder: what each level does, costs and sees, its query, and what engineers build."""
