"""What the catalogue lists: a plugin is a frozen value with an id, a title and what it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, overload

from generator.errors import check_known
from generator.records.aggregates import FloatArray, IntArray
from generator.records.artifact import Artifact
from generator.records.decision import Decision
from generator.records.document import DocumentKind
from generator.records.evidence import Evidence
from generator.records.figure import Figure
from generator.records.format import Format
from generator.records.ledger import Ledger, Plan
from generator.records.project import Model, OwnDocument, Project
from generator.records.results import Results
from generator.records.shelf import Shelf

Plugin = TypeVar("Plugin")


@dataclass(frozen=True, kw_only=True)
class EngineSpec:
    """An engine and how to open it."""

    id: str
    title: str
    open: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A model format and how to open a file of it: (its bytes, what is declared, the project's folder) → a model."""

    id: str
    title: str
    open: Callable[[bytes, Model, Path | None], Any]
    inside: Callable[[Path, Model], Model] | None = None
    """For folders: (the project's folder, what is declared of the model) → what is declared of the file in it."""
    runs_code: bool = False
    """True for files that run code when they are opened."""


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What a subject finds in a ledger, at once as facts and tables."""

    id: str
    title: str
    run: Callable[[Project, Ledger], Evidence]


class Batch(Protocol):
    """Some rows (N,) as a count of a subject's own sees them, without their texts and entities."""

    @property
    def count(self) -> int:
        """Return N."""

    @property
    def values(self) -> Sequence[FloatArray]:
        """Return the numbers of each of `Plan.columns`, NaN where there is none."""

    @property
    def days(self) -> IntArray:
        """Return days since 1970-01-01, -1 without a date."""

    @property
    def group(self) -> IntArray:
        """Return the entity group, below `GROUPS`."""

    @property
    def error(self) -> FloatArray:
        """Return prediction − target, NaN without an outcome."""


Counting = Callable[[Batch, Plan], FloatArray]
"""What is summed of a batch: an array whose shape the plan fixes. The sums of parts are added, in any split."""
Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Subject(Generic[Found]):
    """What a subject finds in a ledger, as a frozen result that later ones read, and how that is printed."""

    id: str
    title: str
    find: Callable[[Project, Ledger], Found]
    show: Callable[[Found], Evidence]
    count: Counting | None = None
    """A count of its own, which `find` reads as `own[id]` of each set of rows; summaries of training have none."""

    def run(self, project: Project, ledger: Ledger) -> Evidence:
        """Return what is printed of the result, with it."""
        found = self.find(project, ledger)
        return replace(self.show(found), shelf=Shelf().added(found))


@dataclass(frozen=True, kw_only=True)
class Companion:
    """A machine-readable file beside the documents; None where the results hold nothing for it."""

    id: str
    title: str
    export: Callable[[Results], Artifact | None]


class Listed(Sequence[Plugin], Generic[Plugin]):
    """A list of the catalogue that is made when it is first read: its plugins bring their libraries with them."""

    def __init__(self, make: Callable[[], tuple[Plugin, ...]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[Plugin, ...]:
        return self._make()

    @overload
    def __getitem__(self, index: int) -> Plugin: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Plugin, ...]: ...
    def __getitem__(self, index: int | slice) -> Plugin | tuple[Plugin, ...]:
        return self._made[index]

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The contents of the compiler, each in the order it runs or is printed."""

    analyses: Sequence[Analysis | Subject[Any]]
    decisions: Sequence[Decision]
    figures: Sequence[Figure]
    documents: Sequence[DocumentKind]
    formats: Sequence[Format]
    companions: Sequence[Companion]
    engines: Sequence[EngineSpec]
    readers: Sequence[Reader]
    checked: frozenset[str] = frozenset()
    """Ids of the analyses and decisions that contradictions among declared things rest on: `check` runs these alone."""
    contracted: frozenset[str] = frozenset()
    """Ids of those that the rules of the inputs rest on: `contract check` runs these alone."""
    monitored: frozenset[str] = frozenset()
    """Ids of those that the alert rules rest on: `metrics` runs these alone."""

    def with_documents(self, own: Sequence[OwnDocument]) -> "Catalog":
        """Return the catalogue with a team's own documents before those that speak of them all."""
        kinds = [
            DocumentKind(id=each.id, code=each.code, title=each.title, audience=each.audience or "") for each in own
        ]
        plain = [kind for kind in self.documents if not kind.of_bundle]
        return replace(self, documents=(*plain, *kinds, *(kind for kind in self.documents if kind.of_bundle)))

    def check_documents(self, ids: Sequence[str]) -> None:
        """Raise InputError when there is no document of one of these ids."""
        check_known("document", ids, [kind.id for kind in self.documents])

    @property
    def counts(self) -> Mapping[str, Counting]:
        """Return the counts that subjects bring, by their ids."""
        return {each.id: each.count for each in self.analyses if isinstance(each, Subject) and each.count}

    def for_check(self) -> "Catalog":
        """Return the catalogue with what `check` runs."""
        return self._only(self.checked)

    def for_contract(self) -> "Catalog":
        """Return the catalogue with what `contract check` runs."""
        return self._only(self.contracted)

    def for_metrics(self) -> "Catalog":
        """Return the catalogue with what `metrics` runs."""
        return self._only(self.monitored)

    def _only(self, ids: frozenset[str]) -> "Catalog":
        return replace(
            self,
            analyses=[each for each in self.analyses if each.id in ids],
            decisions=[each for each in self.decisions if each.id in ids],
        )
