"""The alerts of the monitoring specification as recording and alerting rules of Prometheus 2.42 and later."""

from collections.abc import Mapping

from generator.export._prometheus import AlertRule, alert_rules, escaped, file_of
from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import Cell

PATH = "prometheus/rules.yml"


def export(results: Results) -> Artifact | None:
    """Return `prometheus/rules.yml`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    recordings = (_recorded(row, results.header.model) for row in results.records("alerts.recordings"))
    group = {"name": results.header.model, "rules": [*recordings, *map(_rule, rules)]}
    return file_of(PATH, "Recording and alerting rules of the model", {"groups": [group]}, results)


def _recorded(row: Mapping[str, Cell], model: str) -> dict[str, object]:
    """Return a recording rule, which stands before the alerts that compare it, so that none is an evaluation late."""
    labels = {"model": model, "rule": row["rule"]} if row["rule"] else {}
    return {"record": row["record"], "expr": row["expression"], **({"labels": labels} if labels else {})}


def _rule(rule: AlertRule) -> dict[str, object]:
    waits = {"for": f"{rule.hold_minutes}m"} if rule.hold_minutes else {}
    hours, minutes = divmod(rule.keep_minutes, 60)
    keeps = {"keep_firing_for": f"{rule.keep_minutes}m" if minutes else f"{hours}h"} if rule.keep_minutes else {}
    about = f"{{{{ $labels.{rule.about} }}}}"
    return {
        "alert": rule.id,
        "expr": rule.expression,
        **waits,
        **keeps,
        "labels": {key: escaped(text) for key, text in rule.labels.items()},
        "annotations": rule.annotations(rule.looked_up, rule.looked_up_day if rule.dated else "", about, escaped),
    }


COMPANION = Companion(id="prometheus", title="Rules of Prometheus (prometheus/rules.yml)", export=export)
