"""Whether a probability means what it says."""
