"""Takes a country and a year, gives its public holidays; the library of them is an extra."""

import datetime
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from generator.errors import EnvironmentLacks

HINT = 'pip install "deployment-dossier[calendar]", or list the days under calendar.holidays'


def countries() -> Mapping[str, tuple[str, ...]]:
    """Return the regions of every country that is known, by its code of two letters."""
    try:
        import holidays
    except ModuleNotFoundError:
        raise EnvironmentLacks("calendar.country needs the package `holidays`", hint=HINT) from None
    return {code: tuple(regions) for code, regions in holidays.list_supported_countries().items()}


@lru_cache(maxsize=64)
def public_holidays(country: str, region: str | None, year: int) -> Mapping[datetime.date, str]:
    """Return the public holidays of a year with their names in English, where the library has them."""
    import holidays

    found = holidays.country_holidays(country, subdiv=region, years=year, expand=False, language="en_US")
    return MappingProxyType(dict(found.items()))
