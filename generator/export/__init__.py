"""Machine-readable companions of the documents, one file a format, made from the same results."""

from collections.abc import Sequence
from dataclasses import replace

from generator.errors import InputError
from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.presentation import Presentation
from generator.records.results import Results


def export(results: Results, companions: Sequence[Companion]) -> tuple[Artifact, ...]:
    """Return the files of all companions that have something to say and are not left out."""
    made = (companion.export(results) for companion in companions if companion.id not in results.presentation.without)
    return tuple(artifact for artifact in made if artifact is not None)


def check_known(presentation: Presentation, companions: Sequence[Companion]) -> None:
    """Raise InputError for a companion that is left out and that there is not."""
    known = [companion.id for companion in companions] if presentation.without else []
    for id in presentation.without:
        if id not in known:
            hint = f"there are {', '.join(known)}"
            raise InputError(f"there is no companion {id[:60]!r}", where="documents.without", hint=hint)


def told_apart(results: Results, companions: Sequence[Companion]) -> Results:
    """Return the results with the file of each companion that is left out."""
    if not results.presentation.without:
        return results
    gone = [companion for companion in companions if companion.id in results.presentation.without]
    files = {companion.id: made.path if (made := companion.export(results)) else "" for companion in gone}
    return replace(results, presentation=replace(results.presentation, without=files))
