"""The alerts of the monitoring specification as a dashboard of Grafana: a panel a rule, with its limits and links."""

import json
import warnings
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from typing import Any

from generator.export._prometheus import AGES, LEVELS, AlertRule, alert_rules, panel_of, uid_of
from generator.records.artifact import Artifact
from generator.records.gauges import FIRES, ROWS, VERSION, labels_of
from generator.records.plugin import Companion
from generator.records.results import Results

with warnings.catch_warnings():  # the first form of dashboards, which every Grafana reads, is told to be the old one
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import common, prometheus, statetimeline, timeseries
    from grafana_foundation_sdk.builders import dashboard as build
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import common as styles
    from grafana_foundation_sdk.models import dashboard as models

PATH = "grafana/dashboard.json"
SOURCE = "${source}"
COLOURS = {"yellow": "#b7791f", "red": "#b3261e"}
QUIET = "#1f5673"
OTHER = "#52606d"
UNITS = {"percent": "percentunit", "share": "percentunit", "ms": "ms"}
WIDTH, HEIGHT, ACROSS = 12, 8, 2
"""Of a panel, on a grid that is 24 wide."""
SPAN = "now-60d"
DAY = "1d"
AGE = "Since the job last ran, since the newest closed day with predictions ended, and since that with outcomes"
AUTO = ("auto", "auto_min", "auto_count")
"""Keys of another kind of variable, which the types give to all."""


def export(results: Results) -> Artifact | None:
    """Return `grafana/dashboard.json`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    content = json.loads(json.dumps(_dashboard(rules, results), cls=JSONEncoder))
    for variable in content["templating"]["list"]:
        for key in AUTO:
            variable.pop(key)
    return Artifact(
        path=PATH, content=f"{json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)}\n".encode()
    )


def _dashboard(rules: Sequence[AlertRule], results: Results) -> Any:
    """Return the dashboard of a model: one id for all its versions, so that a new file takes the place of the old."""
    head = results.header
    built = (
        build.Dashboard(f"{head.title or head.project}: monitoring")
        .uid(uid_of(head.model))
        .description(f"Rules of {head.model} {head.version} as of {head.as_of.isoformat()}; limits as specified there.")
        .tags([head.project, "dossier"])
        .timezone("utc")
        .time(SPAN, "now")
        .editable()
        .with_variable(build.DatasourceVariable("source").label("Prometheus").type("prometheus"))
        .with_variable(_versions(head.model))
        .annotation(_alarms(rules))
        .annotation(_releases(head.model))
    )
    for number, (shown, panel) in enumerate(_panels(rules)):
        place = models.GridPos(h=HEIGHT, w=WIDTH, x=number % ACROSS * WIDTH, y=number // ACROSS * HEIGHT)
        built = built.with_panel(panel.id(panel_of(shown)).grid_pos(place))
    return built.build()


def _versions(model: str) -> Any:
    """Return the choice of a version: rules judge what serves, so it says which values are whose."""
    query = f"label_values({VERSION.name}{labels_of(model=model)}, version)"
    return (
        build.QueryVariable("version")
        .label("Version")
        .query(query)
        .datasource(_source())
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .include_all(True)
        .all_value(".*")
        .multi(False)
    )


def _alarms(rules: Sequence[AlertRule]) -> Any:
    """Return the marks on all panels at the moments when an alert was open."""
    model = rules[0].labels["model"]
    expression = f"ALERTS{labels_of(model=model, alertstate='firing')}"
    return _marks("Alerts", COLOURS["red"], _query(expression, "{{alertname}} ({{severity}})"))


def _releases(model: str) -> Any:
    """Return the marks at the first hour of a version: none was exposed in the day before."""
    own = f"{VERSION.name}{labels_of(model=model)}"
    expression = f"{own} unless on (model, version) max_over_time({own}[{DAY}] offset 1h)"
    return _marks("Releases", QUIET, _query(expression, "{{version}}"))


def _marks(name: str, colour: str, query: Any) -> Any:
    return build.AnnotationQuery().name(name).datasource(_source()).enable(True).icon_color(colour).target(query)


def _panels(rules: Sequence[AlertRule]) -> Iterator[tuple[str, Any]]:
    """Yield each panel behind what it shows."""
    yield LEVELS, _fires(rules)
    yield AGES, _ages(rules)
    by_value: dict[str, list[AlertRule]] = {}
    for rule in rules:
        if rule.value:
            by_value.setdefault(rule.value, []).append(rule)
    for value, levels in by_value.items():
        yield value, _value(levels)
        if levels[0].dated:
            yield f"rows of {value}", _rows(levels[0])


def _value(levels: Sequence[AlertRule]) -> Any:
    """Return the course of a rule's value with its limits, and where its runbook entry stands."""
    first = levels[0]
    limits = "; ".join(f"{rule.labels['level']} {rule.limit}" for rule in levels)
    return (
        _series(first.title, f"{limits}. {first.meaning}", f"{first.value}{_of_version(first)}", "{{feature}}")
        .unit(UNITS.get(first.unit, "none"))
        .thresholds(_thresholds(levels))
        .thresholds_style(common.GraphThresholdsStyleConfig().mode(styles.GraphThresholdsStyleMode.LINE))
        .links(list(_links(levels)))
    )


def _rows(rule: AlertRule) -> Any:
    query = f"{ROWS.name}{labels_of(model=rule.labels['model'], rule=rule.labels['rule'])}{_of_version(rule)}"
    return _series(f"{rule.title}: rows", "Rows of the window that the value is of", query, "rows")


def _fires(rules: Sequence[AlertRule]) -> Any:
    """Return which levels fire, over time."""
    model = rules[0].labels["model"]
    query = f"{FIRES.name}{labels_of(model=model)}"
    panel = statetimeline.Panel().title("Levels that fire").description(FIRES.says).datasource(_source())
    return panel.with_target(_query(query, "{{rule}} {{level}} {{source}}")).max(1).min(0)


def _ages(rules: Sequence[AlertRule]) -> Any:
    """Return how long ago the job last ran, and the newest closed days ended."""
    panel = timeseries.Panel().title("Age of the monitoring").description(AGE).datasource(_source()).unit("s")
    stale = [rule for rule in rules if rule.series and rule.silent_hours]
    for letter, rule in zip(ascii_uppercase, stale, strict=False):
        panel = panel.with_target(_query(f"time() - {rule.series}", rule.id, letter))
    return panel


def _series(title: str, says: str, query: str, legend: str) -> Any:
    panel = timeseries.Panel().title(title).description(says).datasource(_source())
    return panel.with_target(_query(query, legend))


def _query(expression: str, legend: str, letter: str = "A") -> Any:
    return prometheus.Dataquery().expr(expression).legend_format(legend).ref_id(letter).datasource(_source())


def _of_version(rule: AlertRule) -> str:
    """Return what keeps a series to the moments at which the chosen version was the one judged."""
    chosen = f'{VERSION.name}{{model={json.dumps(rule.labels["model"])},version=~"$version"}}'
    return f" and on (model) {chosen}"


def _thresholds(levels: Sequence[AlertRule]) -> Any:
    """Return the limits as steps of colour: from below for what may not grow, from above for what may not fall."""
    known = sorted((rule.bound, COLOURS.get(rule.labels["level"], OTHER)) for rule in levels)
    colours = [colour for _, colour in known]
    steps = [QUIET, *colours] if levels[0].rises else [*colours, QUIET]
    bounds = [None, *(value for value, _ in known)]
    found = [models.Threshold(value=value, color=colour) for value, colour in zip(bounds, steps, strict=True)]
    return build.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)


def _links(levels: Sequence[AlertRule]) -> Iterator[Any]:
    for rule in levels:
        if rule.runbook:
            title = f"Runbook: {rule.labels['level']}"
            yield build.DashboardLink(title).url(rule.runbook).target_blank(True)


def _source() -> Any:
    return styles.DataSourceRef(type_val="prometheus", uid=SOURCE)


COMPANION = Companion(id="grafana", title="Dashboard of Grafana (grafana/dashboard.json)", export=export)
