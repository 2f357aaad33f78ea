"""`make mutants`: turns one rule at a time and asks the tests; what they let pass is named.

A seeded sample of changes in the rules (`RULES`) is tried in copies of the tree. The tests asked are those that execute
the changed line, as a run with coverage told first; a change that they all let pass survives. The record is a page of
the repository, `SURVIVORS.md`; nothing here passes or fails.
With `--only` the tests are those of the rooms of that subject.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from math import ceil, inf
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import NoReturn

import pytest

from tests.mutants.changes import Change, changes

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "mutants"
RECORD = Path(__file__).with_name("SURVIVORS.md")
COPIED = ("generator", "templates", "tests", "data", "pyproject.toml", "README.md", "Makefile", "CHANGELOG.md")
TESTS = ("tests/subjects", "tests/worlds")
RULES = {
    "verdict": (
        "subjects/verdict/gates.py",
        "subjects/verdict/_hard_gates.py",
        "subjects/verdict/_judge.py",
        "subjects/verdict/_soft_gates.py",
        "subjects/verdict/conditions.py",
        "subjects/rollback/_conditions.py",
    ),
    "alerts": (
        "subjects/alerts/alerts.py",
        "subjects/limits/rules.py",
        "subjects/limits/counting.py",
        "subjects/alerts/_alert_levels.py",
        "subjects/charts/_choice.py",
    ),
    "drift": (
        "subjects/drift/_severity.py",
        "estimates/features.py",
        "subjects/drift/_impact.py",
        "subjects/missing/missing.py",
    ),
    "retraining": (
        "subjects/retraining/retraining.py",
        "subjects/retraining/_options.py",
        "subjects/retraining/_ageing.py",
        "subjects/retraining/_policies.py",
        "subjects/retraining/_recommend.py",
        "subjects/retraining/_triggers.py",
    ),
    "value": (
        "subjects/business/business.py",
        "subjects/business/business_case.py",
        "subjects/acting/actions.py",
        "subjects/business/_first_year.py",
    ),
    "rollout": (
        "subjects/rollout/_stages.py",
        "subjects/rollback/rollback.py",
        "subjects/calendar/_board.py",
        "subjects/calendar/timeline.py",
        "subjects/calendar/_rollouts.py",
        "subjects/calendar/_workdays.py",
    ),
}
SLOWER = 5.0
"""How many times as long as without a change tests may take; beyond that they are endless, and the change is killed."""

WIDEST = 150
"""The most tests that are asked of one change, the most specific first."""

LIBRARIES = ("duckdb", "jinja2", "matplotlib", "pandas", "pytest", "scipy.stats", "sklearn.linear_model")
"""What is loaded once, so that each change costs its tests alone."""


@dataclass(frozen=True)
class Asked:
    """Where copies of the tree are made, the module that is changed and the tests that are asked about it."""

    folder: Path
    module: str
    tests: Sequence[str]


def main() -> None:
    """Try a sample and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="a subject of RULES")
    said = parser.parse_args()
    rules = {subject: files for subject, files in RULES.items() if said.only in ("", subject)}
    contexts = executed(rooms(rules) if said.only else there(ROOT), CACHE / f"coverage{said.only and '-'}{said.only}")
    sampled = sample(rules, said.sample, said.seed)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, get_context("spawn").Pool(said.jobs, _ready) as pool:
        survived = tried(pool, Path(folder), [change for _, change in sampled], contexts)
    record(sampled, survived, said)


def tried(pool: Pool, folder: Path, drawn: Sequence[Change], found: Mapping[tuple[str, int], list[str]]) -> list[bool]:
    """Return for each change whether it survives, told as soon as it is known; no test may fail without a change."""
    asked = [Asked(folder, one.module, found.get((one.module, one.line), [])[:WIDEST]) for one in drawn]
    plain = list({one.module: one for one in asked}.values())
    spent = dict(zip((one.module for one in plain), pool.map(_unchanged, plain, chunksize=1), strict=True))
    if failing := sorted(module for module, seconds in spent.items() if seconds == inf):
        sys.exit(f"{', '.join(failing)}: the tests fail without any change")
    longest = max(60.0, SLOWER * max(spent.values()))
    waited = [
        pool.apply_async(survives, (one, change.source, ceil(longest)))
        for one, change in zip(asked, drawn, strict=True)
    ]
    return [told(change, one.get()) for one, change in zip(waited, drawn, strict=True)]


def sample(rules: Mapping[str, Sequence[str]], size: int, seed: int) -> list[tuple[str, Change]]:
    """Return `size` changes of the rules with their subject, drawn without order and sorted by place."""
    every = [
        (subject, change)
        for subject, files in rules.items()
        for file in files
        for change in changes(f"generator/{file}", (ROOT / "generator" / file).read_text(encoding="utf-8"))
    ]
    drawn = random.Random(seed).sample(every, min(size, len(every)))
    return sorted(drawn, key=lambda pair: (pair[0], pair[1].module, pair[1].line, pair[1].what))


def told(change: Change, survived: bool) -> bool:
    """Print a change as soon as it is tried."""
    print("survived" if survived else "killed  ", f"{change.module}:{change.line}", _short(change.what), flush=True)
    return survived


def executed(folders: Sequence[str], data: Path) -> dict[tuple[str, int], list[str]]:
    """Return which tests execute a line: (module, line) → tests, those that execute the fewest lines first."""
    if not data.exists():
        data.parent.mkdir(parents=True, exist_ok=True)
        asked = ("-q", "-p", "no:randomly", "-m", "not real", "--cov", "--cov-context=test", "--cov-report=")
        environment = os.environ | {"COVERAGE_FILE": str(data)}
        subprocess.run([sys.executable, "-m", "pytest", *asked, *folders], cwd=ROOT, check=True, env=environment)
    found: dict[tuple[str, int], list[str]] = {}
    breadth: dict[str, int] = {}
    for module, line, test in _lines(data):
        found.setdefault((module, line), []).append(test)
        breadth[test] = breadth.get(test, 0) + 1
    return {place: sorted(set(tests), key=breadth.__getitem__) for place, tests in found.items()}


def there(root: Path) -> list[str]:
    """Return the folders of tests that this tree has."""
    return [folder for folder in TESTS if (root / folder).is_dir()]


def rooms(rules: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the folders of tests of the rooms that rules stand in."""
    folders = {f"tests/{Path(file).parent.as_posix()}" for files in rules.values() for file in files}
    return sorted(folder for folder in folders if (ROOT / folder).is_dir())


def _lines(data: Path) -> Iterator[tuple[str, int, str]]:
    """Yield (module, line, test) from coverage's data file, fixtures counted; branches are pairs of lines there."""
    with sqlite3.connect(data) as base:
        rows = base.execute(
            "select file.path, arc.fromno, arc.tono, context.context from arc join file on file.id = arc.file_id "
            "join context on context.id = arc.context_id where context.context like '%|%'"
        )
        for path, start, end, context in rows:
            module = Path(path).relative_to(ROOT).as_posix()
            for line in (start, end):
                if line > 0:
                    yield module, line, context.rpartition("|")[0]


def _unchanged(asked: Asked) -> float:
    """Return the seconds that the tests take without a change; without end where they fail."""
    begun = time.monotonic()
    return time.monotonic() - begun if survives(asked, (ROOT / asked.module).read_text(encoding="utf-8")) else inf


def survives(asked: Asked, source: str, longest: int = 0) -> bool:
    """Return whether the tests asked let a module with this source pass, within so many seconds (0: any)."""
    if not asked.tests:
        return True
    copy = _copy(asked.folder)
    place = copy / asked.module
    place.write_text(source, encoding="utf-8")
    for kept in (place.parent / "__pycache__").glob(f"{place.stem}.*.pyc"):
        kept.unlink()
    child = os.fork()
    if not child:
        _ask(copy, asked.tests, longest)
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    place.write_text((ROOT / asked.module).read_text(encoding="utf-8"), encoding="utf-8")
    return status == 0


def _ask(copy: Path, tests: Sequence[str], longest: int) -> NoReturn:
    """Run the tests in this process, a fork of one that has the libraries, and end it with their code."""
    os.setsid()
    signal.alarm(longest)
    os.chdir(copy)
    with Path(os.devnull).open("w", encoding="utf-8") as silent:
        os.dup2(silent.fileno(), 1)
        os.dup2(silent.fileno(), 2)
    for name in [name for name in sys.modules if name.partition(".")[0] in {"tests", "generator"}]:
        del sys.modules[name]
    sys.path.insert(0, str(copy))
    os.environ["PYTHONPATH"] = str(copy)
    code = 1
    try:
        code = int(pytest.main(["-x", "-q", "-p", "no:randomly", *tests]))
    finally:
        os._exit(code)


@cache
def _copy(folder: Path) -> Path:
    """Return this process's own copy of the tree."""
    copy = Path(tempfile.mkdtemp(dir=folder))
    for name in COPIED:
        _copied(ROOT / name, copy / name)
    return copy


def _ready() -> None:
    """Load what every test needs, once for all that are forked from here."""
    for library in LIBRARIES:
        import_module(library)


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def record(sampled: Iterable[tuple[str, Change]], survived: Sequence[bool], said: argparse.Namespace) -> None:
    """Write how many changes were killed by subject, and name those that were not."""
    pairs = list(zip(sampled, survived, strict=True))
    lines = ["# Changes of the rules that the tests let pass", "", f"`make mutants`, seed {said.seed}.", ""]
    lines += ["| subject | tried | killed |", "|---|---|---|"]
    for subject in sorted({subject for (subject, _), _ in pairs}):
        own = [lived for (name, _), lived in pairs if name == subject]
        lines.append(f"| {subject} | {len(own)} | {own.count(False)} |")
    lines.append(f"| all | {len(pairs)} | {list(survived).count(False)} |")
    lines += ["", *(f"- `{c.module}:{c.line}` `{_short(c.what)}`" for (_, c), lived in pairs if lived), ""]
    text = "\n".join(lines)
    print(text)
    if not said.only:
        RECORD.write_text(text, encoding="utf-8")


def _short(what: str) -> str:
    line = " ".join(what.replace("`", "'").split())
    return line if len(line) <= 150 else f"{line[:147]}..."


if __name__ == "__main__":
    main()
