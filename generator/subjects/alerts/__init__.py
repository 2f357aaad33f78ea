"""Alert rules: what each level does, costs and sees, its query, its sheet, and what engineers build."""
