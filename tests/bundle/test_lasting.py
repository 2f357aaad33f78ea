"""What a bundle's writing asks of the disk, in which order, and what is said when the disk refuses it."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.bundle import _write, bundle, written
from generator.errors import InputError
from generator.records.artifact import Artifact

OLD = (Artifact(path="index.html", content=b"<p>"),)
NEW = (Artifact(path="a.md", content=b"# A"), Artifact(path="tables/deep/b.csv", content=b"b\n1\n"))
FACTS = {"tool": "deployment-dossier 0.1.0"}
Call = tuple[str, str]


class Disk:
    """The calls that write, make lasting, or rename, each with the path it is about, in their order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[Call] = []
        for name in ("write", "fsync", "rename", "replace", "unlink", "rmdir"):
            monkeypatch.setattr(os, name, self._recorded(name, getattr(os, name)))
        exchanged = _write._swapped
        monkeypatch.setattr(_write, "_swapped", lambda fresh, place: self._swapped(exchanged, fresh, place))

    def _recorded(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(what: Any, *words: Any, **keys: Any) -> Any:
            handle = what if isinstance(what, int) else keys.get("dir_fd")
            below = os.readlink(f"/proc/self/fd/{handle}") if handle is not None else ""
            self.calls.append((name, below if isinstance(what, int) else os.path.join(below, what)))
            return real(what, *words, **keys)

        return recorded

    def _swapped(self, real: Callable[[Path, Path], bool], fresh: Path, place: Path) -> bool:
        self.calls.append(("rename", str(fresh)))
        return real(fresh, place)

    def places(self, *names: str) -> Iterator[tuple[int, str]]:
        for place, (name, path) in enumerate(self.calls):
            if name in names:
                yield place, path


@pytest.mark.parametrize("has_old", [False, True])
@pytest.mark.parametrize("exchanges", [True, False])
def test_a_bundle_lasts_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_old: bool, exchanges: bool
):
    """Each file is made lasting after its last byte, each folder after its entries, all before the one exchange;
    then the folder in which they were exchanged, and nothing of the old bundle goes before that exchange.
    """
    target = tmp_path / "b"
    if has_old:
        bundle(OLD, target, FACTS)
    if not exchanges:
        monkeypatch.setattr(_write, "_swapped", lambda *_: False)
    disk = Disk(monkeypatch)
    bundle(NEW, target, FACTS)
    renames = [place for place, path in disk.places("rename", "replace") if path.endswith("/fresh")]
    exchange = renames[0]
    fresh = disk.calls[exchange][1]
    synced = {path: place for place, path in disk.places("fsync")}
    wrote = {path: place for place, path in disk.places("write")}
    for name in ("a.md", "tables/deep/b.csv", "manifest.json"):
        assert wrote[f"{fresh}/{name}"] < synced[f"{fresh}/{name}"] < exchange, name
    for folder in (fresh, f"{fresh}/tables", f"{fresh}/tables/deep"):
        inside = [place for path, place in wrote.items() if path.startswith(f"{folder}/")]
        assert max(inside) < synced[folder] < exchange, folder
    assert synced[str(tmp_path)] > exchange
    assert all(place > exchange for place, path in disk.places("unlink", "rmdir") if "index.html" in path)


def test_a_single_file_lasts_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    disk = Disk(monkeypatch)
    written(tmp_path / "a.json", b"{}")
    (exchange,) = (place for place, path in disk.places("rename", "replace") if path.endswith("/fresh"))
    synced = {path: place for place, path in disk.places("fsync")}
    assert synced[disk.calls[exchange][1]] < exchange < synced[str(tmp_path)]


def failing(monkeypatch: pytest.MonkeyPatch, number: int) -> list[int]:
    """Let the fsync of that number fail, counted from 0; return how many there were."""
    real, asked = os.fsync, [0]

    def fsync(handle: int) -> None:
        asked[0] += 1
        if asked[0] - 1 == number:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return asked


def test_whichever_fsync_fails_what_is_said_of_the_bundle_is_true(tmp_path: Path):
    """Before the exchange: "an earlier bundle there is as it was", and it is. After it: the new one stands, whole."""
    with pytest.MonkeyPatch.context() as patch:
        asked = failing(patch, -1)
        bundle(NEW, tmp_path / "counted", FACTS)
    assert asked[0] == 7, "three files, three folders, and the folder beside"
    for number in range(asked[0]):
        target = bundle(OLD, tmp_path / f"b{number}", FACTS)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(InputError) as caught:
            failing(patch, number)
            bundle(NEW, target, FACTS)
        (problem,) = caught.value.problems
        is_new = (target / "a.md").exists()
        assert is_new == (number == asked[0] - 1)
        assert ("the new bundle is in its place" in problem.what) == is_new
        assert ("an earlier bundle there is as it was" in problem.hint) == (not is_new)
        assert sorted(os.listdir(target)) == (
            ["a.md", "manifest.json", "tables"] if is_new else ["index.html", "manifest.json"]
        )
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_without_an_earlier_bundle_none_is_spoken_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    failing(monkeypatch, 0)
    with pytest.raises(InputError) as caught:
        bundle(NEW, tmp_path / "b", FACTS)
    assert caught.value.problems[0].hint == "nothing was written"
    assert os.listdir(tmp_path) == []
