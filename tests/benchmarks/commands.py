"""Processor seconds of the commands that answer at once, of this checkout and of another; nothing passes or fails.

`python -m tests.benchmarks.commands --against FOLDER` runs each command in turn in both, whole processes with user and
system time; FOLDER is a checkout of another commit, as `git worktree add` makes one. Each side reads its own project.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.run import ROOT, cpu

CASE = "churn"
FACT = "performance.brier.production"


def commands(checkout: Path, bundle: Path) -> dict[str, list[str]]:
    """Return the commands by what they are called in the table."""
    project = str(checkout / "data" / CASE)
    return {
        "--help": ["--help"],
        "list": ["list"],
        "check --schema": ["check", "--schema"],
        "explain": ["explain", str(bundle), FACT],
        "check": ["check", project, "--quiet"],
        "render --format md": ["render", str(bundle), "-o", f"{bundle}-again", "--format", "md", "--quiet"],
    }


def seconds(checkout: Path, words: list[str]) -> float | None:
    """Return the processor seconds of one command of a checkout; None, and on standard error why, where it fails."""
    os.environ["PYTHONPATH"] = str(checkout)
    try:
        return cpu([sys.executable, "-P", "-m", "generator", *words])
    except subprocess.CalledProcessError as error:
        print(f"{checkout}: {' '.join(words)}: exit {error.returncode}", error.stderr.decode()[-500:], file=sys.stderr)
        return None


def least(times: list[float | None]) -> float | None:
    """Return the shortest of several runs, the one least disturbed; None where any of them failed."""
    known = [time for time in times if time is not None]
    return min(known) if known and len(known) == len(times) else None


def compiled_once(folder: Path) -> None:
    """Let both sides keep the bytecode of their modules, as an installed program does; it lies in the folder."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def main() -> None:
    """Print a line for each command: the least of its runs here and there, and their ratio, without the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another commit")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compiled_once(Path(folder, "bytecode"))
        sides = {"here": ROOT, "there": asked.against.resolve()}
        lists = {}
        for side, checkout in sides.items():
            bundle, project = Path(folder, side), str(checkout / "data" / CASE)
            seconds(checkout, ["build", project, "-o", str(bundle), "--format", "md", "--quiet"])
            lists[side] = commands(checkout, bundle)
        for name in lists["here"]:
            runs = [[seconds(sides[side], lists[side][name]) for side in sides] for _ in range(asked.runs + 1)]
            here, there = (least(list(column)) for column in zip(*runs[1:], strict=True))
            told = [f"{time:6.2f} s" if time is not None else "  failed" for time in (here, there)]
            ratio = f"{here / there:5.2f}" if here is not None and there is not None else "    –"
            print(f"{name:<20} here {told[0]}   there {told[1]}   ratio {ratio}", flush=True)


if __name__ == "__main__":
    main()
