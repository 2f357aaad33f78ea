"""The dated activities of the next twelve months, on days when they can happen."""
