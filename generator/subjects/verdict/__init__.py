"""Gates, conditions and the verdict."""
