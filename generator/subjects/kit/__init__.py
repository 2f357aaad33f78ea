"""What rooms share to look up and to print facts; no plugins here."""
