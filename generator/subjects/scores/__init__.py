"""How well probabilities tell positives from negatives, also before the truth is known."""
