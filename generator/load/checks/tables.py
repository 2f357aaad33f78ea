"""Settings → signs, encodings and time formats that no file could be read by."""

import codecs
import re
from collections.abc import Iterator

from generator.load.complaint import Complaint
from generator.records.project import Settings

EPOCH = {"epoch seconds", "epoch milliseconds"}


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for everything that cannot describe a table."""
    csv, time_format = settings.data.csv, settings.data.time_format
    for key in ("delimiter", "quote"):
        sign = getattr(csv, key)
        if sign is not None and (len(sign) != 1 or sign in "\r\n" or sign.isalnum()):
            what = f"is {sign[:20]!r}, which is not one sign"
            yield Complaint(("data", "csv", key), what, 'write one sign, such as ";" or a tab as "\\t"')
    if csv.thousands == csv.decimal:
        yield Complaint(
            ("data", "csv", "thousands"),
            f"is {csv.thousands!r}, which is the decimal sign already",
            "declare the two as they differ, such as `decimal: ','` and `thousands: '.'`",
            (("data", "csv", "decimal"),),
        )
    if not _is_encoding(csv.encoding):
        what = f"is {csv.encoding[:40]!r}, which is no known encoding of text"
        yield Complaint(("data", "csv", "encoding"), what, "write a name such as utf-8, windows-1252 or utf-16")
    if time_format is not None and time_format not in EPOCH and not _is_format(time_format):
        yield Complaint(
            ("data", "time_format"),
            f"is {time_format[:40]!r}, which does not say where year, month and day stand",
            "write YYYY, MM (or MMM for Jan) and DD (and HH, mm, ss), such as MM/DD/YYYY, or `epoch seconds`,"
            " `epoch milliseconds`",
        )


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
        return codecs.lookup(name).name != "idna"
    except (LookupError, ValueError):
        return False


def _is_format(text: str) -> bool:
    """Return whether a form says where the year stands, the month if the day, and holds no other letters."""
    left = text
    for part in ("YYYY", "YY", "MMM", "MM", "DD", "HH", "mm", "ss"):
        left = left.replace(part, "", 1)
    whole = "YY" in text and ("MM" in text or not re.search("[DHms]", text)) and ("DD" in text or "HH" not in text)
    return whole and not re.search("[A-SU-Za-z%]", left)
