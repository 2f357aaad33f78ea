"""A valid project → what its team makes of the documents: templates beside the project file, the files of its brand."""

import base64
import re
from pathlib import Path

from generator.errors import InputError
from generator.load.keys import nearest
from generator.load.notes import notes
from generator.records import places
from generator.records.files import MEGABYTE, as_text
from generator.records.inputs import read_input
from generator.records.presentation import Look, Presentation
from generator.records.project import Project

FOLDERS = ("documents", "partials")
SUFFIX = ".md.j2"
MOST_TEMPLATE = MEGABYTE // 4
MOST_IMAGE = MEGABYTE // 2
KINDS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
}
STARTS = {
    "image/svg+xml": re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg\b", re.DOTALL),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "font/ttf": re.compile(rb"\x00\x01\x00\x00|true"),
    "font/otf": re.compile(rb"OTTO"),
}


def presentation(project: Project) -> Presentation:
    """Return what the team makes of the documents.

    Raises InputError for a template that nothing uses and for files of the brand that are not what they have to be.
    """
    declared = project.settings.documents
    look = Look(
        logo=_data(project, declared.brand.logo, "logo", (".svg", ".png")),
        font=_data(project, declared.brand.font, "font", (".ttf", ".otf")),
        accent=declared.brand.accent or "",
        banner=declared.brand.banner or "",
    )
    return Presentation(
        templates=_templates(project),
        documents=declared.own,
        left_out=declared.leave_out,
        without=dict.fromkeys(declared.without, ""),
        look=look,
        notes=notes(project),
    )


def _templates(project: Project) -> dict[str, str]:
    """Return the team's templates by their place: `documents/…` and `partials/…`."""
    root = Path(project.folder, "templates")
    found = {}
    for path in sorted(path for folder in FOLDERS for path in (root / folder).glob(f"*{SUFFIX}")):
        place = path.relative_to(root).as_posix()
        name = f"templates/{place}"
        found[place] = as_text(read_input(project, name, most=MOST_TEMPLATE), name)
    for document in project.settings.documents.own:
        if f"documents/{document.id}{SUFFIX}" not in found:
            where = f"{project.file}: documents.own"
            hint = f"write templates/documents/{document.id}{SUFFIX} beside the project file"
            raise InputError(f"the document {document.id!r} has no template", where=where, hint=hint)
    _all_used(project, found)
    return found


def _all_used(project: Project, found: dict[str, str]) -> None:
    """Raise InputError for a template that takes no other's place and that nothing asks for."""
    shipped = {path.relative_to(places.templates()).as_posix() for path in places.templates().rglob(f"*{SUFFIX}")}
    own = {f"documents/{document.id}{SUFFIX}" for document in project.settings.documents.own}
    for place in sorted(set(found) - shipped - own):
        if any(place in text for text in found.values()):
            continue
        near = nearest(place, (each for each in shipped if each.startswith(place.partition("/")[0])))
        hint = f"is templates/{near} meant?" if near else "name it under documents.own, or in another template"
        raise InputError("nothing uses this template", where=f"templates/{place}", hint=hint)


def _data(project: Project, name: str | None, what: str, suffixes: tuple[str, ...]) -> str:
    """Return a file of the brand as a `data:` address, empty where none is declared."""
    if name is None:
        return ""
    suffix = Path(name).suffix.lower()
    content = read_input(project, name, most=MOST_IMAGE, hint=f"a {what} lies in every page: make it smaller")
    if suffix not in suffixes or not STARTS[KINDS[suffix]].match(content):
        hint = f"name a file that is {' or '.join(each[1:].upper() for each in suffixes)}"
        raise InputError(f"this is no {what}", where=name, hint=hint)
    return f"data:{KINDS[suffix]};base64,{base64.b64encode(content).decode()}"
