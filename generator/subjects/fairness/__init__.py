"""How groups of people fare."""
