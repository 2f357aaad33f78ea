"""How far every feature has moved from training."""
