"""Takes the classes a model tells apart and what is declared of it, gives the class whose probability it predicts."""

from __future__ import annotations

from typing import Any

from generator.scorer.refused import ONE_CLASS, Refused

TRUTHS = {"true": "1", "false": "0"}
"""Truth values and the numbers they are written as."""


def class_name(value: object) -> str:
    """Return a class as people write it: 1 for 1.0, true for True."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _truth(name: str) -> str:
    return TRUTHS.get(name.lower(), name)


def positive_place(classes: Any, wanted: str | None) -> int:
    """Return the place of the positive class that is wanted, else of the second; raises Refused for more than two."""
    names = [class_name(each) for each in classes]
    if len(names) != 2:
        listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        what = f"the model tells {len(names)} classes apart, not two: {listed}"
        raise Refused(what, hint=ONE_CLASS)
    if wanted is None:
        return 1
    exact = [place for place, name in enumerate(names) if name == wanted]
    if found := exact or [place for place, name in enumerate(names) if _truth(name) == _truth(wanted)]:
        return found[0]
    raise Refused(
        f"the model knows no class {wanted}: its classes are {names[0]} and {names[1]}",
        "model.positive_class",
        "name the one whose probability is the prediction",
    )
