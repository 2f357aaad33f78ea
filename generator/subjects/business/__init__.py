"""What the system is worth: loss and value in money, the first year, adoption, and what if."""
