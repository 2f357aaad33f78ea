"""An approval: who decided what about which documents; and the block to sign, one line of fields for each approver."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

FOLDER, FILE = "approvals", "approval.json"
"""Beside the project file: a folder of approvals, each in one of its own."""
MANIFEST = "manifest.json"
STATEMENT, PREDICATE = "https://in-toto.io/Statement/v1", "urn:deployment-dossier:approval:1"
NAMESPACE = "approval@deployment-dossier"
"""What a signature by an SSH key is for, so that it stands for nothing else."""
REASON = ", by statement "
"""What stands in the reason of a signature of ours before the digest of a statement."""
Decision: TypeAlias = Literal["approve", "conditions", "reject"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)

LOCKED = ("decision", "conditions", "date")
"""Fields of a line that its signature locks."""
SIGNATURE = re.compile("signoff-([0-9]+)-signature")


def field_name(line: int | str, field: str) -> str:
    """Return the name of a field in the block to sign; lines count from one."""
    return f"signoff-{line}-{field}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A PDF that came back signed or filled in; its beginning is a file of the bundle."""

    file: str
    sha256: str
    line: int
    """Its line of the block to sign."""
    bytes: int
    """Of the bundle's file, with which it begins."""
    begins: str
    """SHA-256 of that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What somebody says in a role about documents of a bundle, and what that rests on."""

    role: str
    name: str
    decision: Decision
    conditions: str
    accepted: tuple[str, ...]
    """Failing gates that are accepted by their ids."""
    time: str
    """As the clock of the signer has it: a claim."""
    project: str
    version: str
    manifest: str
    """SHA-256 of the bundle's manifest, which stands for all files."""
    documents: Mapping[str, str]
    """Digest of what each document says, by its id."""
    previous: str
    """SHA-256 of the record of the approval before; empty for the first."""
    returned: Returned | None = None

    @property
    def content(self) -> bytes:
        """Return the statement in the form of in-toto, version 1, its JSON canonical (RFC 8785): what is signed."""
        return canonical(self.plain)

    @property
    def plain(self) -> dict[str, Any]:
        """Return the statement as JSON."""
        said = asdict(self) | {"accepted": list(self.accepted)}
        documents = said.pop("documents")
        subjects = [{"name": MANIFEST, "digest": {"sha256": said.pop("manifest")}}]
        subjects += [{"name": id, "digest": {"content": digest}} for id, digest in documents.items()]
        return {"_type": STATEMENT, "subject": subjects, "predicateType": PREDICATE, "predicate": said}

    @property
    def reason(self) -> str:
        """Return what a signature inside a PDF says it is for: all of the statement but that PDF itself."""
        core = self.plain
        del core["predicate"]["returned"]
        return f"{self.decision} as {self.role}{REASON}{hashlib.sha256(canonical(core)).hexdigest()}"


def canonical(plain: Any) -> bytes:
    """Return JSON of texts and whole numbers in the form of RFC 8785; keys are ASCII, so that their order is its."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def envelope(statement: Statement, signature: str) -> bytes:
    """Return the file that keeps a statement, with its signature by an SSH key where there is one."""
    plain = {"statement": statement.plain, "signature": signature}
    return f"{json.dumps(plain, indent=1, ensure_ascii=False)}\n".encode()


def read_envelope(content: bytes) -> tuple[Statement, str] | None:
    """Return the statement of a file and its signature; None for what is not, byte for byte, such a file."""
    try:
        found = json.loads(content)
        said = dict(found["statement"]["predicate"])
        manifest, *subjects = found["statement"]["subject"]
        returned = said.pop("returned")
        statement = Statement(
            **said | {"accepted": tuple(said["accepted"])},
            manifest=manifest["digest"]["sha256"],
            documents={each["name"]: each["digest"]["content"] for each in subjects},
            returned=Returned(**returned) if returned else None,
        )
        same = envelope(statement, found["signature"]) == content and statement.decision in DECISIONS
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (statement, found["signature"]) if same else None
