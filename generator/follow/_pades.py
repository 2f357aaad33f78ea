"""Takes a PDF with a block to sign; reads its fields, signs it, and says who signed and what was changed since.

The one module that knows pyHanko. Nothing here asks the network.
"""

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import pem
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import AnnotAppearances, PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from generator.errors import InputError
from generator.records.approval import LOCKED, REASON, field_name


def _policy(in_place: bool) -> StandardDiffPolicy:
    rules = (SigFieldModificationRule, GenericFieldModificationRule)
    return StandardDiffPolicy(
        global_rules=DEFAULT_DIFF_POLICY.global_rules,
        form_rule=FormUpdatingRule(
            field_rules=[each(allow_in_place_appearance_stream_changes=in_place) for each in rules]
        ),
    )


RETURNED, SIGNED = _policy(True), _policy(False)
"""What may be put behind a file that is sent out, and behind one that is signed: fields filled in, and signed; no new
ones. Some programs draw what is filled in over what was there; over what is signed nobody may."""
FILLED = ModificationLevel.FORM_FILLING
OUTSIDE = "/2.0"
"""The version of PDF that some keys need, and PDF/A-3 does not know."""
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """A signature inside a PDF: its field, whose it is by the certificate, and what is wrong with it."""

    field: str
    name: str
    mails: tuple[str, ...]
    reason: str
    by_us: bool
    """Whether this program made it, which says in the reason what it is for."""
    vouched: bool
    """Whether one of the roots given vouches for the certificate."""
    wrong: str


def filled(content: bytes) -> dict[str, str]:
    """Return the texts of the fields of a PDF, by their names; raises InputError for what is no PDF."""
    return {name: str(field["/V"]) for name, field in _fields(_reader(content)) if isinstance(field.get("/V"), str)}


def boxes(content: bytes) -> dict[str, tuple[float, float]]:
    """Return width and height of each field of a PDF, in points."""
    edges = {name: [float(edge) for edge in field["/Rect"]] for name, field in _fields(_reader(content))}
    return {name: (round(right - left, 3), round(top - low, 3)) for name, (left, low, right, top) in edges.items()}


def only_filled(content: bytes) -> bool:
    """Say whether a file adds nothing to the first revision that is in it but fields filled in, and signed."""
    found = RETURNED.review_file(_reader(content), 0)
    return not isinstance(found, SuspiciousModification) and found.modification_level <= FILLED


def signatures(content: bytes, roots: Sequence[bytes] = (), day: datetime | None = None) -> tuple[Signature, ...]:
    """Return the signatures in a PDF, in their order; `roots` are certificates in PEM or DER, `day` when they held."""
    trusted = [one for root in roots for one in _certificates(root)]
    return tuple(_checked(one, trusted, day) for one in _reader(content).embedded_regular_signatures)


def signed(
    content: bytes, line: int, values: Mapping[str, str], drawn: bytes, key: bytes, password: str, reason: str
) -> bytes:
    """Return the PDF with the fields of a line filled in, and signed; what was there is its beginning.

    `drawn` has a page for each value, and one for the signature. Raises InputError for a key that does not open.
    """
    signer = _signer(key, password)
    pages = PdfFileReader(io.BytesIO(drawn))
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    fields = dict(_fields(writer))
    for place, name in enumerate(LOCKED):
        field = fields[field_name(line, name)]
        field["/V"] = generic.pdf_string(values[name])
        appearance = writer.import_page_as_xobject(pages, page_ix=place)
        field["/AP"] = AnnotAppearances(appearance).as_pdf_object()
        writer.update_container(field)
    meta = PdfSignatureMetadata(
        field_name=field_name(line, "signature"),
        reason=reason,
        name=_owner(signer.signing_cert),
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )
    style = StaticStampStyle(background=_Page(pages, len(LOCKED)), border_width=0, background_layout=WHOLE)
    written = io.BytesIO()
    try:
        PdfSigner(meta, signer, stamp_style=style).sign_pdf(writer, existing_fields_only=True, output=written)
    except (SigningError, PdfError) as error:
        raise InputError(f"the PDF cannot be signed: {error}", hint="has this line been signed already?") from error
    return written.getvalue()


def owner(key: bytes, password: str) -> tuple[str, tuple[str, ...]]:
    """Return the name and the addresses in the certificate of a key; raises InputError for one that does not open."""
    certificate = _signer(key, password).signing_cert
    return _owner(certificate), tuple(_mails(certificate))


def outside(content: bytes) -> bool:
    """Say whether a PDF calls itself of a version that PDF/A-3 does not know."""
    return bool(_reader(content).root.get("/Version", "") == OUTSIDE)


WHOLE = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, margins=Margins(0, 0, 0, 0))


class _Page(PdfContent):
    """A page of another PDF, to be drawn in a field."""

    def __init__(self, pages: PdfFileReader, number: int) -> None:
        super().__init__()
        self.pages, self.number = pages, number

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(self.pages, page_ix=self.number)
        self.resources.xobject["/Page"] = page
        left, low, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=float(right - left), height=float(top - low))
        return b"/Page Do"


def _reader(content: bytes) -> PdfFileReader:
    try:
        return PdfFileReader(io.BytesIO(content), strict=False)
    except (PdfError, ValueError) as error:
        raise InputError(f"this is no PDF: {error}", hint="name the PDF that came back") from error


def _fields(handler: Any) -> Iterator[tuple[str, Any]]:
    for field in handler.root.get("/AcroForm", {}).get("/Fields", ()):
        one = field.get_object()
        yield str(one.get("/T", "")), one


def _signer(key: bytes, password: str) -> Any:
    try:
        return SimpleSigner.load_pkcs12_data(key, (), password.encode() or None)
    except ValueError as error:
        hint = "name a PKCS#12 file (.p12, .pfx) and its password: DOSSIER_PASSWORD"
        raise InputError("the key does not open", hint=hint) from error


def _checked(one: Any, trusted: Sequence[Certificate], day: datetime | None) -> Signature:
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False, moment=day)
    certificate = one.signer_cert
    wrong, vouched = "", False
    try:
        status = validate_pdf_signature(one, context, diff_policy=SIGNED)
    except Exception as error:
        wrong = f"it cannot be read: {error}"
    else:
        vouched = bool(status.trusted)
        wrong = _wrong(status)
    return Signature(
        field=one.field_name,
        name=_owner(certificate),
        mails=tuple(_mails(certificate)),
        reason=(reason := str(one.sig_object.get("/Reason", ""))),
        by_us=REASON in reason,
        vouched=vouched,
        wrong=wrong,
    )


def _wrong(status: Any) -> str:
    if not status.intact or not status.valid:
        return "its bytes are not those that were signed"
    if status.modification_level is None or status.modification_level > FILLED or not status.docmdp_ok:
        return "the file was changed after it was signed"
    return ""


def _owner(certificate: Certificate) -> str:
    return str(certificate.subject.native.get("common_name", certificate.subject.human_friendly))


def _mails(certificate: Certificate) -> Iterator[str]:
    names = certificate.subject_alt_name_value
    yield from (str(each.native) for each in names or () if each.name == "rfc822_name")


def _certificates(content: bytes) -> Iterator[Certificate]:
    if pem.detect(content):
        yield from (Certificate.load(each) for _, _, each in pem.unarmor(content, multiple=True))
    else:
        yield Certificate.load(content)
