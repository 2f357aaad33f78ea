"""Takes a project and its ledger, gives who and what a bundle is: header, folder, the manifest's first lines."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import __version__
from generator.records import places
from generator.records.environment import DISTRIBUTION, environment
from generator.records.ledger import Ledger
from generator.records.presentation import PLAIN, Presentation
from generator.records.project import Project
from generator.records.results import Header, Input, Results


def header(project: Project, ledger: Ledger, presentation: Presentation = PLAIN) -> Header:
    """Return the header of all documents; its digest stands for inputs, templates and the program's version."""
    settings = project.settings
    inputs = (
        *(Input(role=s.role, name=s.name, sha256=s.sha256, rows=s.rows) for s in ledger.sources),
        *(Input(role="document", name=name, sha256=sha256) for name, sha256 in presentation.digests()),
    )
    digest = hashlib.sha256(
        json.dumps([[i.role, i.sha256] for i in inputs] + [template_digests(), __version__]).encode()
    ).hexdigest()
    return Header(
        project=settings.project.name,
        title=settings.project.title or settings.project.name,
        model=settings.model.name,
        version=settings.model.version,
        as_of=ledger.as_of,
        currency=settings.project.currency,
        simulated=settings.data.simulated,
        classification=settings.project.classification,
        inputs=inputs,
        digest=digest,
        tool=f"{DISTRIBUTION} {__version__}",
    )


def bundle_folder(project: Project, as_of: datetime.date) -> Path:
    """Return where a bundle goes when the caller names no place."""
    return version_folder(project, project.settings.model.version) / as_of.isoformat()


def version_folder(project: Project, version: str) -> Path:
    """Return where the bundles of a version go, one a day."""
    return Path("output", project.settings.project.name, version)


def said_of(results: Results) -> dict[str, Any]:
    """Return what the manifest repeats of the results: identity, clock, verdict and the digests of the inputs."""
    head = results.header
    return {
        "project": head.project,
        "model": {"name": head.model, "version": head.version},
        "as_of": head.as_of.isoformat(),
        "verdict": results.verdict,
        "digest": head.digest,
        "tool": head.tool,
        "inputs": [{"role": i.role, "name": i.name, "sha256": i.sha256, "rows": i.rows} for i in head.inputs],
    }


def manifest_facts(results: Results, templates: Mapping[str, str], origin: str | None = None) -> dict[str, Any]:
    """Return what opens the manifest; `origin` is the digest of the manifest whose results were rendered again."""
    rendered = {"rendered_from": origin} if origin else {}
    return {**said_of(results), **rendered, "templates": dict(templates), "environment": environment()}


def template_digests() -> dict[str, str]:
    """Return the SHA-256 of every template by its path."""
    root = places.templates()
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
