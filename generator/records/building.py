"""What is asked of a build, and what a finished bundle is told by."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from generator.records.results import Results


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """What the caller wants of a build; empty tuples mean everything."""

    output: Path | None = None
    beside: Path = Path()
    """The folder whose `output` holds the bundle when no other place is named."""
    formats: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    as_of: datetime.date | None = None
    changes: tuple[str, ...] = ()
    """Values such as `data.time_zone=UTC` in the place of the project file's."""
    previous: Path | None = None
    """The bundle that this one follows; else it is looked for where this one goes, unless `output` is named."""
    jobs: int = 1


@dataclass(frozen=True, kw_only=True)
class Built:
    """A finished bundle: where it is, what it says, how many facts it lacks, and what its PDFs cannot draw."""

    bundle: Path
    results: Results
    gaps: int
    undrawn: tuple[str, ...]
    before: Path | None = None
    """The bundle that it was compared with."""
    stale: tuple[str, ...] = ()
    """Titles of the documents of that bundle that were not made again and no longer say what is so."""
    gone: tuple[str, ...] = ()
    """Files of the bundle whose place it took that it has not itself."""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A bundle in order: its results, how many files it has, and how many of them are documents."""

    results: Results
    files: int
    documents: int
