"""Lines of `records.jsonl`: what became of a version, a control, a drill, a condition; when, by whom, and the proof."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.records.approval import DECISIONS

PLAIN = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
FILE = "records.jsonl"
ROLE = "records"
"""What an input is called that is the records a build knew; its digest is of these lines alone, in their order."""
VERSION, TRAFFIC = "version", "traffic"
APPROVAL = "approval"
"""The kind of record that `dossier sign` writes; it is about a role."""
ABOUT: dict[str, tuple[str, ...]] = {
    "state": (VERSION,),
    TRAFFIC: (VERSION,),
    "control": ("monitoring", "alerts", "rollback", "contract", "fallback", "on_call"),
    "drill": ("rollback",),
    "condition": (),
    APPROVAL: (),
}
"""By kind, what it can be about; of a condition any id, of an approval any role."""
STATES: dict[str, tuple[str, ...]] = {
    "state": ("candidate", "shadow", "canary", "in_service", "retired"),
    "control": ("specified", "built", "tested", "live"),
    "drill": ("held",),
    "condition": ("closed", "open"),
    APPROVAL: DECISIONS,
}
"""Of the traffic any share, such as 0.1 or 10%."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One line: that something is in a state since a day, who says so, and the file that shows it."""

    kind: str
    about: str
    state: str
    version: str
    date: datetime.date
    who: str
    evidence: str
    """A path that starts at the folder of the project file."""
    sha256: str
    """Digest of the evidence on the day it was recorded."""
    line: int = 0

    @property
    def place(self) -> str:
        """Return file and line."""
        return f"{FILE}:{self.line}"

    @property
    def text(self) -> str:
        """Return the line as the program writes it, without its end."""
        plain = {name: getattr(self, name) for name in KEYS}
        return json.dumps(plain | {"date": self.date.isoformat()}, ensure_ascii=False)


def share_of(text: str) -> float | None:
    """Return the share of the traffic that a record names; None where it names none."""
    number, percent = text.removesuffix("%").strip(), text.endswith("%")
    if not PLAIN.fullmatch(number):
        return None
    share = float(number) / (100 if percent else 1)
    return share if 0 < share <= 1 else None


KEYS = ("kind", "about", "state", "version", "date", "who", "evidence", "sha256")
"""The keys of a line, in their order."""


def latest(records: Iterable[Record], kind: str) -> dict[str, Record]:
    """Return by what it is about the newest record of a kind; of one day's that of the last line."""
    own = (one for one in records if one.kind == kind)
    return {one.about: one for one in sorted(own, key=lambda one: (one.date, one.line))}


def closed_by(records: Iterable[Record]) -> dict[str, Record]:
    """Return by its id each condition that records close."""
    return {id: one for id, one in latest(records, "condition").items() if one.state == "closed"}


def digest(records: Iterable[Record]) -> str:
    """Return the SHA-256 of lines as the program writes them: that of the file where they are all of it."""
    return hashlib.sha256("".join(f"{one.text}\n" for one in records).encode()).hexdigest()
