"""Takes activities with what binds them, one after the other, gives each the first day that all of it allows."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.project import Calendar
from generator.records.timeline import Dated, Kind
from generator.subjects.calendar._workdays import Date, days_on, obstacle

FARTHEST = 732
"""Days after which no free day is looked for any more."""
WEEKEND = "weekend"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """A day, and what asks for it; what must not be broken has a `rule` by which it is told, and what would ease it."""

    day: Date
    why: str
    rule: str = ""
    ease: str = ""
    ends: bool = False
    """Whether it binds the last day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An activity and what binds its first day.

    Not before any of `first`, not after any of `last`; with a `wish` it is that day or the nearest before it. What
    `takes` something waits until nothing else holds it.
    """

    id: str
    kind: Kind
    title: str
    first: tuple[Bound, ...]
    last: tuple[Bound, ...] = ()
    wish: Bound | None = None
    days: int = 1
    takes: str = ""
    release: bool = False
    any_day: bool = False
    owner: str = ""
    deputy: str = ""
    hours: float | None = None
    note: str = ""
    settles: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """An activity that comes after a bound."""

    id: str
    bound: Bound
    over: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Hold:
    takes: str
    why: str
    start: Date
    end: Date


class Board:
    """The activities placed so far."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._held: list[_Hold] = []
        self.placed: dict[str, Dated] = {}
        self.broken: list[Broken] = []

    def put(self, one: Wanted) -> Dated:
        """Place an activity and return it with its days."""
        binding = max(one.first, key=lambda bound: bound.day)
        asked = one.wish if one.wish and one.wish.day >= binding.day else binding
        day, reasons = self._day(one, binding.day, asked.day)
        moved = f"moved from {asked.day.isoformat()} ({'; '.join(reasons)})" if day != asked.day else ""
        found = Dated(
            id=one.id,
            kind=one.kind,
            title=one.title,
            start=day,
            end=days_on(day, one.days - 1),
            fixed=asked.why,
            moved=moved,
            owner=one.owner,
            deputy=one.deputy,
            hours=one.hours,
            note=one.note,
            settles=one.settles,
        )
        self.placed[one.id] = found
        self.broken += [
            Broken(id=one.id, bound=bound, over=(late - bound.day).days)
            for bound in one.last
            if (late := found.end if bound.ends else day) > bound.day
        ]
        return found

    def hold(self, takes: str, why: str, start: Date, end: Date) -> None:
        """Let nothing else that takes the same begin on these days, both included."""
        self._held.append(_Hold(takes=takes, why=why, start=start, end=end))

    def _day(self, one: Wanted, low: Date, asked: Date) -> tuple[Date, tuple[str, ...]]:
        """Return the day, and what moved it from the one asked for: back to `low` where nothing holds that day."""
        reasons = tuple(self._against(one, asked))
        if not reasons:
            return asked, ()
        if not self._holder(one, asked):
            for back in range(1, (asked - low).days + 1):
                sooner = days_on(asked, -back)
                if self._holder(one, sooner):
                    break
                if not tuple(self._against(one, sooner)):
                    return sooner, reasons
        return self._forward(one, asked)

    def _forward(self, one: Wanted, asked: Date) -> tuple[Date, tuple[str, ...]]:
        """Return the first free day from `asked` on, and all that stood in its way, weekends only where alone."""
        reasons: dict[str, None] = {}
        for step in range(FARTHEST):
            day = days_on(asked, step)
            against = tuple(self._against(one, day))
            if not against:
                return day, tuple(why for why in reasons if why != WEEKEND) or (WEEKEND,)
            reasons |= dict.fromkeys(against)
        return asked, tuple(reasons)

    def _against(self, one: Wanted, day: Date) -> Iterator[str]:
        """Yield what speaks against a day."""
        if holder := self._holder(one, day):
            yield holder.why
        elif not one.any_day and (why := obstacle(day, self._calendar, release=one.release)):
            yield why

    def _holder(self, one: Wanted, day: Date) -> _Hold | None:
        held = (hold for hold in self._held if hold.takes == one.takes and hold.start <= day <= hold.end)
        return next(held, None)
