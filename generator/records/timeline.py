"""The dated activities of a project: when each is, what fixed that day, and which bounds cannot be kept."""

import datetime
from dataclasses import dataclass
from typing import Literal

Date = datetime.date
Kind = Literal["run", "stage", "due", "drill", "repeated", "once"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """An activity on its days, both included; its id stays when it moves."""

    id: str
    kind: Kind
    title: str
    start: Date
    end: Date
    fixed: str
    """What asks for that day."""
    moved: str = ""
    """From which day it was moved, and by what."""
    owner: str = ""
    deputy: str = ""
    hours: float | None = None
    note: str = ""
    settles: str = ""
    """The key of the condition that it settles, which is due on that day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """A bound that an activity does not keep, by how many days, and the change of fewest days that keeps it."""

    rule: str
    activity: str
    """Id of the first activity that breaks it."""
    bound: str
    day: Date
    """The last day that it allows."""
    over: int
    times: int
    """How many activities break the rule."""
    repair: str
    repair_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """Every dated activity of a build, in order of days, and what cannot be kept, once a rule."""

    dated: tuple[Dated, ...] = ()
    breaches: tuple[Breach, ...] = ()

    def of(self, id: str) -> Dated | None:
        """Return the activity `id`, if it has a day."""
        return next((one for one in self.dated if one.id == id), None)

    def start(self, id: str) -> Date | None:
        """Return the first day of the activity `id`, if it has one."""
        found = self.of(id)
        return found.start if found else None

    @property
    def launch(self) -> Date | None:
        """Return the first day of the launch, if a stage of it has one."""
        return next((one.start for one in self.dated if one.id.startswith("stage.")), None)

    def settling(self, key: str) -> Dated | None:
        """Return the first activity that settles the condition `key`."""
        return next((one for one in self.dated if one.settles == key), None)

    def kind(self, kind: Kind) -> tuple[Dated, ...]:
        """Return the activities of a kind."""
        return tuple(one for one in self.dated if one.kind == kind)
