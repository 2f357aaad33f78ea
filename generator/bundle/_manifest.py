"""Takes the files of a bundle and what they were made from and gives `manifest.json`; reads such a file again."""

import hashlib
import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.records.artifact import Artifact
from generator.records.environment import DISTRIBUTION

NAME = "manifest.json"
SCHEMA_VERSION, FIRST = 2, 1
"""The first had no digest of its own."""
LARGEST = 50_000_000
"""Bytes of a manifest, at most; one of a bundle has some ten thousand."""
OWN = "manifest_sha256"
"""Key of the digest of all other keys: an edited manifest tells so itself."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a manifest says: SHA-256 by path, the rest as it stands there, and the digest of its bytes."""

    files: Mapping[str, str]
    facts: Mapping[str, Any]
    sha256: str
    whole: bool
    """Whether its own digest is that of its contents."""


def manifest(files: Iterable[Artifact], facts: Mapping[str, Any]) -> Artifact:
    """Return the manifest: `facts`, then every file with size and sha256, in the order of their paths."""
    listed = {
        file.path: {"bytes": len(file.content), "sha256": hashlib.sha256(file.content).hexdigest()}
        for file in sorted(files, key=lambda file: file.path)
    }
    content = {"schema_version": SCHEMA_VERSION, **facts, "files": listed}
    text = json.dumps({**content, OWN: _own(content)}, indent=1, ensure_ascii=False, allow_nan=False)
    return Artifact(path=NAME, content=f"{text}\n".encode())


def read(folder: Path) -> Manifest | None:
    """Return the manifest in a folder; None where there is none, or where it is not this program's."""
    try:
        found = (folder / NAME).lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            return None
        content = (folder / NAME).read_bytes()
        facts = json.loads(content)
        if not facts["tool"].startswith(DISTRIBUTION) or not isinstance(facts["schema_version"], int):
            return None
        files = {str(path): str(each["sha256"]) for path, each in facts["files"].items()}
        said = facts.pop(OWN, None)
        whole = said == _own(facts) or (said is None and facts["schema_version"] == FIRST)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Manifest(files=files, facts=facts, sha256=hashlib.sha256(content).hexdigest(), whole=whole)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file; an empty text for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _own(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
