"""Settings → names, ids, codes and addresses that cannot stand in a file name, an anchor or a link."""

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo, available_timezones

from generator.load.complaint import Complaint, Path, repeated
from generator.load.keys import nearest
from generator.records.project import Settings

FILE_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?")
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
CURRENCY = re.compile("[A-Z]{3}")
RESERVED = re.compile("(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s@]+@)\S*")


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every name that the outside world would not take."""
    yield from _file_part(("project", "name"), settings.project.name)
    yield from _file_part(("model", "version"), settings.model.version)
    yield from _codes(settings)
    for path, ids in _ids(settings):
        yield from repeated(path, "id", ids)
        for number, id in enumerate(ids):
            if not SLUG.fullmatch(id):
                what = f"is {id[:80]!r}, which cannot stand in links and file names"
                yield Complaint((*path, number, "id"), what, "use letters, digits, `-` and `_`")
    address = settings.alerts.runbook_url
    if address is not None and not ADDRESS.fullmatch(address):
        yield Complaint(
            ("alerts", "runbook_url"),
            f"is {address[:80]!r}, which is no web or mail address",
            "write it in full: https://… or mailto:…",
        )


def _file_part(path: Path, name: str) -> Iterator[Complaint]:
    if not FILE_PART.fullmatch(name) or RESERVED.fullmatch(name):
        yield Complaint(
            path,
            f"is {name[:80]!r}, which cannot be part of a file name",
            "use letters, digits, `.`, `-` and `_`, 64 at most; words for people go elsewhere",
        )


def _codes(settings: Settings) -> Iterator[Complaint]:
    about = settings.project
    if not CURRENCY.fullmatch(about.currency):
        yield Complaint(
            ("project", "currency"),
            f"is {about.currency[:80]!r}, which is no currency code",
            "write the three capital letters of ISO 4217, such as EUR",
        )
    if not _is_zone(about.time_zone):
        near = nearest(about.time_zone, available_timezones())
        yield Complaint(
            ("project", "time_zone"),
            f"is {about.time_zone[:80]!r}, which is no known time zone",
            f"did you mean {near}?" if near else "write a name such as Europe/Oslo",
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _ids(settings: Settings) -> Iterator[tuple[Path, Sequence[str]]]:
    yield ("alerts", "rules"), [rule.id for rule in settings.alerts.rules]
    yield ("services",), [service.id for service in settings.services]
    yield ("retraining", "options"), [option.id for option in settings.retraining.options]
    yield ("retraining", "triggers"), [trigger.id for trigger in settings.retraining.triggers]
    yield ("rollback", "conditions"), [condition.id for condition in settings.rollback.conditions]
    yield ("risks",), [risk.id for risk in settings.risks]
    yield ("experiments",), [experiment.id for experiment in settings.experiments]
