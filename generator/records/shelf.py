"""What the subjects found: one frozen result of each, kept under its class, so that readers ask by type and field."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, TypeVar

from generator.records.fact import Fact, facts_of, field_names

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Results by their class; a result is a frozen record of facts, texts, days, tuples and mappings of such."""

    results: Mapping[type, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    """Those of a bundle, as JSON by the name of their class, and what reads one."""
    read: Callable[[type], Any] | None = None

    def get(self, kind: type[Result]) -> Result | None:
        """Return the result of a class, if its subject has run."""
        found: Result | None = self.results.get(kind)
        return self.read(kind) if self.read is not None and kind.__name__ in self.written else found

    def __getitem__(self, kind: type[Result]) -> Result:
        """Return the result of a class; a LookupError where its subject has not run."""
        found = self.get(kind)
        if found is None:
            raise LookupError(f"{kind.__name__} is not concluded yet: its subject stands later, or does not run")
        return found

    def added(self, result: Any) -> "Shelf":
        """Return the shelf with one more result."""
        return Shelf({**self.results, type(result): result})

    def changed(self, change: Callable[[Fact], Fact]) -> "Shelf":
        """Return the shelf with every fact of every result changed."""
        return Shelf({kind: changed(each, change) for kind, each in self.results.items()})

    def without(self, gone: Set[str]) -> "Shelf":
        """Return the shelf without the days, levels and other parts of lists that hold a fact of one of these ids."""
        return Shelf({kind: _kept(each, gone) for kind, each in self.results.items()})


def _kept(value: Any, gone: Set[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_kept(each, gone) for each in value if not _holds(each, gone))
    if isinstance(value, Mapping):
        return {key: _kept(each, gone) for key, each in value.items() if not _holds(each, gone)}
    if is_dataclass(value) and not isinstance(value, type | Fact):
        return replace(value, **{name: _kept(getattr(value, name), gone) for name in field_names(type(value))})
    return value


def _holds(value: Any, gone: Set[str]) -> bool:
    return any(fact.id in gone for fact in facts_of(value))


def changed(value: Any, change: Callable[[Fact], Fact]) -> Any:
    """Return a record, tuple or mapping with every fact in it changed."""
    if isinstance(value, Fact):
        return change(value)
    if isinstance(value, tuple):
        return tuple(changed(each, change) for each in value)
    if isinstance(value, Mapping):
        return {key: changed(each, change) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{name: changed(getattr(value, name), change) for name in field_names(type(value))})
    return value
