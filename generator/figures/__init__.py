"""Results in, SVG text out: one figure a file; matplotlib is known here alone."""
