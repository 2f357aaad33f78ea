"""Processor seconds of judging a world without pages, of this checkout and of another; nothing passes or fails.

`python -m tests.benchmarks.cost --against FOLDER [--pairs 3]` runs load, measure, conclude in turn in both, each in a
process of its own; FOLDER is a checkout of another commit, as `git worktree add` makes one. The worlds give training
rows alone, which every version reads; imports are not counted.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.benchmarks.run import ROOT
from tests.worlds.axes import World
from tests.worlds.world import project

WORLDS = {
    "regression, ridge": World(given="training"),
    "regression, forest, inputs moved": World(given="training", learner="forest", shift=0.7),
    "regression, CSV": World(given="training", container="csv"),
    "regression, 15,000 rows": World(given="training", rows=15_000, entities=500),
    "binary, logistic": World(given="training", task="binary", learner="logistic"),
    "binary, histogram, relation changed": World(given="training", task="binary", learner="histogram", relation=1.0),
}
JUDGE = """
import resource, sys, datetime, contextlib
from pathlib import Path
from generator import pipeline
from generator.catalog import CATALOG
from generator.records.watch import unwatched
def spent():
    own, child = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime
@contextlib.contextmanager
def silent(_):
    yield unwatched
def judge(file):
    if hasattr(pipeline, "judge"):
        return pipeline.judge(file, CATALOG, None, silent)
    from generator.analyse import analyse
    from generator.bundle.identity import header
    from generator.decide import decide
    from generator.load import load
    from generator.measure import measure
    from generator.records.results import collect
    made = load(file)
    ledger = measure(made, CATALOG.engines[0].open(), CATALOG.readers)
    evidence = analyse(made, ledger, CATALOG.analyses)
    return collect(header(made, ledger), evidence, decide(made, evidence, CATALOG.decisions))
first, file = map(Path, sys.argv[1:])
judge(first)
begun = spent()
judge(file)
print(spent() - begun)
"""
"""Judges one world to have everything imported, then the one that counts."""


def seconds(checkout: Path, first: Path, file: Path) -> float:
    """Return the processor seconds that a checkout takes to judge the world of a project file."""
    env = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, "-P", "-c", JUDGE, str(first), str(file)]
    done = subprocess.run(words, env=env, check=True, capture_output=True, text=True, cwd=checkout)
    return float(done.stdout)


def main() -> None:
    """Print a line for each world: the medians here and there, and the median of the ratios of the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="a checkout of another commit")
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args()
    print("| world | here | there | ratio |\n|---|---|---|---|")
    for name, of in WORLDS.items():
        first, file = (
            project(one) / "dossier.yaml"
            for one in (
                World(
                    given="training", seed=9, task=of.task, learner="ridge" if of.task == "regression" else "logistic"
                ),
                of,
            )
        )
        pairs = [[seconds(one, first, file) for one in (ROOT, chosen.against)] for _ in range(chosen.pairs)]
        here, there, ratio = (median(each) for each in zip(*((a, b, a / b) for a, b in pairs), strict=True))
        print(f"| {name} | {here:.2f} s | {there:.2f} s | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
