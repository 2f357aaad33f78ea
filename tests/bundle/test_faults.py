"""A build and a pack that fail, are interrupted or killed at any of their writes leave the old or the new, whole."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.bundle import bundle
from generator.bundle._manifest import digest_of, read
from generator.bundle.pack import write_pack
from generator.errors import DossierError
from tests.bundle.test_lasting import FACTS, NEW, OLD
from tests.follow.test_faults import ERRORS, breaking, contents

PACKED = {"index.html": b"<p>", "manifest.json": b"{}"}
MOST = 200


def build(folder: Path) -> None:
    bundle(NEW, folder / "bundle", FACTS)


def pack(folder: Path) -> None:
    write_pack(folder / "packed", "shop", b"%PDF", PACKED)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    bundle(OLD, tmp_path / "first" / "bundle", FACTS)
    (tmp_path / "first" / "packed").mkdir()
    return tmp_path / "first"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("packed")
    pack(folder)
    return contents(folder)


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("work", [build, pack])
def test_whatever_write_fails_what_stands_is_whole(
    before: Path, packed: dict[str, bytes], tmp_path: Path, work: Callable[[Path], None], name: str
):
    for number in range(1, MOST):
        folder = tmp_path / str(number)
        shutil.copytree(before, folder)
        with pytest.MonkeyPatch.context() as patch:
            asked = breaking(patch, number, ERRORS[name])
            try:
                work(folder)
            except (DossierError, OSError, KeyboardInterrupt):
                assert asked[0] >= number
            else:
                assert number > asked[0], f"write {number} of {asked[0]} failed, and nobody was told"
                break
        _is_whole(folder, packed)
    assert number > 4


@pytest.mark.parametrize("work", [build, pack])
def test_killed_at_any_write_what_stands_is_whole(
    before: Path, packed: dict[str, bytes], tmp_path: Path, work: Callable[[Path], None]
):
    """What a killed one leaves begins with a dot, counts for nothing, and is swept by the next."""
    for number in range(1, MOST):
        folder = tmp_path / str(number)
        shutil.copytree(before, folder)
        child = os.fork()
        if not child:
            with pytest.MonkeyPatch.context() as patch:
                breaking(patch, number, lambda: os._exit(9))
                work(folder)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            break
        _is_whole(folder, packed)
        work(folder)
        assert not [path for path in folder.rglob(".*") if path.name != "."], number
    assert number > 4


def _is_whole(folder: Path, packed: dict[str, bytes]) -> None:
    """Assert that the bundle is the old or the new, and that what there is of the pack is whole."""
    listed = read(folder / "bundle")
    assert listed is not None
    assert set(listed.files) in ({file.path for file in OLD}, {file.path for file in NEW})
    assert all(digest_of(folder / "bundle" / path) == sha256 for path, sha256 in listed.files.items())
    files = {name: content for name, content in contents(folder).items() if name.startswith("packed/")}
    assert {name: content for name, content in files.items() if "/." not in name}.items() <= packed.items()
