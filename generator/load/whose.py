"""A bundle's folder and the name of its project → the folder of that project, found where it is likely to be."""

from collections.abc import Iterator
from pathlib import Path

from generator.errors import InputError
from generator.load.text import decode, read
from generator.load.tree import Branch, Leaf, parse
from generator.records.named import PROJECT, project_file

BELOW = ("", "*/", "*/*/")
"""How deep below the working directory projects are looked for."""


def project_of(bundle: Path, name: str, named: Path | None = None) -> Path | None:
    """Return the project that is named, else one above the bundle, around or below here, if it has that name.

    Raises InputError for a project of another name, and where two have it.
    """
    if named is not None:
        file = project_file(named)
        if _name(file) != name:
            hint = f"name the folder of the project {name}"
            raise InputError(f"the bundle is of {name}, not of {_name(file)}", where=str(file), hint=hint)
        return file.parent
    found = projects_of(bundle, name)
    if len(found) > 1:
        listed = " and ".join(sorted(map(str, found)))
        raise InputError(f"two projects are called {name}: {listed}", hint="say which: --project DIR")
    return next(iter(found), None)


def projects_of(bundle: Path, name: str) -> set[Path]:
    """Return the folders of projects of that name above the bundle, around or below here."""
    return {file.resolve().parent for file in _likely(bundle) if _name(file) == name}


def _likely(bundle: Path) -> Iterator[Path]:
    here = Path.cwd()
    for folder in (*bundle.resolve().parents, *here.parents):
        if (folder / PROJECT).is_file():
            yield folder / PROJECT
    for steps in BELOW:
        yield from here.glob(f"{steps}{PROJECT}")


def _name(file: Path) -> str:
    """Return what a project file calls its project; nothing where it cannot be read."""
    try:
        node = parse(decode(read(file), str(file)), str(file))[0]
    except InputError:
        return ""
    below = {entry.key: entry.node for entry in node.entries}.get("project")
    name = {entry.key: entry.node for entry in below.entries}.get("name") if isinstance(below, Branch) else None
    return str(name.value) if isinstance(name, Leaf) else ""
