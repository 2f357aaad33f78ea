"""`dossier verify`: a bundle → whether every file of it is what was built, and whether it still holds today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import typer

from generator.cli.options import AsJson, BundlePath, Jobs, Quiet, processors
from generator.cli.progress import progress, silenced
from generator.cli.report import plain_text, reported

if TYPE_CHECKING:
    from generator.pipeline import Verified

VALID = "calendar.valid_until"


def verify(bundle: BundlePath, jobs: Jobs = None, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Tell whether a bundle is what was built.

    Nothing may be changed, added, removed or forged: every file is held against the manifest, and every document
    against what results.json gives when it is made again. Exit code 4 names all that is not in order. That the papers
    have run out is said, and is no failure.
    """
    with reported(as_json), silenced(quiet):
        from generator import pipeline
        from generator.catalog import CATALOG

        found = pipeline.verify(bundle, CATALOG, progress(quiet), jobs=jobs or processors())
        typer.echo(json.dumps(_plain(found), indent=2) if as_json else plain_text(_lines(found)))


def _plain(found: Verified) -> dict[str, object]:
    until = _until(found)
    return {
        "files": found.files,
        "documents": found.documents,
        "verdict": found.results.verdict,
        "valid_until": until.isoformat() if until else None,
        "stale": until is not None and until < date.today(),
    }


def _lines(found: Verified) -> Iterator[str]:
    yield f"files: {found.files} of {found.files} are what the manifest lists, and there is no other"
    yield f"documents: {found.documents} of {found.documents} are what results.json gives"
    if (until := _until(found)) is None:
        yield "valid until: not said"
    elif (late := (date.today() - until).days) > 0:
        yield f"valid until: {until.isoformat()}, {late} days ago: build it again on newer rows"
    else:
        yield f"valid until: {until.isoformat()}"


def _until(found: Verified) -> date | None:
    fact = found.results.facts.get(VALID)
    return fact.value if fact and isinstance(fact.value, date) else None
