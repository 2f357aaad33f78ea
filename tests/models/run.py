"""Makes the model files that newcomers have, opens each as `init` does, follows what is printed, compares the answers.

    python -m tests.models.run FOLDER PYTHON...     prints the table of RESULTS.md, by the Pythons of the Makefile

A file works at the first command, or after the words that its message named: a digest or types to trust, columns, or
the Python of another environment. Its answers are compared with those that its own library gave.
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from generator.catalog import CATALOG
from generator.errors import DossierError
from generator.measure.models import reader_of
from generator.records.files import MODEL_BYTES, read_folder
from generator.records.named import model_format
from generator.records.project import Model
from generator.scoring import ScoringModel

HERE = Path(__file__).parent
GROUPS = ("sklearn", "booster", "mlflow")
FIT_R = HERE.parent / "scoring" / "models.R"
NUMBERS = ("cost", "clicks")
FREE = "mlflow_unsigned"
"""What takes the text too, and says so nowhere."""
REFERENCE = "--reference"
"""The word that names the training rows."""
EXPORT = re.compile(r"torch\.onnx\.export\(.*\)")
NETWORK = """
import pandas, torch
model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).eval()
model.load_state_dict(torch.load("{file}"))
rows = torch.tensor(pandas.read_csv("rows.csv")[["cost", "clicks"]].to_numpy()[:5], dtype=torch.float32)
{words}
"""
"""The network whose weights are kept without it, written by the words that a message has."""
STEPS = 4
"""The most messages that are followed."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of one file: the words it took, and how far its answers lie from its library's, relatively."""

    name: str
    words: tuple[str, ...]
    apart: float | None
    told: str = ""


def write_rows(folder: Path) -> None:
    """Write the rows that every model is fitted on."""
    rng = np.random.default_rng(3)
    n = 400
    rows = pd.DataFrame({"cost": rng.uniform(10, 90, n), "clicks": rng.integers(0, 30, n)})
    rows["city"] = rng.choice(["Graz", "Lviv", "Porto"], n)
    rows["price"] = rows["cost"] * 2 + (rows["city"] == "Graz") * 20 + rng.normal(0, 5, n)
    rows["sold"] = np.where(rng.random(n) < 1 / (1 + np.exp(-(rows["price"] - 110) / 30)), "yes", "no")
    rows.to_csv(folder / "rows.csv", index=False)


def make(folder: Path, pythons: dict[str, str]) -> None:
    """Fit all models, each with the libraries of its own environment."""
    write_rows(folder)
    for group, python in pythons.items():
        subprocess.run([python, str(HERE / "fit.py"), str(folder), *group.split()], check=True)
    place = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run(["Rscript", "--vanilla", str(FIT_R), str(folder)], check=True, env=place)
    for name, answers in pd.read_csv(folder / "answers.csv").drop(columns="row").items():
        answers.to_frame("answer").to_csv(folder / f"{name}.csv", index=False)


def files(folder: Path) -> Iterator[Path]:
    """Yield every model file and folder, in the order of their names."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.suffix in (".skops", ".pkl", ".ubj", ".json", ".txt", ".cbm", ".rds", ".pt"):
            yield path


def tried(path: Path, python: str | None) -> Tried:
    """Open one file as `init` does, saying what its messages ask for; `python` is that of its environment."""
    declared = Model(name="m", version="1", path=path.name, format=model_format(path))
    words: list[str] = []
    for _ in range(STEPS):
        try:
            return replace(_scored(path, declared, learn=REFERENCE in words), words=tuple(words))
        except DossierError as error:
            (problem,) = error.problems
            found = _followed(path, declared, f"{problem.where} {problem.hint}", python)
            if found is None or found[1] in words:
                return Tried(name=path.name, words=tuple(words), apart=None, told=f"{problem.what}: {problem.hint}")
            declared, word = found
            words.append(word)
    return Tried(name=path.name, words=tuple(words), apart=None, told="its messages lead in a circle")


def _followed(path: Path, declared: Model, hint: str, python: str | None) -> tuple[Model, str] | None:
    """Return what is declared once a message is followed, and the word for it; None where it names no way."""
    if hint.startswith("model.trust ") and not declared.trust:
        return replace(declared, trust=True, sha256=_digest(path, declared)), "--trust DIGEST"
    if "--trust " in hint and not declared.trusted_types:
        types = tuple(word for word in hint.split("--trust ")[1:] if word)
        return replace(declared, trusted_types=tuple(word.split()[0] for word in types)), "--trust TYPE"
    if REFERENCE in hint:
        return declared, REFERENCE
    if "model.columns" in hint and not declared.columns:
        return replace(declared, columns=(*NUMBERS, "city") if path.name == FREE else NUMBERS), "--columns"
    if "model.python" in hint and python and not declared.python:
        return replace(declared, python=python, trust=True, sha256=_digest(path, declared)), "model.python"
    if (words := EXPORT.search(hint)) and python and declared.format != "onnx":
        script = NETWORK.format(words=words[0], file=path.name)
        subprocess.run([python, "-c", script], check=True, cwd=path.parent, stdout=subprocess.DEVNULL)
        return Model(name="m", version="1", path="model.onnx", format="onnx", columns=NUMBERS), "torch.onnx.export"
    return None


def _content(path: Path, declared: Model) -> tuple[bytes, Model]:
    inside = reader_of(declared, CATALOG.readers).inside
    found = declared if inside is None else inside(path.parent, declared)
    file = path.parent / str(found.path)
    return read_folder(file, most=MODEL_BYTES, name=path.name) if file.is_dir() else file.read_bytes(), found


def _digest(path: Path, declared: Model) -> str:
    return hashlib.sha256(_content(path, declared)[0]).hexdigest()


def _scored(path: Path, declared: Model, *, learn: bool) -> Tried:
    content, declared = _content(path, declared)
    model: ScoringModel = reader_of(declared, CATALOG.readers).open(content, declared, path.parent)
    rows = pd.read_csv(path.parent / "rows.csv")
    if learn:
        model.learn({"city": tuple(sorted(rows["city"].unique()))}, len(rows))
    columns = {name: rows[name].to_numpy(dtype=np.float64 if name in NUMBERS else object) for name in model.features}
    found = model.score(columns).prediction
    answers = path.parent / f"{path.stem}.csv"
    if not answers.exists():
        return Tried(name=path.name, words=(), apart=None, told="it has no answers of its own, and is answered for")
    wanted = pd.read_csv(answers)["answer"].to_numpy()
    return Tried(
        name=path.name, words=(), apart=float(np.max(np.abs(found - wanted) / np.maximum(1.0, np.abs(wanted))))
    )


def table(results: list[Tried]) -> str:
    """Return the results as Markdown."""
    works = [each for each in results if each.apart is not None and each.apart < 1e-6]
    first = sum(not each.words for each in works)
    lines = [
        f"{len(works)} of {len(results)} files score: {first} at the first command,",
        f"{len(works) - first} with the words that it printed. Made by `make models`.",
        "",
        "| file | words | largest relative difference | message |",
        "|---|---|---|---|",
    ]
    for each in results:
        apart = "–" if each.apart is None else f"{each.apart:.0e}"
        lines.append(f"| {each.name} | {', '.join(each.words) or 'none'} | {apart} | {each.told.replace('|', '/')} |")
    return "\n".join(lines)


def main() -> None:
    """Make the files where they are missing, and print the table."""
    folder, old, catboost, mlflow, torch = Path(sys.argv[1]), *sys.argv[2:6]
    if not (folder / "answers.csv").exists():
        folder.mkdir(parents=True, exist_ok=True)
        own = {"old": old, "catboost": catboost, "pyfunc": mlflow, "torch": torch}
        make(folder, {" ".join(GROUPS): sys.executable, **own})
    pythons = {"old": old, "cat": catboost, "mlf": mlflow, "tor": torch}
    results = [tried(path, pythons.get(path.name[:3])) for path in files(folder)]
    print("# Model files that newcomers have", "", table(results), sep="\n")


if __name__ == "__main__":
    main()
