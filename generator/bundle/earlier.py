"""Takes the folder that builds write to, gives the bundle that a new one follows, and what changed since it."""

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from generator.bundle._manifest import digest_of
from generator.bundle._reading import AGAIN, listed
from generator.bundle.explain import CITATIONS
from generator.bundle.results import read_results, write_results
from generator.bundle.verify import intact
from generator.errors import InputError, Unverified
from generator.records.agenda import carried
from generator.records.change import FOLLOWS, PREVIOUS, Change, kept, said_before
from generator.records.difference import changes
from generator.records.ledger import Ledger, SourceFile
from generator.records.project import Previous, Project
from generator.records.results import Header, Results

NUMBERS = re.compile(r"(\d+)")
OF_TABLE = "table "


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A bundle that is as it was built, what its documents printed, and the digest of what each said."""

    folder: Path
    results: Results
    sha256: str
    facts: Mapping[str, frozenset[str]]
    tables: Mapping[str, frozenset[str]]
    digests: Mapping[str, str]

    @property
    def header(self) -> Header:
        """Return which version it is of, and of which day."""
        return self.results.header


def read_earlier(folder: Path, project: str) -> Earlier:
    """Return the bundle in a folder.

    Raises InputError where there is none or it is of another project, Unverified when it is not as it was built.
    """
    found = intact(folder)
    if found.results.header.project != project:
        hint = f"name a bundle of {project} with --previous"
        raise InputError(f"the bundle is of {found.results.header.project}", where=str(folder), hint=hint)
    try:
        content = json.loads(listed(folder, CITATIONS, found.manifest))
        facts = {id: _printed(content["facts"], id) for id in content["documents"]}
        tables = {id: _tables(content["facts"], id) for id in content["documents"]}
        digests = {str(id): str(digest) for id, digest in content.get("contents", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{CITATIONS} cannot be read: {error!r}", where=str(folder), hint=AGAIN) from error
    return Earlier(
        folder=folder,
        results=found.results,
        sha256=found.manifest.sha256,
        facts=facts,
        tables=tables,
        digests=digests,
    )


def before_it(project: Project, named: Path | None, output: Path | None, as_of: datetime.date | None) -> Earlier | None:
    """Return the bundle that a build of a day follows: the one named, else the newest before it in `output`."""
    about, version = project.settings.project, project.settings.model.version
    if named:
        return read_earlier(named, about.name)
    return find_earlier(output, about.name, version, as_of) if output else None


def find_earlier(output: Path, project: str, version: str, as_of: datetime.date | None) -> Earlier | None:
    """Return the newest bundle of a project before a version and day, passing by what is not as it was built.

    Without a day, the newest of another version: what a build that has not seen its rows yet can know.
    """
    limit = (as_of.isoformat() if as_of else "9", _natural(version))
    for day, number, folder in sorted(_bundles(output / project), reverse=True):
        if (day, number) < limit and (as_of or number != limit[1]):
            with suppress(InputError, Unverified):
                return read_earlier(folder, project)
    return None


def since(before: Earlier, results: Results) -> Results:
    """Return the results, as their file keeps them, with what changed since an earlier bundle among their tables.

    What moved on the calendar has a higher number there.
    """
    results = read_results(write_results(results))
    told = carried(before.results, results)
    found = (
        replace(each, printed=(*each.printed, *_printers(each, before))) for each in changes(before.results, results)
    )
    table = kept(each for each in found if each.kind not in FOLLOWS or each.printed)
    head = before.header
    named = replace(table, title=f"version {head.version} as of {head.as_of.isoformat()}")
    said = said_before(before.digests)
    return replace(told, tables={**told.tables, named.id: named, said.id: said})


def compared(ledger: Ledger, before: Earlier | None) -> Ledger:
    """Return the ledger with the earlier bundle among its sources."""
    if before is None:
        return ledger
    name = f"{before.header.version}/{before.header.as_of.isoformat()}"
    return replace(ledger, sources=(*ledger.sources, SourceFile(role=PREVIOUS, name=name, sha256=before.sha256)))


def returning(project: Project, before: Earlier | None) -> Project:
    """Return the project with the earlier version as the one to return to, where the project file names none."""
    settings = project.settings
    if before is None or settings.model.previous or before.header.version == settings.model.version:
        return project
    file = next((each for each in before.header.inputs if each.role == "model"), None)
    path = file.name if file and digest_of(Path(project.folder, file.name)) == file.sha256 else None
    previous = Previous(version=before.header.version, path=path, sha256=file.sha256 if file else None)
    model = replace(settings.model, previous=previous)
    place = f"the bundle of {before.header.version} as of {before.header.as_of.isoformat()}"
    return replace(
        project,
        settings=replace(settings, model=model),
        lines={**project.lines, "model.previous": 0},
        tables={**project.tables, "model.previous": place},
    )


def _bundles(folder: Path) -> Iterator[tuple[str, tuple[tuple[int, str], ...], Path]]:
    for manifest in folder.glob("*/*/manifest.json"):
        place = manifest.parent
        with suppress(ValueError):
            yield datetime.date.fromisoformat(place.name).isoformat(), _natural(place.parent.name), place


def _natural(version: str) -> tuple[tuple[int, str], ...]:
    """Return a version so that 1.10 comes after 1.9."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in NUMBERS.split(version) if part)


def _printed(facts: Mapping[str, Mapping[str, list[str]]], document: str) -> frozenset[str]:
    return frozenset(id for id, places in facts.items() if document in places)


def _tables(facts: Mapping[str, Mapping[str, list[str]]], document: str) -> frozenset[str]:
    places = (place for each in facts.values() for place in each.get(document, ()))
    return frozenset(place.removeprefix(OF_TABLE) for place in places if place.startswith(OF_TABLE))


def _printers(change: Change, before: Earlier) -> Iterator[str]:
    """Yield the documents that printed a change before."""
    for document, facts in before.facts.items():
        if not facts.isdisjoint(change.facts) or not before.tables[document].isdisjoint(change.tables):
            yield document
