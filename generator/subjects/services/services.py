"""Service levels: the share of good requests against the promise, the error budget, and the alerts that guard it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.estimates.facts import number
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import Project, Service
from generator.records.reason import lacking
from generator.records.requests import RequestCounts
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import quantities, tables
from generator.stats import slo
from generator.stats.slo import BurnAlert
from generator.subjects.services._windows import RequestWindows, bad_share, windows_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

NOT_DECLARED = lacking("no services declared", "services")
NO_SHARE = lacking("the objective says no share of good requests", "services.*.share")
NO_EVENTS = lacking(
    "neither counts, a log nor a measured share is declared",
    "services.*.counts",
    "services.*.log",
    "services.*.measured",
)
QUANTILE = "DDSketch of relative accuracy one in a hundred"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Level:
    """A service with its facts, and what its alerts need: the share promised and the windows."""

    service: Service
    head: str
    target: float | None
    windows: RequestWindows | None
    facts: dict[str, Fact]


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return compliance, budget and burn of every service level, and its burn-rate alerts."""
    log = ledger.requests
    levels = [_level(project, index, service, log) for index, service in enumerate(project.settings.services)]
    alerts = [row for level in levels for row in _alerts(level)]
    tables = (_levels_table(levels), _alerts_table(alerts))
    shown = [cell for row in alerts for cell in row if isinstance(cell, Fact)]
    facts = {fact.id: fact for fact in (*(f for level in levels for f in level.facts.values()), *shown)}
    return Evidence(facts=tuple(facts.values()), tables=tables, findings=tuple(_findings(levels)))


def _level(project: Project, index: int, service: Service, log: RequestCounts | None) -> _Level:
    head, target, windows = f"services.{segment_of(service.id)}", service.promised, windows_of(service, log)
    path = f"services.{index}.{'share' if service.share is not None else 'objective'}"
    why = "" if target is None else f"declared at {path}"
    promised = number(
        QUANTITY("{head}.target", head=head, title=service.title), math.nan if target is None else target, source=why
    )
    facts = {"target": promised, **_budget(service, head, target, windows)}
    facts |= _measured(service, head, windows, log)
    return _Level(service=service, head=head, target=target, windows=windows, facts=facts)


def _budget(service: Service, head: str, target: float | None, windows: RequestWindows | None) -> dict[str, Fact]:
    """Compliance, burn, budget and exhaustion: of the windows of the last period, else of the declared share."""
    recent = windows.last(service.period_days) if windows else None
    bad, low, high, n, days = _bad(service, recent)
    allowed = math.nan if target is None else 1.0 - target
    burn = bad / allowed if allowed > 0 else math.nan
    ranged = allowed > 0 and low == low
    source = recent.source if recent else "declared measurement"
    reason = NO_SHARE if target is None else NO_EVENTS if bad != bad else "the objective allows no bad request at all"
    spent = "" if recent else ", as if it had lasted the whole period"
    scale = days / service.period_days
    title = service.title
    return {
        "compliance": number(
            QUANTITY("{head}.compliance", head=head, title=title),
            1.0 - bad,
            low=1.0 - high,
            high=1.0 - low,
            n=n,
            source=source,
            origin="measured" if recent else "declared",
            method="good requests / requests, exact limits with the scatter of the days" if recent else "as declared",
        ),
        "allowed": number(QUANTITY("{head}.allowed", head=head, title=title), allowed, source=f"{head}.target"),
        "bad": number(
            QUANTITY("{head}.bad", head=head, title=title),
            bad,
            low=low,
            high=high,
            n=n,
            source=source,
            origin="measured" if recent else "declared",
        ),
        "burn": number(
            QUANTITY("{head}.burn", head=head, title=title),
            burn,
            n=n,
            source=source,
            reason=reason,
            low=low / allowed if ranged else math.nan,
            high=high / allowed if ranged else math.nan,
        ),
        "budget_used": number(
            QUANTITY("{head}.budget_used", head=head, title=title, spent=spent),
            burn * scale,
            n=n,
            source=source,
            reason=reason,
            low=low / allowed * scale if ranged else math.nan,
            high=high / allowed * scale if ranged else math.nan,
        ),
        "exhaustion_days": number(
            QUANTITY("{head}.exhaustion_days", head=head, title=title),
            slo.exhaustion_days(burn, service.period_days),
            source=source,
            reason="nothing burns" if burn == 0 else reason,
        ),
    }


def _bad(service: Service, windows: RequestWindows | None) -> tuple[float, float, float, float | None, float]:
    """Bad share with its limits, requests, and the days they come from."""
    if windows is not None:
        found = bad_share(windows)
        return found.estimate, found.low, found.high, float(windows.total.sum()), windows.span_days
    bad = math.nan
    if service.measured is not None and service.unit == "share":
        bad = 1.0 - service.measured if service.operator in (">", ">=") else service.measured
    return bad, math.nan, math.nan, None, float(service.period_days)


def _measured(
    service: Service, head: str, windows: RequestWindows | None, log: RequestCounts | None
) -> dict[str, Fact]:
    """The value in the objective's own unit, where counts or the log give it and none is declared."""
    if service.measured is not None or windows is None:
        return {}
    label, n = f"{service.title}, measured", float(windows.total.sum())
    if service.log == "duration" and log is not None and service.share is not None:
        value = slo.sketch_quantile(log.places, log.counts, service.share)
        return {
            "measured": number(
                f"{head}.measured", value, unit=service.unit, label=label, n=n, method=QUANTILE, source=windows.source
            )
        }
    if service.unit != "share":
        return {}
    bad = float(windows.bad.sum()) / n
    value = 1.0 - bad if service.operator in (">", ">=") else bad
    return {"measured": number(QUANTITY("{head}.measured", head=head), value, label=label, n=n, source=windows.source)}


def _levels_table(levels: list[_Level]) -> Table:
    rows = tuple(
        (
            level.service.title,
            *(_or_nothing(level.facts[key]) for key in ("allowed", "bad", "burn", "budget_used", "exhaustion_days")),
            _status(level),
        )
        for level in levels
        if level.target is not None or level.facts["compliance"].value is not None
    )
    return TABLE("services.levels", rows, reason=NO_SHARE if levels else NOT_DECLARED)


def _or_nothing(fact: Fact) -> Cell:
    return () if fact.value is None else fact


def _status(level: _Level) -> Mark:
    burn = level.facts["burn"]
    if not isinstance(burn.value, float):
        return Mark(status="inconclusive", word="not measured")
    if burn.value > 1:
        sure = burn.low is None or burn.low > 1
        return Mark(status="fail", word="budget overdrawn") if sure else Mark(status="watch", word="over, not for sure")
    return Mark(status="pass", word="within budget")


def _alerts(level: _Level) -> Iterator[tuple[Cell, ...]]:
    """The burn-rate alerts of a level: what fires them, how soon, how often by chance, and when they would have."""
    if level.target is None or not level.target < 1.0:
        return
    windows, objective = level.windows, level.target
    rate = math.nan if windows is None else float(windows.total.sum()) / (windows.span_days * slo.HOURS_A_DAY)
    for alert in slo.burn_alerts(level.service.period_days):
        id = f"{level.head}.alert.{round(alert.long_hours)}h"
        facts = _alert_facts(id, alert, objective, rate)
        fired = _fired(id, alert, objective, windows)
        yield (level.service.id, alert.severity, *facts, _or_nothing(fired), _alert_mark(alert, objective, rate))


def _alert_facts(id: str, alert: BurnAlert, objective: float, rate: float) -> tuple[Cell, ...]:
    events = rate * alert.long_hours
    found = {
        "long": (alert.long_hours, "hours", "Long window"),
        "short": (alert.short_hours * 60.0, "minutes", "Short window"),
        "burn": (alert.burn, "", "Burn that fires"),
        "bad": (alert.burn * (1.0 - objective), "share", "Bad requests that fire"),
        "detection": (
            slo.detection_hours(objective, alert.burn, alert.long_hours) * 60.0,
            "minutes",
            "Total outage seen after",
        ),
        "chance": (slo.false_alert(objective, alert.burn, events), "probability", "Fires by chance, a window"),
        "needed": (slo.hours_needed(objective, alert.burn, rate), "hours", "Window with five bad requests"),
    }
    facts = {
        key: number(
            f"{id}.{key}",
            value,
            unit=unit,
            label=label,
            origin="derived",
            source="requests an hour" if key in ("chance", "needed") else "objective",
            method="Poisson" if key == "chance" else "multi-window burn rate",
        )
        for key, (value, unit, label) in found.items()
    }
    facts["bad"] = (
        facts["bad"] if alert.burn * (1.0 - objective) <= 1 else number(QUANTITY("{id}.bad", id=id), math.nan)
    )
    return tuple(_or_nothing(fact) for fact in facts.values())


def _fired(id: str, alert: BurnAlert, objective: float, windows: RequestWindows | None) -> Fact:
    """Windows of the supplied data on which the long window's burn was exceeded; the short one is not to be seen."""
    count, reason = math.nan, NO_EVENTS
    if windows is not None:
        if windows.hours > alert.long_hours:
            reason = "the counts are by day, longer than the window"
        else:
            burns = slo.window_burns(windows.bad, windows.total, windows.ends, alert.long_hours, objective)
            count = float(np.nansum(burns > alert.burn))
    return number(QUANTITY("{id}.fired", id=id), count, source="" if windows is None else windows.source, reason=reason)


def _alert_mark(alert: BurnAlert, objective: float, rate: float) -> Mark:
    if not slo.reachable(objective, alert.burn):
        return Mark(status="fail", word="out of reach")
    if rate != rate:
        return Mark(status="inconclusive", word="traffic not known")
    if slo.bad_events_needed(objective, alert.burn, rate * alert.long_hours) < slo.LEAST_EVENTS:
        return Mark(status="watch", word="too little traffic")
    return Mark(status="pass", word="usable")


def _alerts_table(rows: list[tuple[Cell, ...]]) -> Table:
    labels = {
        "service": "Service",
        "severity": "Severity",
        "long": "Long window",
        "short": "Short window",
        "burn": "Burn",
        "bad": "Bad requests",
        "detection": "Total outage seen after",
        "chance": "Fires by chance",
        "needed": "Window with five bad requests",
        "fired": "Windows fired",
        "status": "Status",
    }
    heads = tuple(Column(key=key, label=label) for key, label in labels.items())
    return Table(
        id="services.burn_alerts",
        title="Burn-rate alerts",
        columns=heads,
        rows=tuple(rows),
        reason="" if rows else f"{NOT_DECLARED}, or none promises a share of good requests",
    )


def _findings(levels: list[_Level]) -> Iterator[Finding]:
    for level in levels:
        burn, used, lasts = (level.facts[key] for key in ("burn", "budget_used", "exhaustion_days"))
        if not isinstance(burn.value, float) or burn.value <= 1:
            continue
        sure = burn.low is None or burn.low > 1
        yield finding(
            f"{level.head}.budget",
            "service",
            "confirmed" if sure else "watch",
            level.service.title,
            (
                f"{level.service.title}: bad requests burn the error budget ",
                burn,
                " times as fast as allowed; ",
                used,
                " of it is used, and a full one lasts ",
                lasts,
                ".",
            ),
            Claim(what="burn", relation="above", value=burn),
        )


ANALYSIS = Analysis(id="services", title="Service levels and error budgets", run=run)
