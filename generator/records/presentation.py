"""What a team makes of the documents, as contents: `results.json` keeps it, and a bundle is rendered from itself."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generator.records.project.documents import OwnDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How pages look where a team says so; files stand as `data:` addresses."""

    logo: str = ""
    accent: str = ""
    font: str = ""
    banner: str = ""

    @property
    def style(self) -> str:
        """Return the rules of style that the look adds to those of a light page."""
        face = f'@font-face {{ font-family: "Team"; src: url({self.font}) }} ' if self.font else ""
        family = 'html { font-family: "Team", "Source Sans Pro", "DejaVu Sans", sans-serif } ' if self.font else ""
        return face + family + (f":root {{ --accent: {self.accent} }} " if self.accent else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Presentation:
    """Templates by their place, own documents, sections and companions left out, the look, and notes."""

    templates: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[OwnDocument, ...] = ()
    left_out: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)
    """Companions that are not made, each with the file that it would be."""
    look: Look = field(default_factory=Look)
    notes: Mapping[str, str] = field(default_factory=dict)
    """What people noted, by `document/section`."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """Yield place and SHA-256 of each template, of each note and of the files of the look."""
        parts = {f"templates/{place}": text for place, text in self.templates.items()}
        parts |= {f"notes/{place}.md": text for place, text in self.notes.items()}
        parts |= {"logo": self.look.logo, "font": self.look.font}
        for name, text in parts.items():
            if text:
                yield name, hashlib.sha256(text.encode()).hexdigest()


PLAIN = Presentation()
"""Nothing of the team's own."""
