"""What a cross-check has to say: which path, what is wrong, what would be right."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """One problem of settings; `what` goes on after the path, `depends` are other paths it was judged by."""

    path: Path
    what: str
    hint: str
    depends: tuple[Path, ...] = ()


def repeated(path: Path, key: str, names: Iterable[str]) -> Iterator[Complaint]:
    """Yield a complaint for every item of the list at `path` whose `key` another one above has too."""
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        if seen[name]:
            yield Complaint((*path, number, key), f"is {name!r} for the second time", "give each its own")
        seen[name] += 1
