"""Rules on metrics, in numbers: thresholds, series, counts, messages; no plugins here."""
