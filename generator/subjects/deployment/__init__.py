"""Pictures of what is declared of the system around the model."""
