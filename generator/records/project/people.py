"""Who does what, and when."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.units import Date, Days, Hours, Repeat


@dataclass(frozen=True, kw_only=True)
class Person:
    """A role and who fills it."""

    role: str
    name: str | None = None
    contact: str | None = None
    phone: str | None = None
    """A number that rings at night."""
    pager: str | None = None
    """What wakes whoever is on call: a pager's number, the address of a paging service."""
    deputy: str | None = None
    decides: str | None = None


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Somebody whose signature is asked for."""

    role: str
    name: str | None = None
    by: Date | None = None


@dataclass(frozen=True, kw_only=True)
class People:
    """Roles, approvers, and who the summary is written to."""

    roles: tuple[Person, ...] = ()
    approvers: tuple[Approver, ...] = ()
    self_approval: bool = True
    """Whether the owner of the project may approve it too."""
    memo_to: str | None = None
    memo_from: str | None = None
    audience: str | None = None


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that is done again and again."""

    title: str
    every: Repeat
    kind: Literal["retraining", "drill", "other"] | None = None
    """The retraining and the drill are dated with all else; without it the words of the title tell."""
    first: Date | None = None
    owner: str | None = None
    deputy: str | None = None
    duration_hours: Hours | None = None
    inputs: str | None = None
    outputs: str | None = None
    settles: Literal["threshold"] | None = None
    """The condition that it settles, where there is one: then it comes no later than that is due."""


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Days on which nothing is released."""

    start: Date
    end: Date
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Activities, holidays and freezes."""

    activities: tuple[Activity, ...] = ()
    holidays: tuple[Date, ...] = ()
    country: str | None = None
    """Code of two letters of the country whose public holidays are no working days, such as US."""
    region: str | None = None
    """Code of a part of it that has holidays of its own, such as IL."""
    freezes: tuple[Freeze, ...] = ()
    valid_days: Days | None = None
    """Days after the as-of date until which the documents hold."""
