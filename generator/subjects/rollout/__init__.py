"""The stages of the rollout: how long, what each risks, when."""
