"""Takes bytes and a key of SSH, signs them; takes a signature and a verifier's own list of keys, says whose it is.

By `ssh-keygen -Y`, of OpenSSH 8.9 or newer: https://man.openbsd.org/ssh-keygen.1.
"""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from generator.errors import EnvironmentLacks, InputError
from generator.records.approval import NAMESPACE


def signed(content: bytes, key: Path) -> str:
    """Return the signature of a key over some bytes; raises InputError where the key cannot sign."""
    done = _run("sign", "-q", "-f", str(key), "-n", NAMESPACE, given=content)
    if done.returncode:
        hint = "name a private key of SSH, or a public one whose private one an agent holds"
        raise InputError(f"the key does not sign: {_said(done)}", where=str(key), hint=hint)
    return done.stdout.decode()


def wrong(content: bytes, signature: str) -> str:
    """Say what is wrong with a signature, whoever made it; nothing where it is one over these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = _kept(folder, signature)
        done = _run("check-novalidate", "-n", NAMESPACE, "-s", file, given=content)
        return f"its signature does not hold: {_said(done)}" if done.returncode else ""


def vouched(content: bytes, signature: str, allowed: Path, day: str, names: Iterable[str]) -> bool:
    """Say whether a list of allowed signers gives the key to one of these names on a day, `20261130`."""
    with tempfile.TemporaryDirectory() as folder:
        words = ("-f", str(allowed), "-n", NAMESPACE, "-s", _kept(folder, signature), f"-Overify-time={day}")
        return any(_run("verify", "-I", name, *words, given=content).returncode == 0 for name in names)


def _kept(folder: str, signature: str) -> str:
    file = Path(folder, "signature")
    file.write_text(signature, encoding="utf-8")
    return str(file)


def _run(what: str, *words: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["ssh-keygen", "-Y", what, *words], input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise EnvironmentLacks("there is no ssh-keygen", hint="on Debian: apt-get install openssh-client") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode(errors="replace").strip().rpartition("\n")[2] or "ssh-keygen gives no reason"
