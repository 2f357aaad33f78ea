"""A check that is switched off says why, on the same line."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, committed_files

DIRECTIVE = re.compile(
    r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?"
    r"|(?:ruff:\s*)?noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?"
    r"|pragma:\s*no\s+(?:cover|branch))",
    re.IGNORECASE,
)
REASON = re.compile(r"[^\W\d_]{4,}")
"""At least one word: `frozen`, `skops has no annotations`."""


def unexplained(text: str) -> Iterator[int]:
    """Yield the lines whose comment switches a check off and says nothing more."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and DIRECTIVE.search(token.string):
            rest = DIRECTIVE.sub(" ", token.string)
            if not REASON.search(rest):
                yield token.start[0]


def sources() -> list[Path]:
    """Return the Python files of the checkout, or of the package and its tests outside one."""
    files = committed_files() or (*(ROOT / "generator").rglob("*.py"), *(ROOT / "tests").rglob("*.py"))
    return [path for path in files if path.suffix == ".py"]


def test_every_ignore_has_its_reason():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        for line in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "comment",
    [
        "# type: ignore",
        "# type: ignore[no-any-return]",
        "# noqa",
        "# noqa: E501",
        "# noqa: E501, F401",
        "# pragma: no cover",
        "# type: ignore[attr-defined]  # noqa: F401",
    ],
)
def test_an_ignore_alone_is_refused(comment: str):
    assert list(unexplained(f"x = 1  {comment}\n")) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # type: ignore[no-any-return]  # skops has no annotations",
        "x = 1  # noqa: E501 - a link is not broken",
        "x = 1  # pragma: no cover - only on a full disk",
        "x = '# noqa'",
        "x = 1  # an ordinary comment",
    ],
)
def test_a_reason_is_enough(line: str):
    assert not list(unexplained(line + "\n"))
