"""When and how to go back to the previous version."""
