"""Designed limits beside the declared ones, and which metrics earn an alert."""
