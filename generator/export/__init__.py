"""Machine-readable companions of the documents, one file a format, made from the same results."""

from __future__ import annotations

from collections.abc import Sequence

from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results


def export(results: Results, companions: Sequence[Companion]) -> tuple[Artifact, ...]:
    """Return the files of all companions that have something to say."""
    made = (companion.export(results) for companion in companions)
    return tuple(artifact for artifact in made if artifact is not None)
