"""The public holidays of a country are no working days, and a country that nobody knows is told."""

import datetime
import sys
from dataclasses import replace

import pytest

from generator.errors import EnvironmentLacks
from generator.load.checks.calendar import check
from generator.records import project as p
from generator.subjects.calendar._workdays import obstacle
from tests.subjects import case

Date = datetime.date


def calendar(country: str | None, region: str | None = None) -> p.Settings:
    return replace(case.project().settings, calendar=p.Calendar(country=country, region=region))


@pytest.mark.parametrize(
    ("country", "region", "day", "why"),
    [
        ("US", None, Date(2026, 11, 26), "holiday: Thanksgiving Day"),
        ("US", None, Date(2026, 11, 25), ""),
        ("US", "IL", Date(2026, 2, 12), "holiday: Lincoln's Birthday"),
        ("DE", None, Date(2027, 5, 6), "holiday: Ascension Day"),
    ],
)
def test_a_public_holiday_is_no_working_day(country: str, region: str | None, day: Date, why: str) -> None:
    assert obstacle(day, calendar(country, region).calendar, release=False) == why


@pytest.mark.parametrize(
    ("country", "region", "what"),
    [
        ("U", None, "is 'U', which is no country known"),
        ("US", "Illinois", "is 'Illinois', which is no region known of US"),
        (None, "IL", "is 'IL' without a country"),
    ],
)
def test_what_nobody_knows_is_told(country: str | None, region: str | None, what: str) -> None:
    (complaint,) = check(calendar(country, region))
    assert complaint.what == what
    assert not list(check(calendar("US", "IL"))) and not list(check(calendar(None)))


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(EnvironmentLacks, match="needs the package"):
        list(check(calendar("US")))
