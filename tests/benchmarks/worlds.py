"""Worlds by the dozen: how often a change is found where nothing changed, and what is said where something did.

`python -m tests.benchmarks.worlds null|inputs|relation|far [--seeds 20] [--generator smooth] [--pair binary,forest]`
"""

import argparse
from collections import Counter
from typing import Any

from generator.records.results import Results
from tests.worlds.axes import PAIRS, World
from tests.worlds.world import judged

AXES: dict[str, dict[str, Any]] = {
    "null": {},
    "inputs": {"shift": 0.7},
    "relation": {"relation": 1.0},
    "far": {"shift": 1.5},
}
CHANGES = ("performance.", "causes.", "estimated.", "calibration.changed")
"""How the ids of findings begin that say that something has changed."""


def found(results: Results) -> list[str]:
    """Return the findings of change that are more than watched."""
    return [
        one.id for one in results.findings if one.id.startswith(CHANGES) and one.severity in ("confirmed", "severe")
    ]


def main() -> None:
    """Print a row of a Markdown table for each pair of task and learner."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=AXES)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--generator", choices=["smooth", "steps"], default="smooth")
    parser.add_argument("--pair", action="append", type=lambda text: tuple(text.split(",")), help="task,learner")
    chosen = parser.parse_args()
    print(f"| {chosen.kind}, {chosen.generator} | worlds | with a finding of change | verdicts on causes | findings |")
    print("|---|---|---|---|---|")
    for task, learner in chosen.pair or PAIRS:
        every = [
            World(task=task, learner=learner, seed=seed, generator=chosen.generator, **AXES[chosen.kind])
            for seed in range(1, chosen.seeds + 1)
        ]
        told = [judged(one, ("causes",)) for one in every]
        words = Counter(str(one.facts["causes.verdict"].value) for one in told)
        ids = Counter(id for one in told for id in found(one))
        alarms = sum(bool(found(one)) for one in told)
        cells = (", ".join(f"{word} {n}" for word, n in sorted(each.items())) for each in (words, ids))
        print(f"| {task}, {learner} | {len(told)} | {alarms} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
