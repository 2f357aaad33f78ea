"""Takes the table of alerting rules, gives each with its labels and messages, for the files made of them."""

import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from generator.export._yaml import written
from generator.records.artifact import Artifact
from generator.records.fact import Fact
from generator.records.gauges import ESCALATION, FIRES, RULE_DAY, labels_of
from generator.records.notation import PERCENT, SUFFIX, SYMBOLS, spell
from generator.records.results import Results
from generator.records.table import Cell, value_of

ONE_LINE = 10**6
"""Columns of a line of YAML: an expression is not broken."""
DECIMALS = {"money": 2, "rows": 0, "count": 0, "ms": 0, "points": 1, **dict.fromkeys(PERCENT, 1)}
TEXTS = ("title", "limit", "respond", "meaning", "decision", "expression", "series", "value", "named", "runbook")
USUAL = 4
"""Decimals of a value whose unit has none of its own."""
EPOCH, NOON = datetime.date(1970, 1, 1).toordinal(), 12 * 3600
LEVELS, AGES = "levels", "ages"
"""What the panels show that are of no single value: which levels fire, and how old the newest of everything is."""
RESOLVED = "Back within its limit, or no longer measured; if so, rule-without-value is open."


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertRule:
    """One alerting rule; those on silence look up no value, one of them has its rule from the expression."""

    id: str
    labels: Mapping[str, str]
    title: str
    limit: str
    respond: str
    meaning: str
    decision: str
    expression: str
    series: str
    """What it compares; empty where it looks at all that the job exposes."""
    value: str
    named: str
    """The label that says which input its value is of, or which source it tells of; empty where none does."""
    unit: str
    currency: str
    silent_hours: int
    """How old what it compares may be, a gauge or another alert; none where it is no time."""
    hold_minutes: int
    keep_minutes: int
    bound: float
    """What its value is held against; nought where it is held against nothing."""
    rises: bool
    """Whether it fires above its bound."""
    runbook: str
    dashboard: str
    """Where Grafana shows the dashboard; empty where there is none."""
    noon: int
    """Seconds from the noon of a day, UTC, to its end in the model's zone."""

    def printed(self, value: float, name: str = "") -> str:
        """Return a value as a message prints it, and the input it is of."""
        number = self._with_unit(f"{value * (100 if self._in_hundreds else 1):.{self._places}f}")
        return f"{number} ({name})" if name else number

    @property
    def looked_up(self) -> str:
        """Return the template by which a message prints the value of its moment."""
        query = json.dumps(f"{'100 * ' if self._in_hundreds else ''}{self.value}", ensure_ascii=False)
        written = self._with_unit(f'{{{{ . | first | value | printf "%.{self._places}f" }}}}')
        label = f'{{{{ with . | first | label "{self.named}" }}}} ({{{{ . }}}}){{{{ end }}}}' if self.named else ""
        return f"{{{{ with query {query} }}}}{written}{label}{{{{ end }}}}"

    @property
    def dated(self) -> bool:
        """Return whether its value is of a day; that of a burn rate is of the moment."""
        return self.series.startswith(FIRES.name)

    @property
    def about(self) -> str:
        """Return the label of its series that says what it is about; empty where its own labels do."""
        return ("" if self.value else self.named) or ("" if "rule" in self.labels else "rule")

    @property
    def panel(self) -> int:
        """Return the id of the panel on which its series is shown."""
        return panel_of(self.value or (AGES if self.series and self.silent_hours else LEVELS))

    @property
    def day_series(self) -> str:
        """Return the series that is the end of the newest day that the rule judges."""
        return RULE_DAY.name + labels_of(model=self.labels["model"], rule=self.labels["rule"])

    @property
    def looked_up_day(self) -> str:
        """Return the template by which a message prints the day of its value."""
        query = json.dumps(f"{self.day_series} - {self.noon}", ensure_ascii=False)
        return f'{{{{ with query {query} }}}}{{{{ (. | first | value | toTime).Format "2006-01-02" }}}}{{{{ end }}}}'

    def annotations(self, value: str, day: str, about: str, say: Callable[[str], str]) -> dict[str, str]:
        """Return what a message says of a value and its day, or what it is about; `say` makes a text fit for it."""
        if self.value:
            summary = f"{say(self.title)}: {value}, {self.labels['level']} {say(self.limit)}"
        else:
            summary = f"{say(self.title)}: {about}" if self.about else say(self.title)
        told = {
            "summary": summary,
            "day": day,
            "description": say(self.meaning or self.limit),
            "respond": say(self.respond),
            "decision": say(self.decision),
            "resolved": RESOLVED if self.value else "",
            "runbook_url": say(self.runbook),
        }
        if self.dashboard:
            told |= {
                "dashboard_url": say(f"{self.dashboard}?viewPanel={self.panel}"),
                "__dashboardUid__": self.dashboard.rpartition("/")[2],
                "__panelId__": f"{self.panel}",
            }
        return {key: text for key, text in told.items() if text}

    @property
    def _in_hundreds(self) -> bool:
        return self.unit in PERCENT or self.unit == "points"

    @property
    def _places(self) -> int:
        return DECIMALS.get(self.unit, USUAL) + (not self.dated)

    def _with_unit(self, number: str) -> str:
        if self.unit == "money":
            return f"{SYMBOLS[self.currency]}{number}" if self.currency in SYMBOLS else f"{number} {self.currency}"
        return number if self.unit in ("", "count") else f"{number}{SUFFIX.get(self.unit, f' {self.unit}')}"


def alert_rules(results: Results) -> tuple[AlertRule, ...]:
    """Return every alerting rule, in the order of the specification."""
    return tuple(_rules(results, results.records("alerts.rules")))


def file_of(path: str, about: str, content: object, results: Results, notes: tuple[str, ...] = ()) -> Artifact:
    """Return a file of YAML under a line that says what it is and of which model, and under notes."""
    head = results.header
    text = written(content, ONE_LINE)
    first = " ".join(f"# {about} {head.model} {head.version}, as of {head.as_of.isoformat()}.".split())
    told = "".join(f"# {note}\n" for note in notes)
    return Artifact(path=path, content=f"{first}\n{told}{text}".encode())


def panel_of(shown: str) -> int:
    """Return the id of a panel by what it shows: it stays when panels come and go."""
    return int(hashlib.sha256(shown.encode()).hexdigest()[:7], 16) + 1


def uid_of(model: str) -> str:
    """Return the id of a model's dashboard: one for all its versions."""
    return hashlib.sha256(model.encode()).hexdigest()[:12]


def escaped(text: str) -> str:
    """Return a text in which Prometheus finds no template."""
    return text.replace("{{", '{{ "{{" }}')


def day_end(results: Results, day: datetime.date) -> int:
    """Return the end of a day of the model's zone in seconds since 1970."""
    zone = results.facts.get("declared.project.time_zone")
    midnight = datetime.time(tzinfo=ZoneInfo(str(zone.value)) if zone and zone.value else datetime.UTC)
    return int(datetime.datetime.combine(day + datetime.timedelta(days=1), midnight).timestamp())


def model_of(results: Results) -> str:
    """Return the label by which a series says which model it is of."""
    return labels_of(model=results.header.model)


def number_of(cell: Cell) -> float | None:
    """Return the number in a cell, if there is one."""
    value = value_of(cell)
    return value if isinstance(value, int | float) else None


def _rules(results: Results, rows: tuple[Mapping[str, Cell], ...]) -> Iterator[AlertRule]:
    noon = day_end(results, results.header.as_of) - (results.header.as_of.toordinal() - EPOCH) * 86400 - NOON
    where = _dashboard(results)
    levels = {one.name: one for alert in results.alerts for one in alert.levels}
    for row in rows:
        level = levels.get(str(row["id"]))
        word = {key: _word(cell, results.header.currency) for key, cell in row.items()}
        labels = {
            "model": results.header.model,
            **{key: word[key] for key in ("rule", "level", "severity", "receiver")},
        }
        yield AlertRule(
            id=word["id"],
            labels={key: text for key, text in labels.items() if text},
            unit=level.bound.unit if level else "",
            bound=(level and level.bound.number) or 0.0,
            rises=bool(level and level.operator in (">", ">=")),
            dashboard=where,
            currency=results.header.currency,
            silent_hours=_whole(row["silent"]) // (60 if word["level"] == ESCALATION else 1),
            hold_minutes=_whole(row["for"]),
            keep_minutes=_minutes(row["keep_firing_for"]),
            noon=noon,
            **{key: word[key] for key in TEXTS},
        )


def _word(cell: Cell, currency: str) -> str:
    if isinstance(cell, str):
        return cell
    return "" if isinstance(cell, Fact) else spell(cell, currency=currency) if isinstance(cell, tuple) else cell.word


def _dashboard(results: Results) -> str:
    """Return the address of the dashboard, a path where no Grafana is declared; empty where none is made."""
    if "grafana" in results.presentation.without:
        return ""
    base = results.facts.get("declared.alerts.grafana_url")
    address = str(base.value).rstrip("/") if base and base.value else ""
    return f"{address}/d/{uid_of(results.header.model)}"


def _minutes(cell: Cell) -> int:
    """Return a time that is a fact, in minutes; 0 where there is none."""
    return _whole(cell) * (60 if isinstance(cell, Fact) and cell.unit == "hours" else 1)


def _whole(cell: Cell) -> int:
    value = value_of(cell)
    return int(value) if isinstance(value, int | float) else 0
