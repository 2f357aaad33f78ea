"""What there is: rows, reference, model file, declarations, sample requests, and this build itself."""
