"""How far production is from training in all features at once."""
