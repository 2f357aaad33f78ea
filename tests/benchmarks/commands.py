"""Processor seconds of the commands that answer at once, of this checkout and of another; nothing passes or fails.

`python -m tests.benchmarks.commands --against FOLDER` runs each command in turn in both, whole processes with user and
system time; FOLDER is a checkout of another commit, as `git worktree add` makes one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.run import ROOT, cpu

CASE = "churn"
FACT = "performance.brier.production"


def commands(bundle: Path, again: Path) -> dict[str, list[str]]:
    """Return the commands by what they are called in the table."""
    project = str(ROOT / "data" / CASE)
    return {
        "--help": ["--help"],
        "list": ["list"],
        "check --schema": ["check", "--schema"],
        "explain": ["explain", str(bundle), FACT],
        "check": ["check", project, "--quiet"],
        "render --format md": ["render", str(bundle), "-o", str(again), "--format", "md", "--quiet"],
    }


def seconds(checkout: Path, words: list[str]) -> float:
    """Return the processor seconds of one command of a checkout."""
    os.environ["PYTHONPATH"] = str(checkout)
    return cpu([sys.executable, "-P", "-m", "generator", *words])


def main() -> None:
    """Print a line for each command: the median of its runs here and there, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another commit")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sides = {"here": ROOT, "there": asked.against.resolve()}
        lists = {}
        for side, checkout in sides.items():
            bundle = Path(folder, side)
            seconds(checkout, ["build", str(ROOT / "data" / CASE), "-o", str(bundle), "--format", "md", "--quiet"])
            lists[side] = commands(bundle, Path(folder, f"{side}-again"))
        for name in lists["here"]:
            times = [[seconds(sides[side], lists[side][name]) for side in sides] for _ in range(asked.runs)]
            here, there = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{name:<20} here {here:6.2f} s   there {there:6.2f} s   ratio {here / there:5.2f}", flush=True)


if __name__ == "__main__":
    main()
