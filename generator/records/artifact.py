"""A file of the bundle: its path inside it and its bytes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A finished file; `path` is relative to the bundle, with forward slashes."""

    path: str
    content: bytes
