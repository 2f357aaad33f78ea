"""Takes the PDFs of a bundle, and one that came back or a key; gives one with a line filled in, and what it says."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator.bundle.approvals import Approval
from generator.errors import InputError
from generator.follow import _pades
from generator.records.approval import LOCKED, Decision, Returned, Statement, field_name
from generator.records.files import MEGABYTE, read_file
from generator.render import stamps

LARGEST = 100 * MEGABYTE
SAVE = "let it be filled in and saved, not printed or converted: what was there stays, and the rest is put behind it"
WORDS: Mapping[str, Decision] = {
    "approve": "approve",
    "approved": "approve",
    "yes": "approve",
    "conditions": "conditions",
    "with conditions": "conditions",
    "approve with conditions": "conditions",
    "approved with conditions": "conditions",
    "reject": "reject",
    "rejected": "reject",
    "no": "reject",
}
"""What people write under Decision."""


@dataclass(frozen=True, kw_only=True)
class Pdf:
    """A PDF of the bundle with what was put behind it."""

    name: str
    base: bytes
    content: bytes
    line: int
    """The line of the block to sign that is meant."""

    @property
    def returned(self) -> Returned:
        """Return what a statement says of it."""
        return Returned(
            file=self.name,
            sha256=hashlib.sha256(self.content).hexdigest(),
            line=self.line,
            bytes=len(self.base),
            begins=hashlib.sha256(self.base).hexdigest(),
        )


def came_back(file: Path, pdfs: Mapping[str, bytes], line: int) -> Pdf:
    """Return a PDF that came back; raises InputError for one that says more, or less, than a line filled in."""
    content, where = read_file(file, most=LARGEST), str(file)
    found = next(((name, base) for name, base in pdfs.items() if content.startswith(base)), None)
    if found is None:
        raise InputError("the file does not begin with a PDF of this bundle", where=where, hint=SAVE)
    pdf = Pdf(name=found[0], base=found[1], content=content, line=line)
    if content == pdf.base:
        raise InputError("nothing was put into the PDF", where=where, hint=SAVE)
    if not _pades.only_filled(content):
        raise InputError("more was changed in the PDF than its fields to fill in and to sign", where=where, hint=SAVE)
    for one in _pades.signatures(content):
        if one.wrong:
            raise InputError(f"the signature of {one.name} does not hold: {one.wrong}", where=where, hint=SAVE)
    return pdf


def said_in(pdf: Pdf, decision: Decision | None, conditions: str, file: Path) -> tuple[Decision, str]:
    """Return decision and conditions of a line; raises InputError where it says none, or another than was given."""
    texts = _pades.filled(pdf.content)
    written, term = (texts.get(field_name(pdf.line, each), "").strip() for each in ("decision", "conditions"))
    read = WORDS.get(written.casefold().rstrip(".!"))
    where, hint = f"{file}, line {pdf.line} of the sign-off", "write approve, conditions or reject under Decision"
    if written and read is None:
        raise InputError(f"the decision {written!r} is none that is known", where=where, hint=hint)
    if read is None and not any(
        one.field == field_name(pdf.line, "signature") for one in _pades.signatures(pdf.content)
    ):
        raise InputError("the line is neither filled in nor signed", where=where, hint=hint)
    if decision and read and decision != read:
        raise InputError(f"the PDF says {read}, and you say {decision}", where=where, hint="leave out --decision")
    if conditions and term and conditions != term:
        raise InputError("the PDF says other conditions than you do", where=where, hint="leave out --conditions")
    final = read or decision
    if final is None:
        raise InputError("the line says no decision", where=where, hint="say it: --decision approve|conditions|reject")
    return final, term or conditions


def to_sign(pdfs: Mapping[str, bytes], line: int, known: Iterable[Approval]) -> Pdf:
    """Return the PDF that has a line to sign, with what others have signed in it already."""
    for name, base in pdfs.items():
        if field_name(line, "signature") in _pades.boxes(base):
            signed = [one.pdf for one in known if one.pdf.startswith(base)]
            return Pdf(name=name, base=base, content=signed[-1] if signed else base, line=line)
    hint = "make it with --format pdf and the executive summary, or sign with a key of SSH: --ssh-key FILE"
    raise InputError(f"no PDF of the bundle has line {line} of a sign-off to sign", hint=hint)


def sealed(pdf: Pdf, statement: Statement, key: bytes, password: str) -> Pdf:
    """Return the PDF with its line filled in by a statement and signed."""
    boxes = _pades.boxes(pdf.content)
    values = {"decision": statement.decision, "conditions": statement.conditions, "date": statement.time[:10]}
    texts = [*((values[each], each) for each in LOCKED), (statement.name, "signature")]
    drawn = stamps([(text, *boxes[field_name(pdf.line, each)]) for text, each in texts])
    return replace(pdf, content=_pades.signed(pdf.content, pdf.line, values, drawn, key, password, statement.reason))
