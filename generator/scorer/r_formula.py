"""Takes an R linear model, gives the design columns of its formula: one for a number, one a level for a factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.scorer.r_values import RValue
from generator.scorer.refused import AT_FILE, Refused

EXPORT = "export R's own predictions as a column of the data and name it under data.prediction"
NUMBERS, FACTORS = ("numeric",), ("factor", "character")
TREATMENT, FULL = 1.0, 2.0
"""How R codes a factor in a term: without its first level, or with all."""


@dataclass(frozen=True)
class Term:
    """One variable of the formula; `levels` are those with a column of their own, `known` all of them."""

    variable: str
    levels: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names R gives its coefficients."""
        return tuple(self.variable + level for level in self.levels) if self.known else (self.variable,)

    def design(self, columns: Mapping[str, Any]) -> Any:
        """Return the term's design columns, (rows, columns); raises ValueError for levels R would refuse."""
        values = columns[self.variable]
        if not self.known:
            return np.asarray(values, dtype=np.float64)[:, None]
        texts = np.array([_level(value) for value in values.tolist()], dtype=object)
        known = set(self.known)
        strange = sorted({text for text in texts.tolist() if text is not None and text not in known})
        if strange:
            raise ValueError(f"column {self.variable} has levels R did not train on: {', '.join(strange[:5])}")
        hits = np.array([[text == level for level in self.levels] for text in texts], dtype=np.float64)
        hits[np.array([text is None for text in texts], dtype=np.bool_)] = np.nan
        return hits


def terms_of(model: dict[str, RValue]) -> tuple[Term, ...]:
    """Return the terms of a model in order; raises Refused naming all that cannot be computed here."""
    attributes = model["terms"].attributes
    classes = attributes["dataClasses"]
    names, kinds = classes.names, dict(zip(classes.names, classes.texts, strict=True))
    symbols = [item.texts[0] if item.kind == "symbol" else None for item in attributes["variables"].items[1:]]
    response = int(attributes["response"].numbers[0])
    labels = tuple(text or "" for text in attributes["term.labels"].texts)
    coding = attributes["factors"].numbers.reshape(len(symbols), len(labels), order="F")
    refused = [names[response - 1]] if response and symbols[response - 1] is None else []
    refused += [f"offset {names[int(place) - 1]}" for place in _numbers(attributes, "offset")]
    terms = []
    for label, codes in zip(labels, coding.T, strict=True):
        places = np.flatnonzero(codes)
        name = symbols[places[0]] if places.size == 1 else None
        term = None if name is None else _term(name, kinds.get(names[places[0]]), codes[places[0]], model)
        if term is None:
            refused.append(label)
        else:
            terms.append(term)
    if refused:
        raise Refused(f"the formula has parts that cannot be computed here: {', '.join(refused)}", AT_FILE, EXPORT)
    return tuple(terms)


def _term(variable: str, kind: str | None, code: float, model: dict[str, RValue]) -> Term | None:
    """Return a plain number or a factor in R's own coding, None for anything else."""
    if kind in NUMBERS:
        return Term(variable=variable)
    contrasts, levels = _part(model, "contrasts", variable), _part(model, "xlevels", variable)
    if kind not in FACTORS or levels is None:
        return None
    known = tuple(text or "" for text in levels.texts)
    if code == FULL:
        return Term(variable=variable, levels=known, known=known)
    plain = contrasts is not None and contrasts.texts == ("contr.treatment",)
    return Term(variable=variable, levels=known[1:], known=known) if plain else None


def _part(model: dict[str, RValue], section: str, name: str) -> RValue | None:
    return model[section].parts().get(name) if section in model else None


def _numbers(attributes: Mapping[str, RValue], name: str) -> list[float]:
    found = attributes.get(name)
    return [] if found is None else list(found.numbers)


def _level(value: object) -> str | None:
    """Return a value as R writes a level: numbers without a trailing zero; None where it is missing."""
    if value is None or value != value:
        return None
    return f"{value:.15g}" if isinstance(value, float) else str(value)
