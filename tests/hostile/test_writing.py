"""Whatever happens while a bundle is written, an earlier one stays as it was and no half of one is left."""

import errno
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from generator.cli import app
from tests.hostile.world import World, accepted, refused


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(folder=tmp_path / "case")


@pytest.fixture
def built(world: World) -> World:
    """A world with a finished bundle."""
    accepted(world, world.build())
    return world


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def contents(world: World) -> dict[str, bytes]:
    return contents_of(world.output)


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


@pytest.mark.parametrize("inside", ["", "rows", "rows/deep"])
def test_a_target_that_holds_the_project_is_refused(world: World, monkeypatch: pytest.MonkeyPatch, inside: str):
    """The project's own folder, made to look like a bundle, and what lies above its rows: told before any work."""
    never(monkeypatch)
    (world.folder / inside).mkdir(parents=True)
    world.data["production"] = str(Path(inside, "rows.csv"))
    world.save()
    (world.folder / "rows.csv").rename(world.folder / inside / "rows.csv")
    for target in (world.folder, world.folder.parent, (world.folder / inside)):
        before = contents_of(world.folder)
        result = CliRunner().invoke(app, ["build", str(world.folder), "-o", str(target), "--quiet"])
        assert result.exit_code == 2, result.output
        assert "the target of the bundle is or holds" in result.stderr
        assert contents_of(world.folder) == before


def test_the_working_directory_is_no_target(built: World, monkeypatch: pytest.MonkeyPatch):
    never(monkeypatch)
    monkeypatch.chdir(built.output)
    for words in (("build", str(built.folder), "-o", "."), ("render", "."), ("render", str(built.output), "-o", "..")):
        result = CliRunner().invoke(app, [*words, "--quiet"])
        assert result.exit_code == 2, result.output
        assert "the target of the bundle is or holds" in result.stderr


@pytest.mark.parametrize("command", ["build", "render"])
def test_what_was_laid_beside_a_bundle_is_told_before_any_work(
    built: World, monkeypatch: pytest.MonkeyPatch, command: str
):
    """A signed approval, an edited page and a folder of other work: listed, and all of it is left."""
    never(monkeypatch)
    (built.output / "approval-signed.pdf").write_text("signed")
    (built.output / "monitoring.md").write_text("edited")
    (built.output / ".git").mkdir()
    before = contents(built)
    words = ("build", str(built.folder), "-o") if command == "build" else ("render", str(built.output), "-o")
    result = CliRunner().invoke(app, [*words, str(built.output), "--quiet"])
    assert result.exit_code == 2
    for name in ("approval-signed.pdf", "monitoring.md", ".git"):
        assert f"at {built.output / name}" in result.stderr
    assert contents(built) == before
    assert (built.output / ".git").is_dir()


def test_rendering_names_the_bundle_it_was_made_from(built: World, tmp_path: Path):
    source = hashlib.sha256((built.output / "manifest.json").read_bytes()).hexdigest()
    words = ["render", str(built.output), "-o", str(tmp_path / "again"), "--format", "md", "--document", "monitoring"]
    assert CliRunner().invoke(app, [*words, "--quiet"]).exit_code == 0
    said = json.loads((tmp_path / "again" / "manifest.json").read_text())
    assert said["rendered_from"] == source
    assert (tmp_path / "again" / "monitoring.md").read_bytes() == (built.output / "monitoring.md").read_bytes()


def never(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let neither a measurement nor a page be begun."""

    def begun(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("generator.measure.measure", begun)
    monkeypatch.setattr("generator.compose.compose", begun)
