"""What a build says of TechMart when nothing is planted: items to watch, findings, failed gates.

`python -m tests.benchmarks.healthy [--seeds 10]` prints a row a seed; RESULTS.md records one run of it. The training
statistics and the models are TechMart's, the production rows those of its generator without any shift.
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from data.techmart.catalogue import HERE
from data.techmart.make_data import Shifts, production_rows, write_rows
from generator.catalog import CATALOG
from generator.conclude import analyse, decide
from generator.load import load
from generator.measure import measure
from generator.records.decision import Verdict
from generator.records.fact import Value

OF_DATA = {
    "performance",
    "segment",
    "drift",
    "missing",
    "unseen",
    "correlation",
    "multivariate",
    "prediction",
    "calibration",
}
"""Kinds of findings that rows show, not the project file."""
UNDECLARED = {"services", "rollback", "monitoring"}
"""Gates on what TechMart has not declared or measured: they are as open without shifts as with them."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of healthy rows."""

    watched: int
    """Features to watch, and findings no graver than that."""
    found: tuple[str, ...]
    """Graver findings."""
    verdict: Verdict | None
    open_gates: tuple[str, ...]
    """Gates on the rows that did not pass."""
    facts: dict[str, Value]


def said(seed: int) -> Said:
    """Build TechMart up to its decisions on healthy rows of a seed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(HERE, folder, dirs_exist_ok=True)
        write_rows(production_rows(seed, Shifts.none()), folder / "production_simulation.csv")
        project = load(folder)
        ledger = measure(project, CATALOG.engines[0].open(), CATALOG.readers)
    evidence = analyse(project, ledger, CATALOG.analyses)
    decided = decide(project, evidence, CATALOG.decisions)
    facts = {fact.id: fact.value for fact in (*evidence.facts, *decided.facts)}
    findings = [one for one in (*evidence.findings, *decided.findings) if one.kind in OF_DATA]
    light = sum(one.severity == "watch" for one in findings)
    watched = facts["drift.count.watch"]
    assert isinstance(watched, int)
    return Said(
        watched=watched + light,
        found=tuple(one.id for one in findings if one.severity != "watch"),
        verdict=decided.verdict,
        facts=facts,
        open_gates=tuple(gate.id for gate in decided.gates if gate.verdict != "pass" and gate.id not in UNDECLARED),
    )


def main() -> None:
    """Print a row of a table for each seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    print("| seed | to watch | findings | other gates not passed | cause of a changed error |")
    print("|---|---|---|---|---|")
    for seed in range(1, parser.parse_args().seeds + 1):
        one = said(seed)
        words = (", ".join(part) or "none" for part in (one.found, one.open_gates))
        print(f"| {seed} | {one.watched} | {' | '.join(words)} | {one.facts['causes.verdict']} |", flush=True)


if __name__ == "__main__":
    main()
