"""A column of truth → whether it is a number or one of two outcomes, and which outcome counts as 1."""

import re
from dataclasses import dataclass
from typing import Literal

from generator.errors import InputError
from generator.records.inspection import InspectedColumn

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
class GuessedOutcome:
    """The task of a model, and the value that counts as 1 where it is binary; `why` it was taken to be so."""

    task: Literal["regression", "binary"]
    positive: str | None = None
    negative: tuple[str, ...] = ()
    """The values that count as 0, where outcomes are texts."""
    why: str = ""


def outcome(
    target: InspectedColumn,
    positive: str | None,
    classifier: bool,
    *,
    negative: tuple[str, ...] = (),
    trained: InspectedColumn | None = None,
) -> GuessedOutcome:
    """Return what the column asks for; raises InputError for more than two classes, or where one was never seen.

    The set of outcomes is closed: that of the `trained` column where there is one, else that of the column itself.
    """
    levels = trained.levels if trained is not None and trained.levels else target.levels
    if positive is not None:
        said = None if _numbers(levels) and positive in YES else positive
        others = () if said is None else _others(said, negative, levels, target)
        return GuessedOutcome(task="binary", positive=said, negative=others)
    if target.kind == "number" and not classifier and (levels is None or len(levels) > TWO):
        return GuessedOutcome(task="regression")
    if levels is None or len(levels) > TWO:
        some = f"the classes {', '.join(levels[:5])}" if levels else "texts"
        raise InputError(
            f"the target {target.name} holds {some}, neither numbers nor two outcomes",
            hint="name a column of numbers or of two outcomes with --target; one of several classes can be held "
            "against the others: --positive ONE --negative OTHER --negative ANOTHER",
        )
    if _numbers(levels):
        return GuessedOutcome(task="binary", why=f"{target.name} is 0 or 1")
    if len(levels) < TWO:
        raise InputError(
            f"every known {target.name} is {levels[0] if levels else 'missing'}",
            hint="say with --positive which value counts as 1, and with --negative which counts as 0",
        )
    chosen, why = _positive((levels[0], levels[1]))
    other = next(level for level in levels if level != chosen)
    return GuessedOutcome(
        task="binary", positive=chosen, negative=(other,), why=f"of {levels[0]} and {levels[1]}, {why}"
    )


def _others(
    positive: str, negative: tuple[str, ...], levels: tuple[str, ...] | None, target: InspectedColumn
) -> tuple[str, ...]:
    """Return the values that count as 0: as said, else the one other value that there is."""
    if negative:
        return negative
    others = {level for level in levels or () if level.strip().lower() != positive.strip().lower()}
    if len(others) != 1:
        some = ", ".join(sorted(others)[:6]) or "no other value"
        raise InputError(
            f"beside {positive}, the target {target.name} holds {some}: which of them count as 0 cannot be told",
            hint="name them with --negative, each by itself; what is neither is no outcome, and is counted",
        )
    return tuple(others)


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
