"""A table and a model file as `init` sees them: what is said of them, columns and their kinds, what the model wants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

DIGEST = re.compile(r"[0-9a-fA-F]{64}")
HORIZON = re.compile(r"(?:^|_)(?:horizon|step_ahead|steps_ahead|days_ahead|ahead)(?:_|$)")
"""Not the lead time, which many models have among their inputs."""
TOLD = 5


def plain(name: str) -> str:
    """Return a column's name in small letters with `_` between its words."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[\W_]+", "_", apart).strip("_").lower()


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the caller says of a table; nothing of it is guessed here."""

    target: str | None = None
    prediction: str | None = None
    time: str | None = None
    entity: str | None = None
    segments: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    model: Path | None = None
    trusted: tuple[str, ...] = ()
    """Types in a skops file, or the digest of a file that runs code: what the caller vouches for."""
    columns: tuple[str, ...] = ()
    """Columns of a model that was fitted on a matrix, in its order."""
    positive: str | None = None
    """The value of a binary target that counts as 1."""
    negative: tuple[str, ...] = ()
    """The values that count as 0; any other is no outcome."""
    time_format: str | None = None
    penalty: float | None = None
    """The penalty of a glmnet model that holds several."""
    python: Path | None = None
    """The Python of the model's own environment."""

    @property
    def digest(self) -> str | None:
        """Return the digest of a file that may run its code, None where no such file is vouched for."""
        return next((each.lower() for each in self.trusted if DIGEST.fullmatch(each)), None)

    @property
    def trusted_types(self) -> tuple[str, ...]:
        """Return the types that are vouched for."""
        return tuple(each for each in self.trusted if not DIGEST.fullmatch(each))


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectedColumn:
    """A column; `levels` are its values where there are few, None where there are many.

    `unique` says that no value of a column of many levels comes twice.
    """

    name: str
    kind: Literal["number", "time", "text"]
    levels: tuple[str, ...] | None = None
    unique: bool = False
    forms: tuple[str, ...] = ()
    """How its dates may be written, where that has to be said; more than one: its values do not tell which."""
    markers: tuple[str, ...] = ()
    """Texts in it that mean no value, where all the others are numbers."""
    shown: str = ""
    """One value that shows how it is written: a date, an amount of money; empty where nothing has to be shown."""
    span: tuple[float, float] | None = None
    """The least and the largest of the plain numbers in its first rows."""
    odd: tuple[int, str, str] | None = None
    """How few values, with one of them, stand in the way of what a column of texts would be: numbers, or dates."""
    codes: bool = False
    """True for whole numbers of few values, or digits that are no number: what may well be codes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leads:
    """Several horizons of forecasts: from a day of issue to a target day so many days, or a column that tells them."""

    issued: str
    target: str | None = None
    ahead: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return what the rows look like."""
        some = ", ".join(self.ahead[:TOLD]) + (" …" if len(self.ahead) > TOLD else "")
        found = f" in {self.issued}: {some}"
        if self.target:
            found = f": {self.target} lies {some} days after {self.issued}"
        return f"the rows look like forecasts of several horizons{found}"

    @property
    def cure(self) -> str:
        """Return what is done about it."""
        return "errors grow with the horizon: keep the rows of one in a file and build a dossier of each"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """A table's columns in file order."""

    rows: int
    columns: tuple[InspectedColumn, ...]
    leads: tuple[Leads, ...] = ()

    def with_texts(self, names: tuple[str, ...]) -> "Inspection":
        """Return the table with some of its columns taken for texts."""
        columns = (replace(each, kind="text") if each.name in names else each for each in self.columns)
        return replace(self, columns=tuple(columns))


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFile:
    """A model file as `init` sees it; one that runs code is not opened, and tells nothing but its digest."""

    format: str
    sha256: str
    features: tuple[str, ...] = ()
    """The columns it wants; empty where it does not say."""
    texts: tuple[str, ...] = ()
    """Those of them that it knows as texts, whatever they look like."""
    classifier: bool = False
    wrote: str | None = None
    """The version of scikit-learn that wrote a file that was not opened."""
    explained: Mapping[str, float] = field(default_factory=dict)
    """Columns that may be the outcome → how much of their spread the predictions explain."""
    opened: bool = True
    learned: bool = False
    """Whether training rows told levels that the file does not keep: every build reads these rows then."""
