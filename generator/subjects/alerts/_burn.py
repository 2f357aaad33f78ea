"""Takes services with counters of requests, gives the alerts on their error budgets, two windows each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.records.decision import Alert, AlertLevel
from generator.records.fact import Fact, Sentence, missing, segment_of
from generator.records.gauges import BAD, labels_of
from generator.records.project import Counters, Project, Service
from generator.records.reason import lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.stats import slo
from generator.subjects.alerts._sheet_levels import asks
from generator.subjects.alerts._sheet_rows import address, kept
from generator.subjects.kit.facts import derived
from generator.subjects.limits.rules import LevelName

QUANTITY, TABLE = quantities(__file__), tables(__file__)

LEVEL_OF: dict[str, LevelName] = {"page": "red", "ticket": "yellow"}
NO_COUNTERS = lacking("no service declares counters that it exposes", "services.counters")
NOT_HERE = "requests are counted by the service itself, and the supplied data hold none of its counts"
ANCHOR = "alert-burn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Burn:
    """One alert on the error budget of a service."""

    service: Service
    counters: Counters
    level: LevelName
    long_hours: float
    short_hours: float
    bad: Fact
    """The share of bad requests beyond which it fires."""
    burn: Fact
    """How many times as fast as allowed the budget is spent then."""
    severity: str
    receiver: str
    respond: Sentence
    model: str
    version: str
    runbook: str

    @property
    def rule(self) -> str:
        """Return the rule of all alerts of its service."""
        return f"burn-{self.service.id}"

    @property
    def id(self) -> str:
        """Return the name of its alerting rule."""
        return f"{self.rule}-{window_of(self.long_hours)}"

    @property
    def title(self) -> str:
        """Return what it is called."""
        return f"{self.service.title}, bad requests over {_said(self.long_hours)}"

    @property
    def limit(self) -> Sentence:
        """Return when it fires."""
        return ("> ", self.bad)

    @property
    def meaning(self) -> Sentence:
        """Return what that says."""
        head = f"over {_said(self.long_hours)} and {_said(self.short_hours)} at once: the budget is spent "
        return (head, self.burn, " times as fast as allowed")

    @property
    def value(self) -> str:
        """Return the series of the share of bad requests over its long window."""
        return self._recorded(self.long_hours)

    @property
    def series(self) -> str:
        """Return the series of the same over its short window."""
        return self._recorded(self.short_hours)

    @property
    def expression(self) -> str:
        """Return the condition of its alerting rule."""
        share = f"{self.bad.number or 0.0:.6g}"
        return f"max by (model, rule) ({self.value} > {share} and {self.series} > {share})"

    @property
    def keeps(self) -> Fact:
        """Return how long it stays open once it no longer holds."""
        return kept(self.id)

    @property
    def current(self) -> Fact:
        """Return why its value is not known here."""
        return missing(f"alerts.{self.id}.current", NOT_HERE, unit="share")

    @property
    def recordings(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, rule and expression of what it compares."""
        for hours in (self.short_hours, self.long_hours):
            window = window_of(hours)
            good, total = (f"sum(rate({one}[{window}]))" for one in (self.counters.good, self.counters.total))
            yield f"{BAD}{window}", self.rule, f"1 - ({good} or 0 * {total}) / {total}"

    def _recorded(self, hours: float) -> str:
        return f"{BAD}{window_of(hours)}" + labels_of(model=self.model, rule=self.rule)


def alert_of(burn: Burn) -> Alert:
    """Return one as an alert among all others; what it costs in false alarms is not known."""
    untold = {key: missing(f"alerts.{burn.id}.{key}", NOT_HERE) for key in ("false", "visible", "delay")}
    level = AlertLevel(
        name=burn.id,
        level=burn.level,
        operator=">",
        bound=burn.bad,
        severity=burn.severity,
        receiver=burn.receiver,
        false_messages=untold["false"],
        visible_change=untold["visible"],
        delay=untold["delay"],
        fired_on=(),
        fires=False,
        since=None,
        anchor=ANCHOR,
        runbook_url=burn.runbook,
        evidence=(burn.current.id, burn.bad.id),
    )
    return Alert(
        id=burn.id,
        kind="burn",
        title=burn.title,
        metric="bad_requests",
        series=burn.value,
        aggregation="bad requests ÷ requests, beyond the bound over a long and a short window at once",
        scope=burn.service.id,
        version=burn.version,
        window_days=burn.long_hours / slo.HOURS_A_DAY,
        closing="",
        lag=None,
        minimum_n=None,
        repeats=1,
        recovery=1,
        levels=(level,),
    )


def burns(project: Project) -> tuple[Burn, ...]:
    """Return the alerts on the error budget of every service that declares its counters."""
    return tuple(burn for one in project.settings.services for burn in _of_service(one, project))


def _of_service(service: Service, project: Project) -> Iterator[Burn]:
    promised = service.promised
    for one in slo.burn_alerts(service.period_days) if service.counters else ():
        if promised is None or not promised < 1.0 or not slo.reachable(promised, one.burn):
            continue
        assert service.counters
        id = f"burn-{service.id}-{window_of(one.long_hours)}"
        source, share = f"services.{segment_of(service.id)}.target", one.burn * (1.0 - promised)
        severity, receiver, respond = asks(LEVEL_OF[one.severity], project)
        yield Burn(
            service=service,
            counters=service.counters,
            level=LEVEL_OF[one.severity],
            long_hours=one.long_hours,
            short_hours=one.short_hours,
            bad=derived(QUANTITY("alerts.{id}.bad", id=id), share, source=source),
            burn=derived(QUANTITY("alerts.{id}.burn", id=id), one.burn),
            severity=severity,
            receiver=receiver,
            respond=respond,
            model=project.settings.model.name,
            version=project.settings.model.version,
            runbook=address(ANCHOR, project),
        )


def burn_table(found: Sequence[Burn]) -> Table:
    """Return one row an alert on an error budget."""
    rows: Iterator[tuple[Cell, ...]] = (
        (one.id, one.level, one.limit, one.meaning, one.severity, one.receiver, one.respond, one.runbook)
        for one in found
    )
    return TABLE("alerts.burn", rows, reason=NO_COUNTERS)


def window_of(hours: float) -> str:
    """Return a window as Prometheus writes it: by days from one on, else by hours, else by minutes."""
    minutes = 60 * hours
    for unit, length in (("d", 1440), ("h", 60)):
        if minutes % length == 0 and minutes > length * (unit == "d"):
            return f"{minutes / length:.0f}{unit}"
    return f"{minutes:.0f}m"


def _said(hours: float) -> str:
    """Return a window as people write it."""
    window = window_of(hours)
    return f"{window[:-1]} {window[-1].replace('m', 'min')}"
