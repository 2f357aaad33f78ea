"""Takes some values of a column that nobody has described, gives the forms of a closed list in which all are dates."""

import datetime
import re
from collections.abc import Collection, Iterable, Mapping

FORMS = {
    "DD/MM/YYYY": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})",
    "MM-DD-YYYY": r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4})",
    "DD/MM/YYYY HH:mm": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}) \d{1,2}:\d{2}",
    "MM/DD/YYYY HH:mm": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}) \d{1,2}:\d{2}",
    "DD/MM/YYYY HH:mm:ss": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}) \d{1,2}:\d{2}:\d{2}",
    "MM/DD/YYYY HH:mm:ss": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}) \d{1,2}:\d{2}:\d{2}",
    "YYYYMMDD": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "YYYY-MM": r"(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})",
    "MM/YYYY": r"(?P<m>\d{1,2})/(?P<y>(?:19|20)\d{2})",
    "YYYYMM": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})",
}
"""How times are written → the pattern of a text that is written so; ISO 8601 and DD.MM.YYYY need no form."""
BY_NAME = {"YYYYMM": re.compile(r"month|period|yyyymm|date", re.IGNORECASE)}
"""Forms that other numbers look like: the column's name has to say that it is one."""
ALWAYS = (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})")
"""Patterns of days that need no form."""
DAY = 12


def forms_of(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the forms in which every value is a date; more than one where day and month cannot be told apart."""
    texts = {value.strip().removesuffix(".0") for value in values} - {""}
    if not texts:
        return ()
    fitting = (form for form, pattern in FORMS.items() if all(_is_date(pattern, text) for text in texts))
    return tuple(form for form in fitting if form not in BY_NAME or BY_NAME[form].search(name))


def days_of(name: str, texts: Collection[str]) -> Mapping[str, datetime.date]:
    """Return the day of every text of a column, in the first form in which all are days; nothing without one."""
    patterns = (*ALWAYS, *(FORMS[form] for form in forms_of(name, texts)))
    found = next((one for one in patterns if all(_is_date(one, text.strip()) for text in texts)), None)
    read = {text: re.fullmatch(found, text.strip()) for text in texts} if found else {}
    return {text: datetime.date(*(_part(one, part) for part in "ymd")) for text, one in read.items() if one}


def witness(form: str, values: Iterable[str]) -> str:
    """Return a value that shows which part is the day: one above 12; else any."""
    found = sorted(value.strip() for value in values)
    shown = (text for text in found if (read := re.fullmatch(FORMS[form], text)) and _part(read, "d") > DAY)
    return next(shown, found[0] if found else "")


def _is_date(pattern: str, text: str) -> bool:
    read = re.fullmatch(pattern, text)
    if read is None:
        return False
    try:
        datetime.date(_part(read, "y"), _part(read, "m"), _part(read, "d"))
    except ValueError:
        return False
    return True


def _part(read: re.Match[str], name: str) -> int:
    return int(read.groupdict().get(name) or 1)
