"""Where the version is, and how far the things are that watch it and take it back."""

from dataclasses import dataclass
from typing import Literal, get_args

from generator.records.project.units import Date, Share

Reach = Literal["candidate", "shadow", "canary", "full"]
REACH: tuple[Reach, ...] = get_args(Reach)
"""From nothing to all of the traffic."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """Something that watches the version or takes it back; what is not declared is not built."""

    name: Literal["monitoring", "alerts", "rollback", "contract", "fallback", "on_call"]
    """`on_call` is somebody who is woken, by name and by a way that wakes."""
    state: Literal["specified", "built", "tested", "live"]
    since: Date | None = None
    evidence: str | None = None
    """Where it can be seen: a page, a log, a record."""


@dataclass(frozen=True, kw_only=True)
class State:
    """The state of this version and of its controls, as the team declares it."""

    stage: Reach = "candidate"
    """A candidate answers nobody, a shadow answers unseen, a canary has part of the traffic, full is all of it."""
    traffic: Share | None = None
    """The share of the traffic that a canary has now; `dossier record PROJECT traffic SHARE` tells a later one."""
    traffic_since: Date | None = None
    """The day since which it has that share."""
    controls: tuple[Control, ...] = ()

    @property
    def serves(self) -> bool:
        """Return whether its answers are used: for part of the traffic, or for all of it."""
        return self.stage in ("canary", "full")
