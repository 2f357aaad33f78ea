"""A file that is not the rows is read within bounds: no pipe, device, folder or bomb holds the program up."""

import bz2
import gzip
import io
import lzma
import os
import socket
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.records.files import MEGABYTE, check_archive, read_file, read_text, unfit, unpacked
from generator.records.places import MOST_ENTRIES, files_of
from tests.hostile.spoil import Spoil, all_of, declares, fitted_on, model, of_data, put, sets, statistics
from tests.hostile.world import World, refused

pytestmark = pytest.mark.usefixtures("ends")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_circle(path: Path) -> None:
    path.symlink_to(path.name)


def zeros(path: Path) -> None:
    """Make a file of 8 GB of which nothing lies on the disk."""
    with path.open("wb") as file:
        file.truncate(8_000 * MEGABYTE)


ODD: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (a_pipe, "is a pipe"),
    "a socket": (a_socket, "is a socket"),
    "a device": (a_device, "is a device"),
    "a folder": (a_folder, "is a folder"),
    "a link to itself": (a_circle, "cannot be read (Too many levels of symbolic links)"),
    "nothing": (lambda path: None, ""),
    "8 GB of zeros": (zeros, "larger than 5 MB"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str):
    make, said = ODD[name]
    make(tmp_path / "odd")
    with pytest.raises(InputError, match=r"^(the file|this|there) ") as caught:
        read_file(tmp_path / "odd", most=5 * MEGABYTE)
    assert said in caught.value.problems[0].what
    assert unfit(tmp_path / "odd") == "" if "larger" in said else said in unfit(tmp_path / "odd")


def test_names_that_no_file_can_have_are_refused(tmp_path: Path):
    for name, said in [("a\0b", "is no name of a file"), ("a" * 5_000, "File name too long")]:
        with pytest.raises(InputError) as caught:
            read_file(tmp_path / name, most=10, name="here")
        assert said in caught.value.problems[0].what
        assert said in unfit(tmp_path / name)


def test_a_file_is_read_up_to_its_bound(tmp_path: Path):
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10)
    assert read_file(file, most=10) == b"x" * 10
    with pytest.raises(InputError, match="larger"):
        read_file(file, most=9)
    endless = Path("/proc/self/maps")  # says that it has no bytes, and has
    assert read_file(endless, most=10 * MEGABYTE)
    with pytest.raises(InputError, match="larger"):
        read_file(endless, most=10)


def test_a_text_is_utf_8(tmp_path: Path):
    (tmp_path / "a").write_bytes("\ufeffé".encode())
    (tmp_path / "b").write_bytes("é".encode("latin-1"))
    assert read_text(tmp_path / "a", most=10) == "é"
    with pytest.raises(InputError, match="byte 0xe9"):
        read_text(tmp_path / "b", most=10)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_is_unpacked_within_bounds(pack: Callable[[bytes], bytes]):
    many = bytes(range(256)) * 40_000
    packed = pack(many)
    assert unpacked(packed, most=len(many), where="a", hint="b") == many
    assert unpacked(packed + packed, most=2 * len(many), where="a", hint="b") == many + many
    for content, most, said in [
        (packed, len(many) - 1, "unpacks to more than"),
        (packed + packed, len(many), "unpacks to more than"),
        (packed[: len(packed) // 2], len(many), "cannot be read"),
        (packed[:12] + b"\xff" * 20, len(many), "cannot be read"),
    ]:
        with pytest.raises(InputError, match=said):
            unpacked(content, most=most, where="a", hint="b")
    assert unpacked(b"plain", most=1, where="a", hint="b") == b"plain"


def test_an_archive_is_measured_before_it_is_opened():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in "ab":
            archive.writestr(name, bytes(3 * MEGABYTE))
    check_archive(memory.getvalue(), most=6 * MEGABYTE, where="a", hint="b")
    for content, said in [(memory.getvalue(), "unpacks to more than"), (b"PK\x03\x04", "cannot be read")]:
        with pytest.raises(InputError, match=said):
            check_archive(content, most=6 * MEGABYTE - (said[0] == "u"), where="a", hint="b")


def test_a_pattern_finds_what_glob_finds(tmp_path: Path):
    import glob

    for name in [
        "a.csv",
        "b.csv",
        ".c.csv",
        "x/a.csv",
        "x/y/b.csv",
        "x/y/z.txt",
        ".h/a.csv",
        "[d]/a.csv",
        "x/.e/f.csv",
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    patterns = (
        "*.csv ?.csv **/*.csv x/**/*.csv **/y/*.csv x/*/*.csv **/**/b.csv [ab].csv none/*.csv **/x/**/* .*.csv ** x/**"
    )
    for pattern in patterns.split():
        for text in (pattern, str(tmp_path / pattern)):
            found = sorted({Path(each) for each in glob.glob(str(tmp_path / pattern), recursive=True)})
            assert files_of(tmp_path, text) == tuple(each for each in found if each.is_file()), pattern
    assert files_of(tmp_path, "[d]/a.csv") == (tmp_path / "[d]/a.csv",)
    assert files_of(tmp_path, "x/../*.csv") == (tmp_path / "x/../a.csv", tmp_path / "x/../b.csv")


def test_a_pattern_that_leads_everywhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("generator.records.places.MOST_ENTRIES", 9)
    for number in range(10):
        (tmp_path / f"{number}.csv").write_text("")
    with pytest.raises(InputError, match="more than 9 files and folders"):
        files_of(tmp_path, "*.csv")
    (tmp_path / "9.csv").unlink()
    assert len(files_of(tmp_path, "*.csv")) == 9
    assert MOST_ENTRIES == 100_000


def odd(name: str, make: Callable[[Path], None], then: Spoil) -> Spoil:
    """Put something odd into the project's folder, then declare it."""

    def spoil(world: World) -> None:
        make(world.folder / name)
        then(world)

    return spoil


def stands_for(name: str) -> Spoil:
    """Predict by a model file of this name."""

    def spoil(world: World) -> None:
        world.project["model"] = {"name": "pricing", "version": "1", "format": "skops", "path": name}
        del world.data["prediction"]

    return spoil


def known_by(name: str) -> Spoil:
    def spoil(world: World) -> None:
        del world.data["reference"]
        world.data["reference_stats"] = name

    return spoil


WAYS: dict[str, Spoil] = {
    "model": stands_for("odd"),
    "pinned model": all_of(stands_for("odd"), declares("model", f"sha256: {'a' * 64}")),
    "statistics": known_by("odd"),
    "small table": sets("risks", "{csv: odd}"),
    "cost": all_of(model(fitted_on("cost", "weight")), declares("model", "cost: odd")),
    "rows": of_data("production: odd"),
    "labels": of_data("labels: {path: odd, key: item}"),
}
SAID = {"pipe": "a pipe", "socket": "a socket", "device": "a device", "8 GB": "larger than"}


@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device", "8 GB of zeros"])
@pytest.mark.parametrize("way", WAYS)
def test_a_build_refuses_what_is_no_file(tmp_path: Path, way: str, kind: str):
    if kind == "8 GB of zeros" and way in {"rows", "labels"}:
        return  # rows may be as many as there are
    world = World(folder=tmp_path / "case")
    world.folder.mkdir()
    odd("odd", ODD[kind][0], WAYS[way])(world)
    refused(world, world.build(), next(words for sign, words in SAID.items() if sign in kind))


def test_a_build_refuses_an_endless_pattern(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.data["production"] = "/usr/**/*.csv"
    refused(world, world.build(), "/usr/**/*.csv")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghijk")
)
FLAVOUR = "flavors:\n  sklearn: {pickled_model: %s, serialization_format: %s}\n"
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}\n" for old, new in pairwise("abcdefghijk")
)
DESCRIPTIONS: dict[str, tuple[str, str]] = {
    "an alias bomb for a name": (BOMB + FLAVOUR % ("*k", "skops"), "it unfolds to more than"),
    "an alias bomb for a format": (BOMB + FLAVOUR % ("model.skops", "*k"), "it unfolds to more than"),
    "merged keys": (MERGED + FLAVOUR % ("model.skops", "skops"), "it unfolds to more than"),
    "a list in itself": ("a: &a [*a]\n" + FLAVOUR % ("*a", "skops"), "it unfolds to more than"),
    "a small list for a name": (FLAVOUR % ("[a, b]", "skops"), "names a list"),
    "a small list for a format": (FLAVOUR % ("model.skops", "[a, b]"), "serialised as a list"),
    "a NUL": (FLAVOUR % ('"model\\0.skops"', "skops"), "no file in the folder"),
    "a long name": (FLAVOUR % ("m" * 5_000, "skops"), "no file in the folder"),
    "a deep list": (FLAVOUR % ("[" * 5_000 + "]" * 5_000, "skops"), "cannot be read"),
    "no description": ("", "no flavour"),
    "a number": ("7", "no flavour"),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_a_description_of_mlflow_is_read_within_bounds(tmp_path: Path, name: str):
    content, said = DESCRIPTIONS[name]
    world = World(folder=tmp_path / "case")
    world.folder.mkdir()
    put(world, "folder/MLmodel", content.encode())
    stands_for("folder")(world)
    world.project["model"]["format"] = "mlflow"
    refused(world, world.build(), said)


def test_aliases_of_a_description_may_be_used(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.folder.mkdir()
    put(world, "folder/MLmodel", ("name: &id001 model.skops\n" + FLAVOUR % ("*id001", "skops")).encode())
    put(world, "folder/model.skops", fitted_on("cost", "weight"))
    stands_for("folder")(world)
    world.project["model"]["format"] = "mlflow"
    result = world.build()
    assert result.exit_code == 0, result.output


def test_statistics_that_are_nested_too_deep_are_refused(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.folder.mkdir()
    statistics(b"[" * 100_000)(world)
    refused(world, world.build(), "not training statistics")
