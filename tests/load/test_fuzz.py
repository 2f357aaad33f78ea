"""Whatever stands in the file: a project, or an InputError whose every problem has words and a place in it."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.load.keys import is_section, keys, strip
from generator.load.syntax import BREAK
from generator.records.project import Settings
from tests.load.example import problems, text
from tests.load.test_load import BAD

VALID = text("alerts", "rules: [{id: a, metric: rmse, red: 5}]\nescalation: [one, two]").encode()
fuzz = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def known_keys(section: type) -> set[str]:
    """Return every key of the schema."""
    found: set[str] = set()
    for key, annotation in keys(section).items():
        kind = strip(annotation)[0]
        inner = strip(kind.__args__[0])[0] if getattr(kind, "__origin__", None) is tuple else kind
        found |= {key} | (known_keys(inner) if is_section(inner) else set())
    return found


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["rmse", "weekly", "2026-01-31", "<x>", "TODO", ">", "a", "rows.csv", "skops", "25%", "yes"])
)
names = st.sampled_from(sorted(known_keys(Settings))) | st.text(max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=30,
)
roots = st.dictionaries(st.sampled_from(sorted(keys(Settings))) | names, trees, max_size=8)


def check(folder: Path, content: str | bytes) -> None:
    """Load, and look at what comes out."""
    words = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    lines = len(BREAK.split(words))
    for problem in problems(folder, content):
        line, column = map(int, problem.where.rsplit(":", 2)[1:])
        assert 1 <= line <= lines
        assert column >= 1
        assert problem.what
        assert problem.hint
        assert "Input should" not in problem.what + problem.hint


@fuzz
@given(content=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, content: bytes):
    check(tmp_path, content)


@fuzz
@given(content=st.text(alphabet=st.sampled_from("ab:-?[]{},#&*!|>'\"%@`\\ \n\t01.~<=ä😀\x00\u2028"), max_size=60))
def test_any_text_of_the_signs_of_yaml(tmp_path: Path, content: str):
    check(tmp_path, content)


@fuzz
@given(start=st.integers(0, len(VALID)), length=st.integers(0, 12), new=st.binary(max_size=6))
def test_a_valid_file_with_a_scratch(tmp_path: Path, start: int, length: int, new: bytes):
    check(tmp_path, VALID[:start] + new + VALID[start + length :])


@fuzz
@given(start=st.integers(0, len(BAD)), new=st.text(alphabet=st.sampled_from("{}[]:,- \n0a'>"), max_size=3))
def test_a_bad_file_with_a_scratch(tmp_path: Path, start: int, new: str):
    check(tmp_path, BAD[:start] + new + BAD[start + len(new) :])


@fuzz
@given(root=roots)
def test_any_tree(tmp_path: Path, root: dict[str, Any]):
    check(tmp_path, yaml.safe_dump(root, allow_unicode=True))


@fuzz
@given(root=roots)
def test_any_tree_over_a_valid_file(tmp_path: Path, root: dict[str, Any]):
    base = yaml.safe_load(VALID)
    check(tmp_path, yaml.safe_dump({**root, **base}, allow_unicode=True))


def sample(annotation: Any) -> Any:
    """Return the YAML value of a right kind for a key."""
    kind, _ = strip(annotation)
    if is_section(kind):
        return {key: sample(inner) for key, inner in keys(kind).items()}
    if getattr(kind, "__origin__", None) is tuple:
        return [sample(kind.__args__[0])]
    if isinstance(kind, type):
        return {"str": "a", "bool": True, "int": 3, "float": 0.5, "date": "2026-01-31"}[kind.__name__]
    return kind.__args__[0]


def test_a_file_with_every_key_has_the_right_shape(tmp_path: Path):
    """Its values do not fit together, but no key is refused and no type."""
    for problem in problems(tmp_path, yaml.safe_dump(sample(Settings))):
        assert "should be" not in problem.what
        assert "not known in" not in problem.what
