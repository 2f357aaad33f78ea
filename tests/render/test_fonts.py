"""Whose Fontconfig file is read: the program's own, written by this process into a folder of this user."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.render import _fonts


@pytest.fixture
def enclosed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Return what encloses the fonts, in a home and a temporary folder of the test's own, and gives the file in use."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("FONTCONFIG_FILE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    def enclose() -> Path:
        _fonts.enclose.__wrapped__()
        return Path(os.environ["FONTCONFIG_FILE"])

    return enclose


def test_it_lies_in_the_users_cache_which_is_closed_to_others(enclosed: Callable[[], Path], tmp_path: Path):
    file = enclosed()
    assert file.parent == tmp_path / "cache" / "deployment-dossier" / "fonts"
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert "SourceSansPro-Regular.ttf" in file.read_text()
    assert enclosed() == file
    assert os.listdir(file.parent) == [file.name]


def test_a_file_that_stood_there_before_is_not_believed(enclosed: Callable[[], Path]):
    own = enclosed()
    text = own.read_text()
    own.write_text("<fontconfig><include>/somewhere/else.conf</include></fontconfig>")
    assert enclosed().read_text() == text
    own.unlink()
    own.symlink_to("/somewhere/else.conf")
    assert enclosed().read_text() == text
    assert not own.is_symlink()


def open_to_all(folder: Path, _: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)


def parent_open_to_all(folder: Path, _: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True)
    folder.parent.chmod(0o777)


def of_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)


def a_link(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder.parents[2] / "elsewhere").mkdir(parents=True)
    folder.parent.mkdir(parents=True)
    folder.symlink_to(folder.parents[2] / "elsewhere")


def no_folder(folder: Path, _: pytest.MonkeyPatch) -> None:
    folder.parents[1].write_text("a file")


def no_home(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", fail)


@pytest.mark.parametrize("spoil", [open_to_all, parent_open_to_all, of_another, a_link, no_folder, no_home])
def test_a_cache_that_others_could_have_filled_is_not_used(
    enclosed: Callable[[], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
):
    """Its place is a folder with a drawn name, and nothing that stood in the shared one before."""
    spoil(tmp_path / "cache" / "deployment-dossier" / "fonts", monkeypatch)
    planted = tmp_path / "tmp" / f"deployment-dossier-fonts-{os.getuid()}"
    planted.mkdir()
    file = enclosed()
    assert file.parent.parent == tmp_path / "tmp"
    assert file.parent != planted
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert enclosed().parent != file.parent
