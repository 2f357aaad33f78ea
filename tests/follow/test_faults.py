"""`sign` that fails, is interrupted or killed at any of its writes: what was decided before is whole, and no more."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from generator.bundle.approvals import approvals
from generator.errors import DossierError
from generator.follow import _ssh
from generator.follow.sign import SignWish, Ssh, sign
from generator.load.journal import read_journal
from tests.follow.conftest import HEAD, Case

WRITES = ("write", "fsync", "rename", "mkdir")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KILLED = """
import os, shutil, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.follow.conftest import Case
from tests.follow.test_faults import WRITES, decide
first, keys, target = map(Path, sys.argv[1:])

def dying(name, call, number, count=[0]):
    def made(*given, **named):
        count[0] += 1
        if count[0] == number:
            os._exit(9)
        return call(*given, **named)
    return made

for number in range(1, 1000):
    folder = target / str(number)
    shutil.copytree(first, folder)
    child = os.fork()
    if not child:
        for name in WRITES:
            setattr(os, name, dying(name, getattr(os, name), number))
        decide(Case(folder, keys))
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(number)
"""


def decide(case: Case) -> None:
    wish = SignWish(
        role=HEAD,
        name="Grace Thornton",
        decision="reject",
        conditions="",
        documents=(),
        accepted=(),
        by=Ssh(file=case.keys / "ssh"),
    )
    sign(case.bundle, wish, NOW, case.folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def breaking(patch: pytest.MonkeyPatch, number: int, error: Callable[[], BaseException]) -> list[int]:
    """Let the write of that number fail, whichever of the calls it is; return how many there were."""
    asked = [0]

    def broken(call: Callable[..., Any]) -> Callable[..., Any]:
        def made(*given: Any, **named: Any) -> Any:
            if isinstance(given[0], Path) and given[0].is_dir() and call.__name__ == "mkdir":
                return call(*given, **named)  # it is there already, which is no error
            asked[0] += 1
            if asked[0] == number:
                raise error()
            return call(*given, **named)

        return made

    for name in WRITES:
        patch.setattr(os, name, broken(getattr(os, name)))
    return asked


ERRORS: dict[str, Callable[[], BaseException]] = {
    "full": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "interrupted": KeyboardInterrupt,
}


@pytest.mark.parametrize("name", ERRORS)
def test_whatever_write_fails_nothing_was_decided(signed: Case, name: str):
    before = contents(signed.folder)
    for number in range(1, 1000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_ssh, "signed", lambda *_: "a signature")  # what it writes is no file of ours
            asked = breaking(patch, number, ERRORS[name])
            try:
                decide(signed)
            except (DossierError, OSError, KeyboardInterrupt):
                assert contents(signed.folder) == before, number
            else:
                assert number > asked[0], f"write {number} of {asked[0]} failed, and nobody was told"
                break
    assert number > 8
    assert len(signed.approvals) == 4


def test_killed_at_any_write_what_was_decided_before_counts_and_no_more(signed: Case, tmp_path: Path):
    root = str(Path(__file__).resolve().parents[2])
    words = [
        sys.executable,
        "-c",
        KILLED.format(root=root),
        str(signed.folder),
        str(signed.keys),
        str(tmp_path / "killed"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    last, before = int(done.stdout), contents(signed.folder)
    assert last > 8
    for number in range(1, last + 1):
        folder = tmp_path / "killed" / str(number)
        records, unread = read_journal(folder)
        known = approvals(folder, records)
        assert not unread, (number, unread)
        assert len(known.whole) == (4 if (folder / "records.jsonl").read_bytes() != before["records.jsonl"] else 3)
        assert all("is in no record" in one.what for one in known.problems), (number, known.problems)
        assert before.items() - contents(folder).items() <= {("records.jsonl", before["records.jsonl"])}
        shutil.rmtree(folder)
