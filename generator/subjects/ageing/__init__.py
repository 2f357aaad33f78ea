"""How the model ages, and what a refit gains."""
