"""Takes the wheel and the names of packages that stand in the same environments, gives whether they keep their version.

python tests/packaging/beside.py UV PACKAGE...     resolves each alone and beside the wheel; rewrites beside.md
"""

import contextlib
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import hatchling.build

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_suffix(".md")
PYTHON = "3.11"


def main() -> int:
    """Write the table and print it; return 1 when the wheel holds a package back or cannot stand beside it."""
    uv, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        wheel = Path(folder, hatchling.build.build_wheel(folder))
        rows = [
            (name, resolved(uv, name), resolved(uv, name, f"deployment-dossier @ {wheel.as_uri()}")) for name in names
        ]
    RECORD.write_text(record(rows))
    print(RECORD.read_text(), end="")
    return int(any(not alone or alone != beside for _, alone, beside in rows))


def resolved(uv: str, name: str, *others: str) -> str:
    """Return the version of a package that pip or uv would install with the others; nothing when there is none."""
    command = [uv, "pip", "compile", "-", "--python-version", PYTHON, "--no-header", "--no-annotate", "--quiet"]
    done = subprocess.run(command, input="\n".join((name, *others)), capture_output=True, text=True, check=False)
    versions = dict(line.split("==") for line in done.stdout.splitlines() if line.count("==") == 1)
    return versions.get(name, "").partition(" ")[0]


def record(rows: list[tuple[str, str, str]]) -> str:
    """Return the page that says what was found for which dependencies."""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lines = [f"| {name} | {alone or 'none'} | {beside or 'none'} |" for name, alone, beside in rows]
    return "\n".join(
        [
            "# Beside other packages",
            "",
            f"The newest versions for Python {PYTHON}, alone and beside the wheel; written by `make beside`.",
            "",
            "| package | alone | beside the wheel |",
            "|---|---|---|",
            *lines,
            "",
            "The wheel asks for:",
            "",
            *(f"- `{dependency}`" for dependency in dependencies),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
