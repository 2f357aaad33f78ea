"""What the program asks of the scorer about a model, and what an opened model offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

Columns = Mapping[str, Any]
"""Raw features by name: float64 with NaN for missing, or objects (str, NaN for missing, as pandas reads them)."""


@dataclass(frozen=True)
class Asked:
    """What is declared of a model file."""

    content: bytes
    trusted: tuple[str, ...] = ()
    """Types of a skops file that somebody vouches for."""
    order: tuple[str, ...] = ()
    """Columns of a model that takes them as one matrix."""
    positive: str | None = None
    lambda_choice: str | None = None
    lambda_value: float | None = None


@dataclass(frozen=True)
class LastStep:
    """The last step of a linear model: prediction = design · coefficients + intercept, or its logistic function."""

    columns: tuple[str, ...]
    features: tuple[str, ...]
    coefficients: Any
    intercept: float
    link: str = "identity"


class Opened:
    """An opened model: the columns it wants, whether it gives probabilities, its last step where that is linear."""

    features: tuple[str, ...] = ()
    probability: bool = False
    linear: LastStep | None = None
    wrote: tuple[str, str, str] | None = None
    """The library that wrote the file, its version then, and its version here; None where the file does not say."""
    gaps: bool = False
    """Whether it may give no number for a row with a missing value, as R does."""
    levels: Mapping[str, Any] = {}
    """By column the levels that its encoder knows."""
    rows: int | None = None
    """How many training rows it was given, where the file tells."""
    lost: tuple[str, ...] = ()
    """Columns that it takes as categories and whose levels the file does not keep: training rows tell them."""
    near: float = 1e-9
    """How far two answers to the same row may lie apart, relatively, when it stands among other rows."""

    def frame(self, columns: Columns) -> Any:
        """Return the rows as the model takes them, made anew at every call."""
        raise NotImplementedError

    def learn(self, levels: Mapping[str, Any]) -> None:
        """Take the levels of columns that are `lost`, in the order of the training."""
        raise NotImplementedError

    def answers(self, frame: Any) -> Any:
        """Return the raw answers to such rows, and for a linear model the design matrix they were made from."""
        raise NotImplementedError
