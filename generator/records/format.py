"""A format a document can be written in: the plugin type of `render`."""

from collections.abc import Callable
from dataclasses import dataclass

from generator.records.artifact import Artifact
from generator.records.document import Document


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """How a document becomes a file; `render` is handed the artifact of the format it `needs`, if any."""

    id: str
    title: str
    suffix: str
    render: Callable[[Document, Artifact | None], Artifact]
    needs: str | None = None
    prepare: Callable[[], object] | None = None
    """Imports what is slow to import; called once before documents are shared out to processes."""
