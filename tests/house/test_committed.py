"""No committed file knows the machine it was written on, nor the registry it was installed from."""

import re

import pytest

from tests.house.source import ROOT, committed_files

HOST = re.compile(
    r"\b(?:pypi\.org|pypi\.python\.org|pythonhosted\.org|deb\.debian\.org|security\.debian\.org"
    r"|snapshot\.debian\.org|archive\.ubuntu\.com|npmjs\.(?:org|com)|yarnpkg\.com|cran\.r-project\.org"
    r"|crates\.io|proxy\.golang\.org|conda\.anaconda\.org|repo\.maven\.apache\.org)\b"
    r"|--(?:extra-)?index[-]url|--find[-]links|--trusted[-]host"
)
MACHINE = re.compile(r"(?<![\w.}~-])/(?:work|root|opt|home|Users)/(?=[\w.])")

LARGEST = 20_000_000
"""Bytes of a file that is read; data files beyond it hold rows, not settings."""


def findings(pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line: text` for each line of a committed text file that the pattern matches."""
    found = []
    for path in committed_files():
        if path.stat().st_size > LARGEST:
            continue
        raw = path.read_bytes()
        if b"\0" in raw[:8192]:
            continue
        text = raw.decode("utf-8", errors="replace")
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
    return found


@pytest.mark.parametrize("pattern", [HOST, MACHINE], ids=["registry", "machine"])
def test_no_committed_file_names_a(pattern: re.Pattern[str]):
    if not committed_files():
        pytest.skip("not a git checkout")
    assert not findings(pattern)


@pytest.mark.parametrize(
    "text",
    ["https://py" + "pi.org/simple", "python" + "hosted.org", "registry.np" + "mjs.org", "--in" + "dex-url"],
)
def test_a_registry_is_recognised(text: str):
    assert HOST.search(text)


@pytest.mark.parametrize(
    "text", ["cd /wo" + "rk/main", '"/ro' + 'ot/.cache"', "/op" + "t/tool/bin", "=/ho" + "me/me/x"]
)
def test_a_machine_is_recognised(text: str):
    assert MACHINE.search(text)


@pytest.mark.parametrize("text", ["data/work/x", "https://example.com/home/x", "../work/shared", "a /work and /root"])
def test_a_relative_path_is_not(text: str):
    assert not MACHINE.search(text)
