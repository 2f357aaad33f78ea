"""Takes the bytes of a file that runs code when it is opened, and raises unless it is trusted and has its digest."""

import hashlib

from generator.errors import InputError
from generator.records.project import Model


def check_trust(content: bytes, declared: Model, *, what: str, safer: str, why: str = "") -> None:
    """Raise InputError for a file that nobody vouches for: `what` runs code and `why`, and what would be `safer`."""
    found = hashlib.sha256(content).hexdigest()
    if not declared.trust:
        raise InputError(
            f"{what}, and the project file does not trust this one{why}",
            where="model.trust",
            hint=f"{safer}, or write `trust: true` and `sha256: {found}` under model if you know who made it",
        )
    if declared.sha256 is None or declared.sha256.lower() != found:
        digest = "no digest" if declared.sha256 is None else "another digest"
        raise InputError(
            f"the trusted file has {digest} in the project file: its own is {found}",
            where="model.sha256",
            hint="declare the digest of the file that was approved",
        )
