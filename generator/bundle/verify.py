"""Takes the folder of a bundle; gives everything in it that is not as the program made it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.bundle._manifest import Manifest, read
from generator.bundle._reading import AGAIN, OpenedBundle, opened
from generator.bundle._target import strange
from generator.errors import Problem, Unverified
from generator.records.artifact import Artifact
from generator.records.environment import environment


def intact(folder: Path) -> OpenedBundle:
    """Return the results of a bundle whose every file is what its manifest lists, and that holds nothing else.

    Raises InputError where there is no bundle, Unverified with every file that was changed, added or removed.
    """
    manifest = read(folder) if folder.is_dir() else None
    found = () if manifest is None else tuple(_breaches(folder, manifest))
    if found:
        raise Unverified(found[0].what, problems=found)
    return opened(folder)


def _breaches(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Yield each file that is not as listed, in the order of their paths; the manifest among them."""
    wrong = dict(strange(folder, manifest))
    wrong |= {path: f"{path} is missing" for path in manifest.files if not (folder / path).exists()}
    for path in sorted(wrong):
        yield Problem(what=wrong[path], where=str(folder / path), hint=AGAIN)


def check_made(found: OpenedBundle, made: Iterable[Artifact], folder: Path) -> None:
    """Raise Unverified with every file that is not what the results of the bundle give."""
    digests = {file.path: hashlib.sha256(file.content).hexdigest() for file in made}
    other = sorted(
        path for path in {*digests, *found.manifest.files} if digests.get(path) != found.manifest.files.get(path)
    )
    if other:
        hint = _hint(found.manifest.facts)
        problems = (Problem(what=_words(path, digests, found), where=str(folder / path), hint=hint) for path in other)
        raise Unverified(f"{other[0]} is not what the results give", problems=tuple(problems))


def _words(path: str, made: Mapping[str, str], found: OpenedBundle) -> str:
    if path not in made:
        return f"{path} is none of the files that the results give"
    return (
        f"{path} is not what the results give" if path in found.manifest.files else f"{path} is missing, by the results"
    )


def _hint(facts: Mapping[str, Any]) -> str:
    """Return what a difference can come from: another installation, or else somebody's hand."""
    try:
        there, here = facts["environment"], environment()
        kept = {name: version for name, version in there["packages"].items() if here["packages"].get(name) != version}
        differ = [f"{name} {version}" for name, version in kept.items()]
        if there["commit"] != here["commit"]:
            differ.append(f"the program at commit {there['commit']}")
    except (KeyError, TypeError, AttributeError):
        differ = []
    if not differ:
        return AGAIN
    return f"verify with what it was made by ({', '.join(differ)}), else this proves nothing; or build it again"
