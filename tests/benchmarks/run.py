"""`make bench`: processor seconds of the program against yardsticks on the same machine, as ratios.

Every figure is of a whole process, user and system time of it and its children, the median of several runs that
alternate with their yardstick. Nothing here passes or fails: the table is read by a person.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
CACHE = ROOT / ".cache" / "bench"
EVIDENTLY = ("evidently==0.7.*", "pandas<3")


def cpu(command: list[str]) -> float:
    """Return the processor seconds of a command and its children; raises when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass(frozen=True)
class Pairs:
    """Processor seconds of two commands that ran in turn, a pair a run."""

    times: tuple[tuple[float, float], ...]

    @property
    def medians(self) -> tuple[float, float]:
        """The median of each."""
        return statistics.median(a for a, _ in self.times), statistics.median(b for _, b in self.times)

    @property
    def ratios(self) -> list[float]:
        """First over second, pair by pair, the lowest first."""
        return sorted(a / b for a, b in self.times)


def paired(a: list[str], b: list[str], runs: int) -> Pairs:
    """Run two commands in turn, once each before that counts for nothing."""
    cpu(a), cpu(b)
    return Pairs(tuple((cpu(a), cpu(b)) for _ in range(runs)))


def python(script: str, *words: object) -> list[str]:
    """Return the command that runs one of the workloads beside this file."""
    return [sys.executable, str(HERE / "workload.py"), script, *map(str, words)]


def line(what: str, seconds: float, yardstick: str, other: float, wanted: str) -> None:
    """Print a row of the table."""
    print(f"{what:<58} {seconds:7.2f} s   {yardstick:<34} {other:7.2f} s   ratio {seconds / other:5.2f}  ({wanted})")


def statistics_of_techmart(runs: int) -> None:
    """15 thousand rows × 75 features from CSV, statistics alone, beyond the imports."""
    whole, imports = paired(python("measure", ROOT / "data/techmart"), python("imports"), runs).medians
    scored, _ = paired(python("score", ROOT / "data/techmart"), python("imports"), runs).medians
    print(
        f"TechMart, 15,000 × 75: statistics {whole - imports:.2f} s beyond imports of {imports:.2f} s (wanted ≤ 1.5);"
    )
    print(f"  with the scoring of two models {scored - imports:.2f} s")


def million_rows(runs: int) -> None:
    """A million rows × 50 features: the fold against merely decoding the file."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / "million"
    if not (folder / "production.parquet").exists():
        cpu(python("make_million", folder))
    fold, decode = paired(python("fold", folder), python("decode", folder), runs).medians
    imports = statistics.median(cpu(python("imports")) for _ in range(runs))
    line(
        "1,000,000 × 50: statistics, beyond imports",
        fold - imports,
        "decoding, beyond imports",
        decode - imports,
        "wanted ≤ 5",
    )
    peak = int(subprocess.run(python("peak", folder), check=True, cwd=ROOT, capture_output=True, text=True).stdout)
    print(f"  peak memory {peak / 1024:.0f} MB")


def five_million_rows(runs: int) -> None:
    """Five million rows × 50 features: the peak memory of a whole measurement, whatever the number of rows."""
    folder = CACHE / "large"
    if not (folder / "production.csv").exists():
        cpu(python("make_large", folder))
    for name in ("production.parquet", "production.csv"):
        work = subprocess.run(python("peak_large", folder, name), check=True, cwd=ROOT, capture_output=True, text=True)
        peak, seconds = work.stdout.split()
        print(f"5,000,000 × 50, {name}: peak {int(peak) / 1024:.0f} MB (wanted ≤ 1000), {float(seconds):.0f} s")


def whole_bundle(runs: int) -> None:
    """Every document in three formats, with companions, against Evidently's one HTML report on the same rows."""
    other = evidently_python()
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "generator", "build", "data/techmart", "-o", f"{folder}/bundle", "--quiet"]
        theirs = [str(other), str(HERE / "evidently_report.py"), str(ROOT / "data/techmart"), f"{folder}/report.html"]
        prepare(folder)
        pairs = paired(ours, [*theirs, f"{folder}/scored.parquet"], runs)
    a, b = pairs.medians
    line("TechMart's bundle, all documents × 3 formats", a, "Evidently 0.7, one HTML report", b, "wanted ≤ 0.5")
    print("  ratio of each pair: " + ", ".join(f"{ratio:.2f}" for ratio in pairs.ratios))


def prepare(folder: str) -> None:
    """Score training and production rows once, outside the timing, for the report that takes predictions as given."""
    cpu(python("scored", ROOT / "data/techmart", folder))


def evidently_python() -> Path:
    """Return the interpreter of an environment of its own with Evidently, made on first use from the registry."""
    home = CACHE / "evidently"
    interpreter = home / "bin" / "python"
    if not interpreter.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(interpreter), "-m", "pip", "install", "-q", *EVIDENTLY], check=True)
    return interpreter


def help_text(runs: int) -> None:
    """The first thing a user types."""
    seconds = statistics.median(cpu([sys.executable, "-m", "generator", "--help"]) for _ in range(runs))
    print(f"dossier --help: {seconds:.2f} s (wanted ≤ 0.4)")


BENCHMARKS: dict[str, Callable[[int], None]] = {
    "help": help_text,
    "statistics": statistics_of_techmart,
    "million": million_rows,
    "large": five_million_rows,
    "bundle": whole_bundle,
}


def main() -> None:
    """Run the benchmarks named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which; all of them by default")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    print(f"processor seconds, median of {asked.runs} runs in turn")
    for name in asked.names or BENCHMARKS:
        BENCHMARKS[name](asked.runs)


if __name__ == "__main__":
    main()
