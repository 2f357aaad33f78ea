import errno
import hashlib
import json
import os
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import pytest

from generator.bundle import _write, bundle, written
from generator.errors import InputError
from generator.records.artifact import Artifact

FILES = (
    Artifact(path="index.html", content=b"<p>"),
    Artifact(path="tables/a.csv", content=b"a\n1\n"),
)
FACTS = {"project": "hotel", "tool": "deployment-dossier 0.1.0", "inputs": {"production": "abc"}}


def listing(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_there_and_in_the_manifest(tmp_path):
    target = bundle(FILES, tmp_path / "a" / "b", FACTS)
    assert sorted(listing(target)) == ["index.html", "manifest.json", "tables/a.csv"]
    manifest = json.loads((target / "manifest.json").read_text())
    assert manifest["project"] == "hotel"
    assert manifest["files"]["tables/a.csv"] == {"bytes": 4, "sha256": hashlib.sha256(b"a\n1\n").hexdigest()}
    assert os.listdir(target.parent) == ["b"]
    assert target.stat().st_mode & 0o555 == 0o555


def test_a_new_bundle_takes_the_place_of_the_old_one(tmp_path):
    target = bundle(FILES, tmp_path / "b", FACTS)
    bundle((Artifact(path="new.txt", content=b"x"),), target, FACTS)
    assert sorted(listing(target)) == ["manifest.json", "new.txt"]
    assert os.listdir(tmp_path) == ["b"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["_write", "_settle", "_exchange"])
def test_a_failure_leaves_the_old_bundle_and_nothing_beside_it(tmp_path, monkeypatch, error, step: str):
    target = bundle(FILES, tmp_path / "b", FACTS)
    before = listing(target)

    def fail(*_):
        raise error

    monkeypatch.setattr(_write, step, fail)
    with pytest.raises((InputError, KeyboardInterrupt)):
        bundle((Artifact(path="new.txt", content=b"x"),), target, FACTS)
    assert listing(target) == before
    assert os.listdir(tmp_path) == ["b"]


@pytest.mark.parametrize("fails", [False, True])
def test_where_folders_cannot_be_exchanged_the_old_one_steps_aside(tmp_path, monkeypatch, fails: bool):
    target = bundle(FILES, tmp_path / "b", FACTS)
    before = listing(target)
    monkeypatch.setattr(_write, "_swapped", lambda *_: False)
    if fails:
        real = Path.rename

        def rename(self, to):
            if to == target and self.name != "old":
                raise OSError(errno.EIO, "broken")
            return real(self, to)

        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(InputError):
            bundle((Artifact(path="new.txt", content=b"x"),), target, FACTS)
        assert listing(target) == before
    else:
        bundle((Artifact(path="new.txt", content=b"x"),), target, FACTS)
        assert sorted(listing(target)) == ["manifest.json", "new.txt"]
    assert os.listdir(tmp_path) == ["b"]


def test_a_folder_that_is_no_bundle_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="no bundle"):
        bundle(FILES, tmp_path, FACTS)
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path):
    (tmp_path / "b").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        bundle(FILES, tmp_path / "b", FACTS)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x"])
def test_no_file_lies_outside(tmp_path, path: str):
    with pytest.raises(InputError, match="outside"):
        bundle((Artifact(path=path, content=b""),), tmp_path / "b", FACTS)


def test_no_path_is_taken_twice(tmp_path):
    with pytest.raises(InputError, match="same path"):
        bundle((*FILES, FILES[0]), tmp_path / "b", FACTS)


def test_a_single_file_is_exchanged_in_one_step(tmp_path):
    path = written(tmp_path / "x" / "a.json", b'{"a": 1}')
    written(path, b'{"a": 2}')
    assert path.read_bytes() == b'{"a": 2}'
    assert os.listdir(path.parent) == ["a.json"]


def test_of_several_that_write_at_once_one_stands_whole(tmp_path):
    """Each is written by a process of its own, again and again; who finds another's files in the way may refuse."""
    target, ready = tmp_path / "b", get_context("fork").Barrier(3)
    kinds = [(Artifact(path=f"{name}.txt", content=name.encode() * 100_000), FILES[0]) for name in "xyz"]
    alone = [listing(bundle(files, tmp_path / f"alone-{n}" / "b", FACTS)) for n, files in enumerate(kinds)]

    def write(files: tuple[Artifact, ...]) -> None:
        ready.wait(timeout=60)
        for _ in range(10):
            with suppress(InputError):
                bundle(files, target, FACTS)

    writers = [get_context("fork").Process(target=write, args=(files,)) for files in kinds]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=300)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert listing(target) in alone
    assert sorted(os.listdir(tmp_path)) == ["alone-0", "alone-1", "alone-2", "b"]
