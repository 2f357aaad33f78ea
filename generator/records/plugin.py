"""What the catalogue lists: a plugin is a frozen value with an id, a title and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.records.decision import Decisions
from generator.records.evidence import Evidence
from generator.records.ledger import Ledger
from generator.records.project import Project


@dataclass(frozen=True, kw_only=True)
class EngineSpec:
    """An engine and how to open it."""

    id: str
    title: str
    open: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A model format and how to open a file of it: (bytes of the file, trusted types) → a model."""

    id: str
    title: str
    open: Callable[[bytes, tuple[str, ...]], Any]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """One file of `analyse`: what it finds in a ledger."""

    id: str
    title: str
    run: Callable[[Project, Ledger], Evidence]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One file of `decide`: what follows from the evidence and from the decisions before it."""

    id: str
    title: str
    run: Callable[[Project, Evidence, Decisions], Decisions]
