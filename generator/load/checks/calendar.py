"""Settings → a country or a region whose public holidays nobody knows."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from generator.load.complaint import Complaint
from generator.records.project import Settings
from generator.records.public_holidays import countries


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for a code that the library of holidays does not know, or where it is not there."""
    country, region = settings.calendar.country, settings.calendar.region
    if country is None:
        if region is not None:
            yield Complaint(("calendar", "region"), f"is {region!r} without a country", "declare `calendar.country`")
        return
    known = countries()
    if country not in known:
        yield Complaint(("calendar", "country"), f"is {country!r}, which is no country known", _near(country, known))
    elif region is not None and region not in known[country]:
        near = _near(region, known[country])
        yield Complaint(("calendar", "region"), f"is {region!r}, which is no region known of {country}", near)


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.upper(), sorted(known), n=3, cutoff=0.0)
    return f"write a code such as {', '.join(near)}" if near else "leave it away"
