"""Files that are no YAML, no UTF-8, no mapping, or a trap: an error at the place, never anything else."""

from pathlib import Path

import pytest
import yaml

from generator.errors import InputError
from generator.load import load
from tests.load.example import place, problems, text, write

# The whole file with the place of the problem, what is wrong, what to try.
CASES = [
    ("¶", "is empty", "begin with `project:`"),
    ("# only a comment\n", "is empty", "begin with `project:`"),
    ("¶~\n", "is empty", "begin with `project:`"),
    ("¶- a\n", "does not consist of keys and values", "begin with"),
    ("¶just words\n", "does not consist of keys and values", "begin with"),
    ("project:\n¶\tname: shop\n", "cannot begin a value", "never with tabs"),
    ("project: ¶@shop\n", "cannot begin a value", "in quotes"),
    ("project: a¶: b\n", "a second colon", "`: ` in quotes"),
    ("project: 'shop\n¶", "never closed", "close the quote"),
    ('project: "¶\\q"\n', "escape", "single quotes"),
    ("project: [a, b\n¶", "opened with `[`", "close it with `]`"),
    ("project: {a: b\n¶", "opened with `{`", "close it with `}`"),
    ("- a\n¶b: c\n", "not an item", "begin each item"),
    ("operator: >¶=\n", "folded text", "in quotes: '>='"),
    ("¶%YAML 3.0\n---\na: b\n", "another version", "%YAML"),
    ("a: b\n¶---\nc: d\n", "a second document", "remove the line `---`"),
    (f"a: {'[' * 24}¶{'[' * 50}", "nested more than 24 deep", "no key"),
    ("project: {name: shop, ¶name: shop}\n", "`name` stands here for the second time", "in line 1: keep one"),
    ("project: ¶!!python/object:os.system {}\n", "tag `tag:yaml.org,2002:python/object:os.system`", "plain value"),
    ("project: {name: ¶!!int 5}\n", "tag `tag:yaml.org,2002:int`", "plain value"),
    ("project: ¶*nobody\n", "`*nobody` refers to nothing above", "in quotes"),
    ("? ¶[a]\n: b\n", "cannot be a key", "a word and a colon"),
    ('project: {name: ¶"a\\0b"}\n', "U+0000 cannot be printed", "remove it"),
    ("project: {name: a¶\x1bb}\n", "U+001B cannot be printed", "remove it"),
    ("project: {name: a¶\u202eb}\n", "U+202E cannot be printed", "remove it"),
]


@pytest.mark.parametrize(("marked", "what", "hint"), CASES)
def test_an_unreadable_file_is_explained(tmp_path: Path, marked: str, what: str, hint: str):
    content, where = place(marked)
    found = problems(tmp_path, content)
    problem = next(problem for problem in found if what in problem.what)
    assert hint in problem.hint
    if "¶" in marked:
        assert problem.where == f"{tmp_path / 'dossier.yaml'}:{where}"


@pytest.mark.parametrize(("marked", "what", "hint"), [case for case in CASES if case[1] != "not an item"])
def test_it_is_explained_without_libyaml_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marked: str, what: str, hint: str
):
    monkeypatch.setattr("generator.load.tree.LOADER", yaml.SafeLoader)
    found = problems(tmp_path, place(marked)[0])
    assert any(what in problem.what and hint in problem.hint for problem in found)


@pytest.mark.parametrize(
    ("content", "where"),
    [(b"a: b\nc: \xff\n", "2:4"), ("a: ä\n".encode("latin-1"), "1:4"), ("a: b".encode("utf-16"), "1:1")],
)
def test_what_is_not_utf_8_is_found(tmp_path: Path, content: bytes, where: str):
    (problem,) = problems(tmp_path, content)
    assert "not UTF-8" in problem.what
    assert problem.where.endswith(f":{where}")


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path):
    assert problems(tmp_path, b"\xef\xbb\xbf" + text().replace("\n", "\r\n").encode()) == ()


def test_an_alias_repeats_what_it_names(tmp_path: Path):
    rules = "rules: [&a {id: a, metric: rmse, red: &limit 5}, {id: b, metric: mae, red: *limit}]"
    settings = load(write(tmp_path, text("alerts", rules))).settings
    assert settings.alerts.rules[1].red == 5


def test_laughs_do_not_multiply(tmp_path: Path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 20)]
    (problem,) = problems(tmp_path, "\n".join(lines))
    assert "unfold" in problem.what


def test_a_ladder_of_aliases_does_not_reach_the_sky(tmp_path: Path):
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 3000))]
    (problem,) = problems(tmp_path, "\n".join(lines))
    assert "unfold" in problem.what


def test_an_alias_inside_itself_is_unknown(tmp_path: Path):
    assert any("refers to nothing" in problem.what for problem in problems(tmp_path, "project: &a [*a]\n"))


def test_every_duplicate_is_reported(tmp_path: Path):
    found = problems(tmp_path, text("project", "owner: a\ntitle: b\nowner: c\ntitle: d"))
    assert [problem.where.split(":")[-2] for problem in found] == ["5", "6"]
    assert "the first is in line 3" in found[0].hint


def test_an_enormous_file_is_refused(tmp_path: Path):
    (problem,) = problems(tmp_path, b"#" * 2_000_001)
    assert "larger than 2 MB" in problem.what


def test_a_path_without_a_project_file_is_explained(tmp_path: Path):
    with pytest.raises(InputError, match="there is no"):
        load(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"has no dossier\.yaml") as raised:
        load(tmp_path)
    assert "name the project file" in raised.value.problems[0].hint
    (tmp_path / "dossier.yml").touch()
    with pytest.raises(InputError) as raised:
        load(tmp_path)
    assert "dossier.yml" in raised.value.problems[0].hint
    with pytest.raises(InputError, match="is a device, not a file"):
        load(Path("/dev/null"))


def test_a_file_that_cannot_be_opened_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = write(tmp_path, text())
    monkeypatch.setattr("generator.records.files.os.open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        load(file)
