"""Takes the classes a model tells apart and what is declared of it, gives the class whose probability it predicts."""

from __future__ import annotations

from collections.abc import Sequence

from generator.errors import InputError
from generator.records.project import Model as Declared

EXPORT = "export the predictions as a column of the data and name it under data.prediction"
ONE_CLASS = "train it on one class against all others, or export the probability of one class as data.prediction"
TRUTHS = {"true": "1", "false": "0"}
"""Truth values and the numbers they are written as."""


def class_name(value: object) -> str:
    """Return a class as people write it: 1 for 1.0, true for True."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _truth(name: str) -> str:
    return TRUTHS.get(name.lower(), name)


def positive_place(classes: Sequence[object], declared: Declared) -> int:
    """Return the place of the declared positive class, else of the second; raises InputError for more than two."""
    names = [class_name(each) for each in classes]
    if len(names) != 2:
        listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        what = f"the model tells {len(names)} classes apart, not two: {listed}"
        raise InputError(what, where="model.path", hint=ONE_CLASS)
    wanted = declared.positive_class
    if wanted is None:
        return 1
    exact = [place for place, name in enumerate(names) if name == wanted]
    if found := exact or [place for place, name in enumerate(names) if _truth(name) == _truth(wanted)]:
        return found[0]
    raise InputError(
        f"the model knows no class {wanted}: its classes are {names[0]} and {names[1]}",
        where="model.positive_class",
        hint="name the one whose probability is the prediction",
    )
