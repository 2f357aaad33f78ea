"""Results in a file: records of dataclass fields as JSON, and back without loss."""
