"""Takes the folder of a bundle and gives its results, once they are what its manifest says."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.bundle._manifest import NAME, Manifest, read
from generator.bundle.identity import said_of, template_digests
from generator.bundle.results import read_results
from generator.errors import InputError, TemplateError, Unverified
from generator.records.environment import environment
from generator.records.files import MEGABYTE, read_file
from generator.records.named import results_file
from generator.records.results import Results

RESULTS = "results.json"
LARGEST = 500 * MEGABYTE
REBUILD = "build it again (dossier build PROJECT), or use the program that made it"
AGAIN = "take the bundle from where it was built, or build it again"


@dataclass(frozen=True, kw_only=True)
class OpenedBundle:
    """The results of a bundle, and its manifest, whose SHA-256 stands for all of it."""

    results: Results
    manifest: Manifest
    content: bytes
    """The bytes that the results were read from."""


def opened(folder: Path) -> OpenedBundle:
    """Return the results in a folder.

    Raises InputError where there is no bundle, Unverified when its results are not those that its manifest lists.
    """
    file = results_file(folder)
    found = read(folder)
    if found is None or not found.whole:
        wrong = "was changed after the bundle was made" if found else "is missing, or is none of this program's"
        raise Unverified(f"{NAME} {wrong}", where=str(folder / NAME), hint=AGAIN)
    content = listed(folder, RESULTS, found)
    results = read_results(content)
    _check_same(said_of(results), found.facts, file)
    return OpenedBundle(results=results, manifest=found, content=content)


@contextmanager
def printable(found: OpenedBundle, folder: Path) -> Iterator[None]:
    """Raise InputError where the results of another state of the program lack what this one prints."""
    try:
        yield
    except (TemplateError, LookupError) as error:
        if _is_of_this_program(found.manifest.facts):
            raise
        lacks = error.problems[0].what if isinstance(error, TemplateError) else f"no {error}"
        what = f"the bundle is not of this state of the program, which prints what its results lack: {lacks}"
        raise InputError(what, where=str(folder / RESULTS), hint=REBUILD) from error


def _is_of_this_program(facts: Mapping[str, Any]) -> bool:
    there, here = facts.get("environment"), environment()
    commit = there.get("commit") if isinstance(there, dict) else None
    return facts.get("templates") == template_digests() and commit == here["commit"]


def listed(folder: Path, name: str, manifest: Manifest) -> bytes:
    """Return the bytes of a file of a bundle; raises Unverified when they are not those that the manifest lists."""
    file = folder / name
    if not file.exists():
        raise Unverified(f"{name} is missing", where=str(file), hint=AGAIN)
    content = read_file(file, most=LARGEST, hint=AGAIN)
    if hashlib.sha256(content).hexdigest() != manifest.files.get(name):
        raise Unverified(f"{name} was changed after the bundle was made", where=str(file), hint=AGAIN)
    return content


def _check_same(results: Mapping[str, Any], manifest: Mapping[str, Any], file: Path) -> None:
    """Raise Unverified when results and manifest tell of different bundles: then one of them was forged."""
    for key, value in results.items():
        if manifest.get(key) != value:
            what = f"{RESULTS} and {NAME} do not belong together: they differ in {key}"
            raise Unverified(what, where=str(file), hint=AGAIN)
