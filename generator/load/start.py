"""Files to start from → the text of a project file, its draft on disk, and what came of it."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from generator.errors import InputError
from generator.load.guess import Guess, Roles
from generator.load.late import Joined
from generator.load.scaffold import SCHEMA, Files, scaffold, slug, unusual
from generator.records.address import is_address
from generator.records.files import check_file
from generator.records.inspection import Inspection, ModelFile, Said
from generator.records.named import model_format
from generator.records.project import Csv


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A folder that should become a project, the files it is about, and what the caller says of them."""

    folder: Path
    production: Path
    said: Said
    reference: Path | None = None
    reference_stats: Path | None = None
    reference_is: Literal["held_out", "training"] = "training"
    held_out: Path | None = None
    labels: Path | None = None
    """Outcomes in a file of their own, joined by `key`."""
    key: str | None = None

    @property
    def file(self) -> Path:
        """Return where the project file goes."""
        return self.folder / "dossier.yaml"

    @property
    def schema(self) -> Path:
        """Return where the JSON Schema for editors goes."""
        return self.folder / SCHEMA

    @property
    def statistics(self) -> Path:
        """Return where the training statistics go."""
        return self.folder / "training_statistics.json"


@dataclass(frozen=True, kw_only=True)
class Started:
    """A new project: its file, the statistics beside it, and what was guessed."""

    file: Path
    statistics: Path | None
    guesses: tuple[Guess, ...]
    closed: str | None = None
    """The digest of a model file that can run code and was not opened."""
    dated: bool = True
    """False where no column has dates: the day of a report has to be said."""
    held_out: bool = False
    """True where some rows are said to be out of the model's sample."""
    wrote: str | None = None
    """The version of scikit-learn that wrote a model file that was not opened."""
    binary: bool = False
    """True when the model predicts the probability of one of two outcomes."""


def free(wish: Wish) -> None:
    """Raise InputError when something stands where `init` would write, or its files are not there."""
    if wish.folder.exists() and not wish.folder.is_dir():
        raise InputError(f"{wish.folder} is not a folder", hint="name a new folder, or one without a dossier.yaml")
    for path in (wish.file, *((wish.statistics,) if wish.reference else ())):
        if path.exists():
            raise InputError("there is one already, and nothing is overwritten", where=str(path), hint="move it away")
    files = (wish.production, wish.reference, wish.reference_stats, wish.held_out, wish.labels)
    if any(is_address(str(each)) for each in files if each):
        raise InputError(
            "rows elsewhere cannot be looked at here", hint="give a file of some rows, then write the address"
        )
    if wish.reference_stats:
        check_file(wish.reference_stats)
    if wish.said.model:
        model_format(wish.said.model)


def guessed(roles: Roles, csv: Csv, late: Joined | None) -> tuple[Guess, ...]:
    """Return everything that was guessed: how files are written, how labels join, what columns are."""
    written = unusual(csv)
    dialect = (Guess(key="data.csv", value=written, why="the first lines of the production rows"),) if written else ()
    return (*dialect, *(late.guesses if late else ()), *roles.guesses)


def text_of(
    wish: Wish, table: Inspection, roles: Roles, looked: ModelFile | None, csv: Csv, late: Joined | None
) -> str:
    """Return the text of the project file; `looked` is what is known of the model file, `late` of the labels."""
    model, stats = wish.said.model, wish.reference_stats
    held_out = wish.held_out or (wish.reference if wish.reference_is == "held_out" else None)
    files = Files(
        production=_from(wish.folder, wish.production),
        reference=_from(wish.folder, wish.reference) if wish.reference else None,
        reference_stats=wish.statistics.name if counts(wish, looked) else _from(wish.folder, stats) if stats else None,
        reference_is=wish.reference_is,
        held_out=_from(wish.folder, held_out) if held_out else None,
        model=_from(wish.folder, model) if model else None,
        python=_from(wish.folder, wish.said.python) if wish.said.python else None,
        looked=looked,
        said=wish.said,
        csv=csv,
        labels=_from(wish.folder, wish.labels) if wish.labels else None,
        key=late.key if late else None,
        arrived=late.arrived if late else None,
    )
    return scaffold(slug(wish.folder.resolve().name), files, roles, _markers(table))


def _markers(table: Inspection) -> dict[str, tuple[str, ...]]:
    return {column.name: column.markers for column in table.columns if column.markers}


def counts(wish: Wish, looked: ModelFile | None) -> bool:
    """Return whether training rows are counted at once: not with a model that nobody has opened, or that needs them."""
    return wish.reference is not None and (looked is None or (looked.opened and not looked.learned))


@contextlib.contextmanager
def drafted(wish: Wish, text: str) -> Iterator[Path]:
    """Give the project file under another name in its folder while it is tried; on failure nothing stays."""
    fresh = not wish.folder.exists()
    draft = wish.folder / f".dossier.{os.getpid()}.yaml"
    try:
        wish.folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"the folder cannot be written: {error.strerror}", where=str(wish.folder)) from error
    try:
        yield draft
    except BaseException as error:
        if isinstance(error, InputError):  # the draft goes: it is no place to look at
            error.problems = tuple(
                replace(each, where="") if str(draft) in each.where else each for each in error.problems
            )
        wish.file.unlink(missing_ok=True)
        if wish.reference:
            wish.statistics.unlink(missing_ok=True)
        raise
    finally:
        draft.unlink(missing_ok=True)
        if fresh and not any(wish.folder.iterdir()):
            wish.folder.rmdir()


def _from(folder: Path, file: Path) -> str:
    return Path(os.path.relpath(file.absolute(), folder.absolute())).as_posix()
