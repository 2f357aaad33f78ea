"""Takes another Python with other versions of packages, gives whether the cases come out as they do here.

    python tests/packaging/same_results.py OTHER CASE...     builds each case with both, in Markdown, and compares

Results are equal when all texts are and all numbers agree to a millionth; documents, when they differ by the versions
of packages and of Python alone.
"""

import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 10
TOLD = ("build.python", "artifact.opens")
"""Facts that name the versions themselves."""
OTHER = "artifact.version"
"""The finding that another version opens the model than wrote it: true of the one and not of the other."""

LEFT_OUT = re.compile(
    r"\| \S (watch|confirmed|severe) +\||(evidence|findings|methods)\.csv>\)|\| \d+ +\| `\S+` +\|$|\*\*Environment\."
)
"""Lines with findings, counts of what is cited, methods with theirs, and the versions of packages."""

Json = Any


def main() -> int:
    """Print a line per case, or its first differences; return 1 when there are any."""
    other, *cases = sys.argv[1:]
    failed = False
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="dossier-same-") as folder:
            here, there = Path(folder, "here"), Path(folder, "there")
            build(case, {sys.executable: here, other: there})
            found = list(differences(here, there))
            facts = len(json.loads((here / "results.json").read_text())["facts"])
        print(f"{case}: {facts} facts, {len(found)} differences", *found[:SHOWN], sep="\n  ", flush=True)
        failed = failed or bool(found)
    return int(failed)


def build(case: str, targets: dict[str, Path]) -> None:
    """Build a case with several interpreters at once; exits with the messages of one that fails."""
    running = [
        subprocess.Popen(
            [python, "-m", "generator", "build", f"data/{case}", "--format", "md", "-o", target],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for python, target in targets.items()
    ]
    said = [process.communicate()[1] for process in running]
    for python, process, text in zip(targets, running, said, strict=True):
        if process.returncode:
            sys.exit(f"{python} does not build {case}:\n{text}")


def differences(here: Path, there: Path) -> Iterator[str]:
    """Yield where the results and the documents of two bundles differ."""
    mine, yours = (json.loads((folder / "results.json").read_text()) for folder in (here, there))
    packages = {row[0] for row in mine["tables"].pop("build.packages")["rows"]}
    del yours["tables"]["build.packages"]
    for results in (mine, yours):
        for told in TOLD:
            results.get("facts", {}).pop(told, None)
        results["findings"] = [each for each in results.get("findings", ()) if each["id"] != OTHER]
    yield from unequal(mine, yours, "results")
    for document in sorted(here.glob("*.md")):
        texts = [lines(folder / document.name, packages) for folder in (here, there)]
        if texts[0] != texts[1]:
            yield f"{document.name}: the texts differ"


def unequal(mine: Json, yours: Json, place: str) -> Iterator[str]:
    """Yield the places where two values of JSON differ by more than a rounding."""
    if isinstance(mine, dict) and isinstance(yours, dict) and mine.keys() == yours.keys():
        for key, value in mine.items():
            yield from unequal(value, yours[key], f"{place}.{key}")
    elif isinstance(mine, list) and isinstance(yours, list) and len(mine) == len(yours):
        for index, (one, other) in enumerate(zip(mine, yours, strict=True)):
            yield from unequal(one, other, f"{place}[{index}]")
    elif isinstance(mine, float) and isinstance(yours, float):
        if not math.isclose(mine, yours, rel_tol=1e-6, abs_tol=1e-9):
            yield f"{place}: {mine} here, {yours} there"
    elif mine != yours:
        yield f"{place}: {mine!r:.60} here, {yours!r:.60} there"


def lines(document: Path, packages: set[str]) -> list[str]:
    """Return a document without the rows that name the version of a package or of Python, or count those that do.

    Findings are compared as results: one of them tells of versions, and takes another's place in a table that is cut.
    """
    found = document.read_text().splitlines()
    plain = [line for line in found if "Python" not in line and not LEFT_OUT.search(line)]
    return [line for line in plain if line.strip("| ").split(" ")[0] not in packages]


if __name__ == "__main__":
    sys.exit(main())
