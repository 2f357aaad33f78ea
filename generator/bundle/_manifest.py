"""Takes the files of a bundle and what they were made from and gives `manifest.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from generator.records.artifact import Artifact

SCHEMA_VERSION = 1


def manifest(files: Iterable[Artifact], facts: Mapping[str, Any]) -> Artifact:
    """Return the manifest: `facts`, then every file with size and sha256, in the order of their paths."""
    listed = {
        file.path: {"bytes": len(file.content), "sha256": hashlib.sha256(file.content).hexdigest()}
        for file in sorted(files, key=lambda file: file.path)
    }
    content = {"schema_version": SCHEMA_VERSION, **facts, "files": listed}
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    return Artifact(path="manifest.json", content=f"{text}\n".encode())
