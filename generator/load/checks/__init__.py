"""The cross-checks: each takes settings and yields what does not fit; `files` looks at the disk too."""

from collections.abc import Callable, Iterator

from generator.load.checks import (
    alerts,
    business,
    calendar,
    claims,
    columns,
    documents,
    experiments,
    names,
    numbers,
    pairs,
    quality,
    references,
    segments,
    services,
    stages,
    tables,
    texts,
)
from generator.load.complaint import Complaint
from generator.records.project import Settings

CHECKS: tuple[Callable[[Settings], Iterator[Complaint]], ...] = (
    names.check,
    columns.check,
    tables.check,
    segments.check,
    alerts.check,
    quality.check,
    references.check,
    numbers.check,
    pairs.check,
    business.check,
    services.check,
    claims.check,
    experiments.check,
    documents.check,
    calendar.check,
    stages.check,
    texts.check,
)
