"""What a team makes of the documents: its brand, documents of its own, sections that it leaves out."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Brand:
    """How the pages look."""

    logo: str | None = None
    accent: str | None = None
    font: str | None = None
    banner: str | None = None


@dataclass(frozen=True, kw_only=True)
class OwnDocument:
    """A document of the team's own; its template is `templates/documents/<id>.md.j2` beside the project file."""

    id: str
    title: str
    code: str
    audience: str | None = None


@dataclass(frozen=True, kw_only=True)
class Documents:
    """What a team adds to the documents, and what it leaves out."""

    brand: Brand = Brand()
    own: tuple[OwnDocument, ...] = ()
    leave_out: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
