"""Takes a project and the folders that builds write to, gives the newest bundle of a version, opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.bundle import listed, opened
from generator.bundle.explain import CITATIONS, contents
from generator.bundle.identity import version_folder
from generator.errors import InputError
from generator.records.project import Project
from generator.records.results import Results


@dataclass(frozen=True, kw_only=True)
class Found:
    """A bundle that is as it was built: where it lies, and its results."""

    folder: Path
    results: Results
    manifest: str
    """SHA-256 of its manifest."""
    contents: Mapping[str, str]
    """Digest of what each document says."""


def found(project: Project, version: str, named: Path | None, places: Sequence[Path]) -> Found | None:
    """Return the bundle that was named, else that of the newest day below one of the places, if there is one.

    Raises InputError when the bundle is of another project or version.
    """
    folder = named or _newest(project, version, places)
    if folder is None:
        return None
    bundle, name = opened(folder), project.settings.project.name
    results = bundle.results
    if (results.header.project, results.header.version) != (name, version):
        raise InputError(
            f"the bundle is of {results.header.project}, version {results.header.version}",
            where=str(folder),
            hint=f"name one of {name}, version {version}",
        )
    said = contents(listed(folder, CITATIONS, bundle.manifest))
    return Found(folder=folder, results=results, manifest=bundle.manifest.sha256, contents=said)


def _newest(project: Project, version: str, places: Sequence[Path]) -> Path | None:
    below = (place / version_folder(project, version) for place in places)
    bundles = [one for folder in below if folder.is_dir() for one in folder.iterdir() if _is_bundle(one)]
    return max(bundles, key=lambda one: one.name, default=None)


def _is_bundle(folder: Path) -> bool:
    return not folder.name.startswith(".") and (folder / "manifest.json").is_file()
