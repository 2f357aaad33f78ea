"""What reported experiments show."""
