"""A column of truth → whether it is a number or one of two outcomes, and which outcome counts as 1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from generator.errors import InputError
from generator.records.inspection import Column

YES = {
    "1",
    "1.0",
    "true",
    "yes",
    "y",
    "t",
    "positive",
    "pos",
    "churn",
    "churned",
    "fraud",
    "default",
    "defaulted",
    "bad",
    "late",
    "canceled",
    "cancelled",
    "failed",
    "failure",
    "won",
    "click",
    "clicked",
    "bought",
    "converted",
    "success",
}
NO = {"0", "0.0", "false", "no", "n", "f", "negative", "neg", "good", "ok", "normal", "none", "retained", "stayed"}
"""Words for outcomes that happened, and for those that did not, as columns of truth spell them."""
NEGATED = re.compile(r"^(?:not|no|non|un)[\W_]")
TWO = 2


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The task of a model, and the value that counts as 1 where it is binary; `why` it was taken to be so."""

    task: Literal["regression", "binary"]
    positive: str | None = None
    why: str = ""


def outcome(target: Column, positive: str | None, classifier: bool) -> Outcome:
    """Return what the column asks for; raises InputError for more than two classes, or where one was never seen."""
    levels = target.levels
    if positive is not None:
        return Outcome(task="binary", positive=None if _numbers(levels) and positive in YES else positive)
    if target.kind == "number" and not classifier and (levels is None or len(levels) > TWO):
        return Outcome(task="regression")
    if levels is None or len(levels) > TWO:
        some = f"the classes {', '.join(levels[:5])}" if levels else "texts"
        raise InputError(
            f"the target {target.name} holds {some}, neither numbers nor two outcomes",
            hint="name a column of numbers or of two outcomes with --target; one class against the rest can be such",
        )
    if _numbers(levels):
        return Outcome(task="binary", why=f"{target.name} is 0 or 1")
    if len(levels) < TWO:
        raise InputError(
            f"every known {target.name} is {levels[0] if levels else 'missing'}",
            hint="say with --positive which value counts as 1",
        )
    chosen, why = _positive((levels[0], levels[1]))
    return Outcome(task="binary", positive=chosen, why=f"of {levels[0]} and {levels[1]}, {why}")


def _numbers(levels: tuple[str, ...] | None) -> bool:
    """Return whether the values are 0 and 1 already."""
    try:
        return bool(levels) and {float(level) for level in levels or ()} <= {0.0, 1.0}
    except ValueError:
        return False


def _positive(levels: tuple[str, str]) -> tuple[str, str]:
    first, second = (level.strip().lower() for level in levels)
    if first in YES or second in NO or NEGATED.match(second):
        return levels[0], "what happened"
    if second in YES or first in NO or NEGATED.match(first):
        return levels[1], "what happened"
    return levels[1], "merely the second by the alphabet"
