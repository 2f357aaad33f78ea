"""Nothing that the program did not write is lost, whatever folder a bundle is sent to."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.bundle import _target, _write, bundle, check_target, written
from generator.errors import InputError
from generator.records.artifact import Artifact

FILES = (
    Artifact(path="index.html", content=b"<p>"),
    Artifact(path="results.json", content=b"{}"),
    Artifact(path="tables/a.csv", content=b"a\n1\n"),
)
NEW = (Artifact(path="new.txt", content=b"x"),)
FACTS = {"project": "hotel", "tool": "deployment-dossier 0.1.0", "verdict": "delay"}
NAMES = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_characters="/", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in {".", ".."})
PLACES = st.sampled_from(["", "tables/", "figures/", ".git/", "a/b/"])
EXTRA = st.dictionaries(st.tuples(PLACES, NAMES).map("".join), st.binary(max_size=20), max_size=4)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return bundle(FILES, tmp_path / "b", FACTS)


def everything(folder: Path) -> dict[str, tuple[bytes | str, int]]:
    """Return what each path below a folder is: bytes of a file, where a link leads, nothing for a folder."""
    found: dict[str, tuple[bytes | str, int]] = {}
    for path in folder.rglob("*"):
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = content, path.lstat().st_mode
    return found


def refusal(target: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        bundle(NEW, target, FACTS)
    assert caught.value.exit_code == 2
    return [problem.what for problem in caught.value.problems]


@given(EXTRA, st.booleans())
def test_no_file_of_anyone_disappears(extra: dict[str, bytes], has_bundle: bool):
    """Random files, in a bundle, over its own files, or alone: refused with a list, or every one of them is left."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, "b")
        if has_bundle:
            bundle(FILES, target, FACTS)
        else:
            target.mkdir()
        own = set(everything(target))
        for path, content in extra.items():
            place = target / path
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        before = everything(target)
        if set(before) - own:
            refusal(target)
            assert everything(target) == before
        else:
            assert set(everything(bundle(NEW, target, FACTS))) == {"new.txt", "manifest.json"}
        assert os.listdir(name) == ["b"]


@given(st.sampled_from([*(file.path for file in FILES), "manifest.json"]), st.integers(0, 10**6), st.integers(0, 7))
def test_no_edit_of_a_file_is_lost(path: str, place: int, bit: int):
    """One flipped bit in any file of a bundle, its manifest too: refused, and the bundle is as it was."""
    with tempfile.TemporaryDirectory() as name:
        target = bundle(FILES, Path(name, "b"), FACTS)
        content = bytearray((target / path).read_bytes())
        content[place % len(content)] ^= 1 << bit
        (target / path).write_bytes(content)
        before = everything(target)
        refusal(target)
        assert everything(target) == before


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("notes", lambda path: path.mkdir()),
        ("approvals/deep/er", lambda path: path.mkdir(parents=True)),
        ("latest", lambda path: path.symlink_to("index.html")),
        ("away", lambda path: path.symlink_to("/nowhere")),
        ("folder", lambda path: path.symlink_to("tables")),
        ("pipe", os.mkfifo),
    ],
)
def test_what_is_no_file_is_kept_too(old: Path, name: str, make):
    make(old / name)
    before = set(old.rglob("*"))
    assert name.partition("/")[0] in refusal(old)[0]
    assert set(old.rglob("*")) == before


def test_a_link_in_the_place_of_a_file_is_none_of_ours(old: Path, tmp_path: Path):
    (tmp_path / "mine").write_bytes((old / "index.html").read_bytes())
    (old / "index.html").unlink()
    (old / "index.html").symlink_to(tmp_path / "mine")
    assert refusal(old) == ["index.html is none of the bundle's files"]


def test_the_strange_things_are_listed_and_a_long_list_is_cut(old: Path):
    (old / "index.html").write_text("<p>mine")
    for number in range(20):
        (old / f"n{number:02}").write_text("")
    said = refusal(old)
    assert said[0] == "index.html was changed after the bundle was made"
    assert said[1] == "n00 is none of the bundle's files"
    assert (len(said), said[-1]) == (11, "and there is more")


def test_a_file_of_the_bundle_that_is_gone_is_no_loss(old: Path):
    (old / "index.html").unlink()
    bundle(NEW, old, FACTS)


@pytest.mark.parametrize(
    "manifest",
    [
        '{"manifest_version": 3}',
        '{"schema_version": 1, "tool": "webpack", "files": {}}',
        '{"schema_version": "x", "tool": "deployment-dossier 1", "files": {}}',
        '{"schema_version": 1, "tool": "deployment-dossier 1", "files": {"a": "b"}}',
        '{"schema_version": 1, "tool": 3, "files": {}}',
        '{"tool": "deployment-dossier \\ud800", "schema_version": 1, "files": {}}',
        "[" * 100_000,
        "[]",
        "",
        "\xff",
    ],
)
def test_another_programs_manifest_makes_no_bundle(tmp_path: Path, manifest: str):
    app = tmp_path / "app"
    (app / "src").mkdir(parents=True)
    (app / "src" / "thesis.js").write_text("years of work")
    (app / "manifest.json").write_text(manifest, encoding="latin-1")
    before = everything(app)
    assert refusal(app)
    assert everything(app) == before


def test_a_manifest_that_is_no_file_is_not_read(tmp_path: Path):
    for number, make in enumerate([os.mkfifo, lambda path: path.symlink_to("/dev/zero"), os.mkdir]):
        (tmp_path / f"b{number}").mkdir()
        make(tmp_path / f"b{number}" / "manifest.json")
        assert refusal(tmp_path / f"b{number}") == ["the target folder holds something that is no bundle"]


def test_a_bundle_of_the_first_schema_is_replaced(old: Path):
    manifest = json.loads((old / "manifest.json").read_text())
    del manifest["manifest_sha256"]
    manifest["schema_version"] = 1
    (old / "manifest.json").write_text(json.dumps(manifest))
    bundle(NEW, old, FACTS)
    del manifest["verdict"]
    assert sorted(os.listdir(old)) == ["manifest.json", "new.txt"]


def test_what_comes_while_a_bundle_is_written_is_kept(old: Path, monkeypatch: pytest.MonkeyPatch):
    """An approval is laid into the old bundle after it was looked at: the exchange is undone."""
    settle = _write._settle

    def signed(folder: Path) -> None:
        settle(folder)
        (old / "approval.pdf").write_text("signed")

    monkeypatch.setattr(_write, "_settle", signed)
    assert refusal(old) == ["approval.pdf is none of the bundle's files"]
    assert sorted(os.listdir(old)) == ["approval.pdf", "index.html", "manifest.json", "results.json", "tables"]
    assert os.listdir(old.parent) == ["b"]


@pytest.mark.parametrize("kept", ["b/rows.csv", "b", "b/deep/er/rows.csv", "link/rows.csv"])
def test_a_target_that_is_or_holds_an_input_is_refused(tmp_path: Path, kept: str):
    target = tmp_path / "b"
    target.mkdir()
    (tmp_path / "link").symlink_to("b")
    with pytest.raises(InputError, match=r"is or holds .*/"):
        check_target(target, [tmp_path / kept])


@pytest.mark.parametrize("kept", ["rows.csv", "bb/rows.csv", ".", "c"])
def test_a_target_beside_an_input_is_not(tmp_path: Path, kept: str):
    check_target(tmp_path / "b", [tmp_path / kept])


def test_a_link_to_a_bundle_stays_a_link(old: Path):
    latest = old.with_name("latest")
    latest.symlink_to("b")
    assert bundle(NEW, latest, FACTS) == latest
    assert os.readlink(latest) == "b"
    assert sorted(os.listdir(old)) == ["manifest.json", "new.txt"]
    assert sorted(os.listdir(old.parent)) == ["b", "latest"]


def test_a_folder_behind_a_link_is_made(tmp_path: Path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to("disk")
    bundle(NEW, tmp_path / "out" / "a" / "b", FACTS)
    assert (tmp_path / "disk" / "a" / "b" / "new.txt").is_file()


@pytest.mark.parametrize("target", ["lost", "lost/a/b", "round"])
def test_a_link_that_leads_nowhere_is_told(tmp_path: Path, target: str):
    (tmp_path / "lost").symlink_to("gone")
    (tmp_path / "round").symlink_to("round")
    assert refusal(tmp_path / target)[0].startswith("the target is a link to ")
    assert sorted(os.listdir(tmp_path)) == ["lost", "round"]


def test_a_mount_point_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="mount point"):
        check_target(Path("/proc"))


def test_a_folder_mounted_from_the_same_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "out put"
    target.mkdir()
    mounts = tmp_path / "mountinfo"
    escaped = str(target).replace(" ", r"\040")
    mounts.write_text(f"36 35 98:0 /volumes/out {escaped} rw,noatime - ext4 /dev/root rw\n")
    check_target(target)
    monkeypatch.setattr(_target, "MOUNTS", mounts)
    with pytest.raises(InputError, match="mount point"):
        check_target(target)


@pytest.mark.parametrize("content", [b"price\n1\n", b'{"price": 1}', b"[]", b"\xff", b""])
def test_a_single_file_takes_the_place_of_its_own_kind_alone(tmp_path: Path, content: bytes):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match="something else stands"):
        written(path, b'{"kind": "cost"}')
    assert path.read_bytes() == content
