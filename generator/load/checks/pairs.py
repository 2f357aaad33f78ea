"""Settings → pairs in the wrong order: windows that end before they start, low limits above high ones."""

from collections.abc import Iterator
from typing import Any

from generator.load.complaint import Complaint, Path
from generator.records.project import Settings

ORDERED = (
    ("start", "end"),
    ("low", "high"),
    ("expected_low", "expected_high"),
    ("output_low", "output_high"),
    ("value_low", "value_high"),
    ("missing_expected", "missing_alert"),
    ("missing_alert", "missing_stop"),
    ("yellow_mean_change", "critical_mean_change"),
)


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every pair whose first value is above its second."""
    for path, section in _sections(settings):
        for first, second in ORDERED:
            low, high = getattr(section, first, None), getattr(section, second, None)
            if low is not None and high is not None and low > high:
                yield Complaint(
                    (*path, second),
                    f"is {high}, which lies before `{first}`, {low}",
                    "exchange the two, or correct one",
                )


def _sections(settings: Settings) -> Iterator[tuple[Path, Any]]:
    data = settings.data
    yield ("data", "training"), data.training
    yield ("data", "validation"), data.validation
    yield ("objectives",), settings.objectives
    yield ("business",), settings.business
    yield ("policies", "drift"), settings.policies.drift
    lists: tuple[tuple[Path, tuple[Any, ...]], ...] = (
        (("data", "features"), data.features),
        (("objectives", "metrics"), settings.objectives.metrics),
        (("calendar", "freezes"), settings.calendar.freezes),
    )
    for path, items in lists:
        for number, item in enumerate(items):
            yield (*path, number), item
