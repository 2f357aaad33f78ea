"""Who gets which alert of the rules, for Alertmanager: receivers, repeats, what holds back what, freezes."""

import datetime
import json
from collections.abc import Iterator

from generator.export._prometheus import AlertRule, alert_rules, file_of
from generator.records.artifact import Artifact
from generator.records.gauges import LIVENESS
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import day_of
from generator.records.timeline import Timeline

PATH = "prometheus/alertmanager.yml"
OF_ONE_RULE = ("model", "rule")
WAKING, MILD, SUMMARY = ("P1", "P2"), "P3", "P4"
DAILY, SELDOM = "24h", "72h"
"""What is judged once a day is not told more often, and what may wait for working hours every third day."""
FREEZE = "freeze"
SAYS = (
    "{{ range .Alerts }}{{ .Status }}: {{ .Annotations.summary }}{{ with .Annotations.day }}, of {{ . }}{{ end }}. "
    "Answer: {{ .Annotations.respond }}. {{ .Annotations.runbook_url }}"
    '{{ with .Annotations.dashboard_url }}{{ if match "^https?://" . }} {{ . }}{{ end }}{{ end }}\n{{ end }}'
)
Plain = dict[str, object]


def export(results: Results) -> Artifact | None:
    """Return `prometheus/alertmanager.yml`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    to = {_receiver(rule): rule for rule in sorted(rules, key=lambda rule: rule.labels["severity"])}
    answered = {name: severity for name, rule in to.items() if (severity := rule.labels["severity"]) != SUMMARY}
    freezes = list(_freezes(results)) if len({*answered.values()}) > 1 else []
    lowest = max(answered.values())
    mute: Plain = {"mute_time_intervals": [FREEZE]} if freezes and lowest >= MILD else {}
    content = {
        "route": {
            "receiver": next(reversed(answered)),
            "group_by": list(OF_ONE_RULE),
            "repeat_interval": DAILY,
            "routes": [
                route
                for name, rule in to.items()
                for route in _routes(name, rule, mute if rule.labels["severity"] == lowest else {})
            ],
        },
        **({"time_intervals": [{"name": FREEZE, "time_intervals": freezes}]} if mute else {}),
        "inhibit_rules": list(_held_back(results)),
        "receivers": [{"name": name, **_ways(name, results)} for name in to],
    }
    return file_of(PATH, "Routes of the alerts of", content, results, tuple(_unreached(results)))


def _receiver(rule: AlertRule) -> str:
    return f"{rule.labels['severity']} {rule.labels['receiver']}"


def _routes(name: str, rule: AlertRule, mute: Plain) -> Iterator[Plain]:
    """Yield the route of a receiver; before one that is mute stands that of the alerts on the monitoring itself."""
    repeat = {} if rule.labels["severity"] in (*WAKING, SUMMARY) else {"repeat_interval": SELDOM}
    own = [_is(key, rule.labels[key]) for key in ("model", "severity", "receiver")]
    if mute:
        yield {"receiver": name, "matchers": [*own, _is("level", LIVENESS)], **repeat}
    yield {"receiver": name, "matchers": own, **repeat, **mute}


def _is(key: str, *values: str) -> str:
    """Return a matcher of a label that has one of these values, whatever stands in them."""
    if len(values) == 1:
        return f"{key}={json.dumps(values[0], ensure_ascii=False)}"
    return f"{key}=~{json.dumps('|'.join(values), ensure_ascii=False)}"


def _held_back(results: Results) -> Iterator[Plain]:
    """Red holds back yellow of its rule, and of a cause all that follows from it."""
    yield {"source_matchers": ['level="red"'], "target_matchers": ['level="yellow"'], "equal": list(OF_ONE_RULE)}
    for row in results.records("alerts.held_back"):
        cause, same = str(row["id"]), str(row["same"])
        yield {
            "source_matchers": [_is("alertname", cause)] if same else ['level="red"', _is("rule", cause)],
            "target_matchers": [_is("rule", *str(row["held"]).split(", "))],
            "equal": ["model", *([same] if same else [])],
        }


def _ways(name: str, results: Results) -> Plain:
    """Return how a receiver is reached, by everything that is declared for it."""
    found: dict[str, list[Plain]] = {}
    for row in results.tables["alerts.receivers"].records:
        if row["receiver"] == name and not row["why"]:
            key, way = _way(str(row["by"]), str(row["address"]), results)
            found.setdefault(key, []).append(way | {"send_resolved": True})
    return dict(found)


def _way(by: str, address: str, results: Results) -> tuple[str, Plain]:
    if by == "web":
        return "webhook_configs", {"url": address}
    if by == "mail":
        server = {"smarthost": _declared("mail_server", results), "from": _declared("mail_from", results)}
        return "email_configs", {"to": address, **server}
    return "slack_configs", {"api_url_file": _declared("chat_url_file", results), "channel": address, "text": SAYS}


def _declared(key: str, results: Results) -> str:
    return str(results.facts[f"declared.alerts.sending.{key}"].value)


def _unreached(results: Results) -> Iterator[str]:
    for row in results.tables["alerts.receivers"].records:
        if row["why"]:
            way = " ".join(f"{row['by']} {row['address']}".split())
            yield f"Not reached by {row['receiver']}: {way}: {row['why']}."


def _freezes(results: Results) -> Iterator[Plain]:
    """Yield the days of each freeze, month by month, by the clock of the model; no day on which a stage lasts."""
    zone = results.facts.get("declared.project.time_zone")
    where = {"location": str(zone.value)} if zone and zone.value else {}
    for start, end in _quiet(results):
        while start <= end:
            next_month = (start.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
            last = min(end, next_month - datetime.timedelta(days=1))
            days = {"years": [f"{start.year}"], "months": [f"{start.month}"]}
            yield {**days, "days_of_month": [f"{start.day}:{last.day}"], **where}
            start = next_month


def _quiet(results: Results) -> Iterator[tuple[datetime.date, datetime.date]]:
    """Yield the first and last days of freezes without those of a stage of the rollout, which its alerts judge."""
    stages = (results.shelf.get(Timeline) or Timeline()).kind("stage")
    for row in results.records("declared.calendar.freezes"):
        start, end = day_of(row["start"]), day_of(row["end"])
        assert start and end
        days = (start + datetime.timedelta(days=n) for n in range((end - start).days + 1))
        free = [day for day in days if not any(one.start <= day <= one.end for one in stages)]
        for first in (day for day in free if day - datetime.timedelta(days=1) not in free):
            rest = (day for day in free if day >= first and day + datetime.timedelta(days=1) not in free)
            yield first, next(rest)


COMPANION = Companion(id="alertmanager", title="Routes of the alerts (prometheus/alertmanager.yml)", export=export)
