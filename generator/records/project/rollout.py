"""How traffic moves to the new version, and back."""

from dataclasses import dataclass
from typing import Literal

from generator.records.project.state import Reach
from generator.records.project.units import Count, Date, Days, Metric, Minutes, Money, Operator, Repeat, Share


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of the rollout."""

    name: str
    traffic: Share | None = None
    traffic_from: Share | None = None
    """Share that it begins with, where its traffic grows."""
    days: Days | None = None
    rows_per_day: Count | None = None
    """Rows a day of all the traffic in it, where it serves more or fewer than the data have."""
    launch_only: bool = False
    """Whether later versions skip it."""
    gate: str | None = None
    gate_error: float | None = None
    """The headline error below which its gate asks for, where it names one."""
    judged_by: tuple[str, ...] = ()
    """Ids of the alerts that its gate asks about; rollback conditions judge every stage with traffic by themselves."""
    owner: str | None = None
    note: str | None = None

    @property
    def reach(self) -> Reach:
        """Return how far a version is in it: unseen, part of the traffic, or all of it."""
        return "shadow" if not self.traffic else "canary" if self.traffic < 1 else "full"

    @property
    def mean_traffic(self) -> float:
        """Return the share of the traffic on average over its days; 0 where none is declared."""
        last = self.traffic or 0.0
        return last if self.traffic_from is None else (self.traffic_from + last) / 2


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """How traffic moves to the new version."""

    start: Date | None = None
    stages: tuple[Stage, ...] = ()
    margin: Share | None = None
    """How much larger than the previous version's the error may be; without it, that of the rollback condition."""
    maturity_days: Days | None = None
    """Days until the truth of a stage's last predictions has arrived; without it, the delay of nine labels in ten."""
    loss_per_bad_row: Money | None = None
    """What one bad prediction costs; without it, an error of the worst twentieth at `business.loss_per_unit_error`."""
    detection_days: Days | None = None
    """Days a bad version serves before it is taken back, if more than a rollback condition on the error needs to be
    judged: its window and the delay of outcomes. Without either the expected delay of the red accuracy alert counts."""
    share_command: str | None = None
    """The command that gives the new version its share of the traffic."""
    exposure_budget: Money | None = None
    """The most that a bad version may cost in one stage."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition for going back to the previous version."""

    id: str
    metric: Metric
    threshold: float
    operator: Operator = ">"
    relative_to: Literal["previous", "validation", "none"] = "none"
    title: str | None = None
    window_days: Days = 1
    minimum_n: Count | None = None
    traffic: Share | None = None
    """Share of the traffic on which old and new are compared."""
    action: Literal["observe", "degrade", "roll back"] = "roll back"
    authority: str | None = None
    decide_within_minutes: Minutes | None = None
    automated: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step somebody executes, with the command, what it should print and what to do otherwise."""

    title: str
    command: str | None = None
    actor: str | None = None
    expected: str | None = None
    minutes: Minutes | None = None
    check: str | None = None
    if_it_fails: str | None = None
    proves: Literal["place", "alert", "golden", "traffic", "none"] = "none"
    """What the step proves: the right cluster and account, that an alert is real, the command of which asks for its id
    as ${RULE:?set it first}, that the golden requests are answered, or which share of the traffic is served."""
    point_of_no_return: bool = False


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A way to run with less than the whole model."""

    name: str
    when: str | None = None
    against: Literal["error", "inputs", "service", "output", "none"] = "none"
    """What it helps against: wrong predictions, a source that fails, a service that fails, values out of range."""
    how: str | None = None
    command: str | None = None
    undo: str | None = None
    limits: str | None = None
    most: Share | None = None
    """The largest share of the cases that may be taken out by it."""
    slot: str | None = None
    """How a group is written for its command, as {segment} and {level}, where it takes groups of cases out."""
    segments: tuple[str, ...] = ()
    """Segments of which it takes groups out; without them, all."""
    expected: str | None = None
    """What its command must show."""
    check: str | None = None
    """The command that tells whether it is on, and what that shows."""
    minutes: Minutes | None = None
    """Minutes that it takes to switch it on."""
    effect: str | None = None
    """From when on its effect is seen, and what stays as it was until then."""
    until: str | None = None
    """What ends it: what must hold before `undo` is typed, and who is called when it does not come."""
    until_rule: str | None = None
    """Id of the rule that `until` asks for."""
    until_days: Days | None = None
    """Days of cases with their outcomes that `until` asks for, where no rule does."""
    call_after_days: Days | None = None
    """Days after which `until` calls somebody."""
    sets_off: tuple[str, ...] = ()
    """Ids of alerts that fire because it is on."""
    automated: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said to whom."""

    level: str
    audience: str
    timing: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class RollbackWatch:
    """What tells that a permission, condition or `not_when` of the rollback holds: an alert, or somebody who looks."""

    what: str
    """The words of a permission or of a `not_when`, or the id of a condition."""
    alert: str | None = None
    """The id of a rule, of a burn rate or of an alert on the monitoring itself."""
    by_hand: str | None = None
    """Who looks, by which lettered command or report, and when."""
    mode: str | None = None
    """The degraded mode that helps where a `not_when` holds."""


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """How the service goes back to the previous version."""

    restore_minutes: Minutes | None = None
    decides: str | None = None
    without_asking: tuple[str, ...] = ()
    """What lets the person on call go back alone, whatever the errors of both versions."""
    without_asking_on_error: tuple[str, ...] = ()
    """The same where the error is the reason: it stands only while the previous version errs less."""
    last_drill: Date | None = None
    drill_every: Repeat | None = None
    conditions: tuple[Condition, ...] = ()
    watched: tuple[RollbackWatch, ...] = ()
    """What tells of permissions and conditions; of a condition with a level of its own a rule does by itself."""
    not_when: tuple[str, ...] = ()
    prechecks: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    modes_set_by: str | None = None
    """Who may set a degraded mode at once, without asking."""
    degraded_modes: tuple[Mode, ...] = ()
    verify: tuple[Step, ...] = ()
    soak_minutes: Minutes | None = None
    declared_over_by: str | None = None
    messages: tuple[Message, ...] = ()
    gives_back: str | None = None
    """What the previous version has served, where, and what going back to it gives, in one sentence."""
    bad_decisions: str | None = None
    """What happens to the decisions made while the model was bad."""
    keep: tuple[str, ...] = ()
    """Evidence to keep after an incident."""
    roll_forward: tuple[str, ...] = ()
    forward: tuple[Step, ...] = ()
    """Steps that serve the newer version again, and set the share of the traffic that it gets."""
    change_window: str | None = None
