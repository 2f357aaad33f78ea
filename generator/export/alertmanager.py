"""Who gets which alert of the rules, for Alertmanager: a receiver for each severity and channel, red before yellow."""

from __future__ import annotations

import json

from generator.export._prometheus import AlertRule, alert_rules, file_of
from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results

PATH = "prometheus/alertmanager.yml"
OF_ONE_RULE = ("model", "rule")
REPEAT = "24h"
"""What is judged once a day is not told more often."""


def export(results: Results) -> Artifact | None:
    """Return `prometheus/alertmanager.yml`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    to = {_receiver(rule): rule for rule in sorted(rules, key=lambda rule: rule.labels["severity"])}
    content = {
        "route": {
            "receiver": next(iter(to)),
            "group_by": list(OF_ONE_RULE),
            "repeat_interval": REPEAT,
            "routes": [{"receiver": name, "matchers": _matchers(rule)} for name, rule in to.items()],
        },
        "inhibit_rules": [
            {"source_matchers": ['level="red"'], "target_matchers": ['level="yellow"'], "equal": list(OF_ONE_RULE)}
        ],
        "receivers": [{"name": name} for name in to],
    }
    return file_of(PATH, "Routes of the alerts (fill in how each receiver is reached) of", content, results)


def _receiver(rule: AlertRule) -> str:
    return f"{rule.labels['severity']} {rule.labels['receiver']}"


def _matchers(rule: AlertRule) -> list[str]:
    keys = ("model", "severity", "receiver")
    return [f"{key}={json.dumps(rule.labels[key], ensure_ascii=False)}" for key in keys]


COMPANION = Companion(id="alertmanager", title="Routes of the alerts (prometheus/alertmanager.yml)", export=export)
