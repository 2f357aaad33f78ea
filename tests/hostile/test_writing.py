"""Whatever happens while a bundle is written, an earlier one stays as it was and no half of one is left."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.world import World, accepted, refused


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(folder=tmp_path / "case")


@pytest.fixture
def built(world: World) -> World:
    """A world with a finished bundle."""
    accepted(world, world.build())
    return world


def contents(world: World) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in world.output.rglob("*") if path.is_file()}


def full_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    """Let the disk be full after some writes; the first half of the last one still fits."""
    real, left = os.write, [calls]

    def write(handle: int, content: bytes) -> int:
        left[0] -= 1
        if left[0] > 0:
            return real(handle, content)
        if left[0] == 0:
            return real(handle, memoryview(content)[: max(1, len(content) // 2)])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", write)


@pytest.mark.parametrize("calls", [0, 1, 20])
def test_a_full_disk_leaves_the_earlier_bundle(built: World, monkeypatch: pytest.MonkeyPatch, calls: int):
    before = contents(built)
    with monkeypatch.context() as patch:
        full_after(patch, calls)
        result = built.build()
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert str(built.output) in result.stderr
    assert contents(built) == before
    assert [path.name for path in built.output.parent.iterdir()] == ["out"]


def test_a_full_disk_leaves_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch):
    full_after(monkeypatch, 3)
    refused(world, world.build(), "No space left on device")


@pytest.mark.parametrize(
    "stage", ["generator.render.render", "generator.bundle._write._write", "generator.bundle._write._settle"]
)
def test_an_interruption_leaves_nothing(built: World, monkeypatch: pytest.MonkeyPatch, stage: str):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = contents(built)
    monkeypatch.setattr(stage, interrupt)
    result = built.build()
    assert result.exit_code == 130
    assert result.stderr == "error: interrupted\n"
    assert contents(built) == before
    assert [path.name for path in built.output.parent.iterdir()] == ["out"]


def test_an_interruption_of_the_first_build_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.render.render", interrupt)
    assert world.build().exit_code == 130
    assert world.nothing_left()


def test_a_place_that_cannot_be_written(world: World, tmp_path: Path):
    (tmp_path / "file").write_text("")
    for place in ("/proc/nowhere/out", str(tmp_path / "file" / "out"), str(tmp_path / "file")):
        result = world.build("-o", place, "--format", "md", "--document", "monitoring")
        refused(world, result, place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(world: World, tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    refused(world, world.build("-o", str(closed / "out"), "--format", "md"), str(closed))


def read_only(monkeypatch: pytest.MonkeyPatch, closed: Path) -> None:
    """Let no folder be made in `closed`."""
    real = Path.mkdir

    def mkdir(path: Path, *words: Any, **keys: Any) -> None:
        if path.parent == closed:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(path, *words, **keys)

    monkeypatch.setattr(Path, "mkdir", mkdir)


def test_a_read_only_disk(world: World, monkeypatch: pytest.MonkeyPatch):
    read_only(monkeypatch, world.output.parent)
    refused(world, world.build(), "Read-only file system", str(world.output))


def test_no_place_for_temporary_files(world: World, monkeypatch: pytest.MonkeyPatch):
    read_only(monkeypatch, Path(tempfile.gettempdir()))
    result = world.build()
    assert result.exit_code == 3
    assert "no temporary folder can be made: Read-only file system" in result.stderr
    assert "TMPDIR" in result.stderr
    assert world.nothing_left()


def test_a_folder_of_something_else_is_kept(world: World):
    world.output.mkdir(parents=True)
    (world.output / "thesis.txt").write_text("all my work")
    result = world.build()
    assert result.exit_code == 2
    assert str(world.output) in result.stderr
    assert [path.name for path in world.output.iterdir()] == ["thesis.txt"]


def test_a_folder_of_something_else_is_told_before_any_work(world: World, monkeypatch: pytest.MonkeyPatch):
    def measure(*_: object, **__: object) -> None:
        raise AssertionError

    world.output.mkdir(parents=True)
    (world.output / "thesis.txt").write_text("all my work")
    monkeypatch.setattr("generator.measure.measure", measure)
    result = world.build()
    assert result.exit_code == 2
    assert "no bundle" in result.stderr


def test_a_second_build_takes_the_place_of_the_first(built: World):
    accepted(built, built.build("--format", "md", "--document", "rollback-runbook"))
    assert not (built.output / "monitoring.md").exists()
    assert (built.output / "rollback-runbook.md").is_file()
    assert [path.name for path in built.output.parent.iterdir()] == ["out"]
