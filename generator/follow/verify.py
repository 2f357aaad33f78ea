"""Takes a bundle and a verifier's own keys, gives who approved it by which signature, and all that is not in order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator.bundle import Manifest, listed, opened
from generator.bundle import read as read_manifest
from generator.bundle.approvals import Approval, approvals
from generator.bundle.explain import CITATIONS, contents
from generator.errors import Problem, Unverified
from generator.follow import _ssh
from generator.follow.sign import require_pyhanko
from generator.follow.standing import Standing, contacts, is_of, standing
from generator.load.journal import read_journal
from generator.load.whose import project_of
from generator.records.approval import LOCKED, Returned, field_name
from generator.records.files import MEGABYTE, read_file
from generator.records.results import Results

AGAIN = "it counts for nothing: let it be signed again, or find out who changed it"
SMALL = MEGABYTE


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What a verifier trusts: a list of allowed signers of SSH, and certificates that vouch for others."""

    allowed: Path | None = None
    roots: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckedApproval:
    """An approval of a bundle, how it is known whose it is, and what is wrong with its signature."""

    approval: Approval
    how: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalsFound:
    """What was found of a bundle's approvals; no standing where the bundle itself is not in order."""

    project: Path | None
    checked: tuple[CheckedApproval, ...]
    standing: Standing | None
    problems: tuple[Problem, ...]


def verify(bundle: Path, keys: Keys, named: Path | None = None) -> ApprovalsFound:
    """Check the approvals of a bundle: each as it was recorded, each signature, and what each may decide."""
    manifest = read_manifest(bundle)
    project = project_of(bundle, str(manifest.facts.get("project")), named) if manifest else None
    if manifest is None or project is None:
        return ApprovalsFound(project=project, checked=(), standing=None, problems=())
    records, unread = read_journal(project)
    known = approvals(project, records)
    before = (*unread, *known.problems)
    try:
        results, said = opened(bundle).results, contents(listed(bundle, CITATIONS, manifest))
    except Unverified:
        return ApprovalsFound(project=project, checked=(), standing=None, problems=before)
    about = [one for one in known.whole if one.statement.documents.items() & said.items()]
    found = [_checked(one, results, manifest, keys) for one in about]
    broken = {one.approval.name for one in found if one.wrong}
    sound = [one for one in known.whole if one.name not in broken]
    own = [one for one in records if one.version == results.header.version]
    stands = standing(results, said, sound, own)
    problems = [_problem(one.approval, what) for one in found for what in one.wrong]
    problems += [_problem(seat.approvals[-1], what) for seat in stands.seats for what in seat.against]
    return ApprovalsFound(project=project, checked=tuple(found), standing=stands, problems=(*before, *problems))


def _problem(one: Approval, what: str) -> Problem:
    return Problem(what=f"{one.record.evidence} {what}", where=one.record.place, hint=AGAIN)


def _checked(one: Approval, results: Results, manifest: Manifest, keys: Keys) -> CheckedApproval:
    how, wrong = _by_pdf(one, results, keys) if one.pdf else _by_ssh(one, results, keys)
    if one.statement.returned and not _begins(one, one.statement.returned, manifest):
        wrong = (*wrong, "has a PDF that does not begin with the bundle's")
    return CheckedApproval(approval=one, how=how, wrong=wrong)


def _begins(one: Approval, pdf: Returned, manifest: Manifest) -> bool:
    """Say whether a PDF begins with the one it says; that of an approval of this very bundle, with the bundle's."""
    told = hashlib.sha256(one.pdf[: pdf.bytes]).hexdigest() == pdf.begins
    return told and (one.statement.manifest != manifest.sha256 or manifest.files.get(pdf.file) == pdf.begins)


def _by_ssh(one: Approval, results: Results, keys: Keys) -> tuple[str, tuple[str, ...]]:
    """Return how it is known whose an approval is, and what is wrong with its signature."""
    said = one.statement
    if wrong := _ssh.wrong(said.content, one.signature):
        return "", (wrong,)
    if keys.allowed is None:
        return "a key of SSH that nobody vouches for: name yours with --allowed-signers", ()
    names = tuple(filter(None, (contacts(results).get(said.name), said.name)))
    if _ssh.vouched(said.content, one.signature, keys.allowed, said.time[:10].replace("-", ""), names):
        return "a key of SSH that is theirs by your list", ()
    return "", (f"is signed by a key that {keys.allowed.name} does not give to {said.name}",)


def _by_pdf(one: Approval, results: Results, keys: Keys) -> tuple[str, tuple[str, ...]]:
    require_pyhanko()
    from generator.follow import _pades

    said, pdf = one.statement, one.statement.returned
    assert pdf is not None
    if not _pades.only_filled(one.pdf):
        return "", ("has a PDF in which more was changed than fields were filled in",)
    roots = [read_file(path, most=SMALL) for path in keys.roots]
    found = _pades.signatures(one.pdf, roots, datetime.fromisoformat(said.time))
    wrong = [f"has a signature of {each.name} that does not hold: {each.wrong}" for each in found if each.wrong]
    wrong += _differs(one, _pades.filled(one.pdf))
    own = next((each for each in found if each.field == field_name(pdf.line, "signature")), None)
    if own is None:
        return "a PDF that was filled in by hand, and not signed", tuple(wrong)
    if not is_of(said.name, own.name, own.mails, results):
        wrong.append(f"is signed by {own.name}, not by {said.name}")
    if own.by_us and own.reason != said.reason:
        wrong.append("is signed for another statement than is recorded")
    if roots and not own.vouched:
        wrong.append(f"is signed by {own.name}, for whom none of your certificates vouches")
    return f"the certificate of {own.name}{_vouched(own.vouched)}", tuple(wrong)


def _vouched(vouched: bool) -> str:
    return "" if vouched else ", for which nobody vouches: name whom you trust with --trust"


def _differs(one: Approval, texts: dict[str, str]) -> Iterator[str]:
    """Yield which field of the PDF does not say what the statement does."""
    from generator.follow._returned import WORDS

    said, pdf = one.statement, one.statement.returned
    assert pdf is not None
    written = {each: texts.get(field_name(pdf.line, each), "").strip() for each in LOCKED}
    decision = WORDS.get(written["decision"].casefold().rstrip(".!"))
    if decision and decision != said.decision:
        yield f"says {said.decision}, and its PDF {decision}"
    if written["conditions"] and written["conditions"] != said.conditions:
        yield "says other conditions than its PDF"
