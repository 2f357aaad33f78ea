"""A PostgreSQL of the tests' own on loopback, gone afterwards; it runs as another user where root runs the tests."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

USER, PASSWORD = "reader", "se:cr@t/%"


def programs() -> Path | None:
    """Return the folder of `initdb` and `pg_ctl`, the newest of those that Debian keeps beside the path."""
    found = shutil.which("pg_ctl")
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return kept[-1] if kept else Path(found).resolve().parent if found else None


@contextlib.contextmanager
def running() -> Iterator[int]:
    """Start a server whose one user needs a password; give its port."""
    folder, bin = Path(tempfile.mkdtemp(prefix="pg-")), programs()
    assert bin is not None
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(*words: str) -> None:
        subprocess.run(words, user=user, cwd=folder, check=True, capture_output=True)

    try:
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        run(f"{bin}/initdb", "-D", f"{folder}/db", "-U", USER, "-A", "scram-sha-256", f"--pwfile={secret}", "-N")
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -F"
        run(f"{bin}/pg_ctl", "-D", f"{folder}/db", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield port
        finally:
            run(f"{bin}/pg_ctl", "-D", f"{folder}/db", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
