"""The alerts of the monitoring specification as alerting rules of Prometheus 2.42 and later."""

from __future__ import annotations

from generator.export._prometheus import AlertRule, alert_rules, escaped, file_of
from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results

PATH = "prometheus/rules.yml"
OF_ITS_RULE = "{{ $labels.rule }}"


def export(results: Results) -> Artifact | None:
    """Return `prometheus/rules.yml`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    group = {"name": results.header.model, "rules": [_rule(rule) for rule in rules]}
    return file_of(PATH, "Alerting rules of the model", {"groups": [group]}, results)


def _rule(rule: AlertRule) -> dict[str, object]:
    waits = {"for": f"{rule.hold_minutes}m"} if rule.hold_minutes else {}
    keeps = {"keep_firing_for": f"{rule.keep_hours}h"} if rule.keep_hours else {}
    return {
        "alert": rule.id,
        "expr": rule.expression,
        **waits,
        **keeps,
        "labels": {key: escaped(text) for key, text in rule.labels.items()},
        "annotations": rule.annotations(rule.looked_up, rule.looked_up_day if rule.value else "", OF_ITS_RULE, escaped),
    }


COMPANION = Companion(id="prometheus", title="Alerting rules of Prometheus (prometheus/rules.yml)", export=export)
