"""Compile deployment documents from a project file, a model, training statistics and production rows."""

__version__ = "0.1.0"
