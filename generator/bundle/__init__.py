"""Takes finished files and a target folder and gives the bundle: complete and in one step, or not at all."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.bundle._manifest import Manifest as Manifest
from generator.bundle._manifest import manifest as manifest
from generator.bundle._manifest import read as read
from generator.bundle._reading import OpenedBundle as OpenedBundle
from generator.bundle._reading import listed as listed
from generator.bundle._reading import opened as opened
from generator.bundle._reading import printable as printable
from generator.bundle._target import check_target as check_target
from generator.bundle._target import leaving as leaving
from generator.bundle._write import replaced as replaced
from generator.bundle._write import written as written
from generator.bundle.approvals import check_unsigned as check_unsigned
from generator.records.artifact import Artifact


def bundle(artifacts: Iterable[Artifact], target: Path, facts: Mapping[str, Any]) -> Path:
    """Write every file and `manifest.json` into a fresh folder and put it in the place of `target`.

    `facts` opens the manifest: project, model version, as-of date, digests of inputs and templates, versions.
    Whatever goes wrong before the last step leaves an earlier bundle as it was and nothing beside it.
    """
    files = tuple(artifacts)
    return replaced(target, (*files, manifest(files, facts)))
