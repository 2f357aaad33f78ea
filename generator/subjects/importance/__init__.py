"""What the model listens to, and what training knew of it."""
