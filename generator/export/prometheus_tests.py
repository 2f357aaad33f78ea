"""Unit tests of the alerting rules for `promtool test rules`: each fires, is kept and closes; silence is told."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.export._prometheus import AlertRule, alert_rules, day_end, file_of, number_of
from generator.records.artifact import Artifact
from generator.records.gauges import ESCALATION, OUTAGE
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import value_of

PATH, RULES = "prometheus/tests.yml", "rules.yml"
HOURS = 6
"""From one sample and one evaluation to the next; what is kept or may be silent lasts a multiple of it."""
NOON = 12
A_DAY_OF_NONE = " ".join("_" * (24 // HOURS))
BEGIN, END = 24, 48
"""The hours between which something is wrong, where it does not stay so."""
FAR = 0.1
"""The share of a limit by which a value of a test passes it."""

INPUT, SOURCE, OTHER = "an input", "a source", "another"
"""The input that a test's value is of, the source that is out in one, and one that is not."""

EPOCH = datetime.date(1970, 1, 1)
Case = dict[str, object]
Series = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tested:
    """A level with a value within its limit and one beyond."""

    rule: AlertRule
    healthy: float
    failing: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a message says of its moment; nothing where a rule looks up no value."""

    value: str = ""
    day: datetime.date | None = None


def export(results: Results) -> Artifact | None:
    """Return `prometheus/tests.yml`; None where no rule sends an alert."""
    rules = alert_rules(results)
    if not rules:
        return None
    levels = [_tested(rule) for rule in rules if rule.value]
    quiet = _case("all is well: no alert", _well(rules, levels, END), [_check(END, rule) for rule in rules])
    tests = [quiet, *map(_level, levels), *_silences(rules, levels), *_supplied(levels, results)]
    content = {"rule_files": [RULES], "evaluation_interval": f"{HOURS}h", "tests": tests}
    return file_of(PATH, "Unit tests (promtool test rules tests.yml) of the alerting rules of", content, results)


def _tested(rule: AlertRule) -> Tested:
    away = (FAR * abs(rule.bound) or 1.0) * (1 if rule.rises else -1)
    return Tested(rule=rule, healthy=rule.bound - away, failing=rule.bound + away)


def _level(tested: Tested) -> Case:
    """A level fires with the first value beyond its limit, is kept after the last one, and then closes."""
    rule, last = tested.rule, END - HOURS
    over = last + _kept(rule)
    series = {
        rule.series: _steps((0, BEGIN), (1, END), (0, over + HOURS)),
        _valued(rule): _steps((tested.healthy, BEGIN), (tested.failing, END), (tested.healthy, over + HOURS)),
    }
    if rule.dated:
        series[rule.day_series] = _steps((rule.noon + NOON * 3600, over + HOURS))
    told = Told(value=rule.printed(tested.failing, INPUT if rule.named else ""), day=EPOCH if rule.dated else None)
    fires = [_check(hour, rule, told) for hour in dict.fromkeys((BEGIN, over - HOURS))]
    checks = [_check(BEGIN - HOURS, rule), *fires, _check(over + HOURS, rule)]
    return _case(f"{rule.id} fires, is kept, and closes", series, checks)


def _kept(rule: AlertRule) -> int:
    """Return the hours for which an alert is seen open after the last breach."""
    return max(rule.keep_minutes // 60, HOURS)


def _valued(rule: AlertRule) -> str:
    """Return the series of a rule's value, of one input where it has to name one."""
    return _of(rule.value, rule.named, INPUT) if rule.named else rule.value


def _of(series: str, label: str, text: str) -> str:
    return f'{series.removesuffix("}")},{label}="{text}"}}'


def _silences(rules: Sequence[AlertRule], levels: Sequence[Tested]) -> Iterator[Case]:
    names = list(dict.fromkeys(one.rule.labels["rule"] for one in levels))
    for rule in rules:
        if rule.labels["level"] == ESCALATION:
            yield _unanswered(rule, rules, levels)
        elif rule.silent_hours:
            yield _stopped(rule)
            yield _vanished(f"{rule.id}: nothing is exposed", rule, {rule.series: _steps((0, BEGIN))})
        elif rule.id == OUTAGE:
            yield _out(rule)
        elif not rule.series:
            well, until = _well(rules, levels, END), _well(rules, levels, BEGIN)
            for words, gone, of in (
                ("no values", [one.rule.value for one in levels], names),
                ("no levels", [one.rule.series for one in levels], names),
                *(("no sources", [one.series], [one.labels["rule"]]) for one in rules if one.id == OUTAGE),
            ):
                series = well | {name: until[name] for name in gone}
                yield _vanished(f"{rule.id}: {words}", rule, series, of)
            yield _alone(rule, rules, levels)


def _out(rule: AlertRule) -> Case:
    """Of two sources one is out: it alone is told, is kept after it came back, and then closes."""
    over = END - HOURS + _kept(rule)
    series = {
        _of(rule.series, rule.named, SOURCE): _steps((0, BEGIN), (1, END), (0, over + HOURS)),
        _of(rule.series, rule.named, OTHER): _steps((0, over + HOURS)),
        rule.day_series: _steps((rule.noon + NOON * 3600, over + HOURS)),
    }
    told = [_check(hour, rule, Told(day=EPOCH), of=[SOURCE]) for hour in dict.fromkeys((BEGIN, over - HOURS))]
    checks = [_check(BEGIN - HOURS, rule), *told, _check(over + HOURS, rule)]
    return _case(f"{rule.id}: one is told, is kept, and closes", series, checks)


def _stopped(rule: AlertRule) -> Case:
    """The last run grows old while what it exposed stays."""
    due = BEGIN + rule.silent_hours
    series = {rule.series: f"{_running(BEGIN)} {_steps((BEGIN * 3600, due + 2 * HOURS), begin=BEGIN + HOURS)}"}
    return _case(
        f"{rule.id}: the last run grows old", series, [_check(due, rule), _check(due + 2 * HOURS, rule, Told())]
    )


def _unanswered(rule: AlertRule, rules: Sequence[AlertRule], levels: Sequence[Tested]) -> Case:
    """An alert of the severity that it asks for stays open longer than it may."""
    first = next(one for one in levels if f'severity="{one.rule.labels["severity"]}"' in rule.expression)
    due = BEGIN + HOURS * (rule.silent_hours // HOURS + 1)
    open = {first.rule.series: (0, 1), first.rule.value: (first.healthy, first.failing)}
    series = _well(rules, levels, due) | {
        name: _steps((well, BEGIN), (bad, due + HOURS)) for name, (well, bad) in open.items()
    }
    checks = [_check(BEGIN, rule), _check(due, rule, Told(), of=[first.rule.labels["rule"]])]
    return _case(f"{rule.id}: an alert stays open", series, checks)


def _vanished(name: str, rule: AlertRule, series: Series, rules: Sequence[str] = ("",)) -> Case:
    """What was there until `BEGIN` is no longer."""
    return _case(name, series, [_check(BEGIN - HOURS, rule), _check(END - HOURS, rule, Told(), of=rules)])


def _alone(rule: AlertRule, rules: Sequence[AlertRule], levels: Sequence[Tested]) -> Case:
    """Without the job nothing is told of single rules: another alert says that it is gone."""
    gone = {one.series: _running(BEGIN) for one in rules if one.series and one.silent_hours}
    series = _well(rules, levels, BEGIN) | gone
    return _case(f"{rule.id}: silent where the job itself is gone", series, [_check(END - HOURS, rule)])


def _supplied(levels: Sequence[Tested], results: Results) -> Iterator[Case]:
    """The supplied days again, the first as day nought: each level fires on the days that its sheet states."""
    values, stated = _by_day(results), _stated(results)
    first = min((day for known in values.values() for day in known), default=results.header.as_of)
    days = [first + datetime.timedelta(days=day) for day in range((results.header.as_of - first).days + 1)]
    series: Series = {}
    checks: list[Case] = []
    for rule in (one.rule for one in levels):
        fired = stated.get((rule.labels["rule"], rule.labels["level"]))
        if fired:
            known = values[rule.labels["rule"]]
            series[rule.series] = " ".join(_steps((int(day in fired), 24)) for day in days)
            series[rule.value] = " ".join(_steps((known[day], 24)) if day in known else A_DAY_OF_NONE for day in days)
            series[rule.day_series] = " ".join(_steps((day_end(results, day), 24)) for day in days)
            checks += _changes(rule, days, fired, known)
    if checks:
        yield _case(f"the supplied days: {first.isoformat()} is day nought", series, checks)


def _by_day(results: Results) -> dict[str, dict[datetime.date, float]]:
    """Return by rule what it reads on each supplied day that has a value."""
    found: dict[str, dict[datetime.date, float]] = {}
    for row in results.tables["alerts.values"].records:
        value = number_of(row["value"])
        if value is None:
            continue
        found.setdefault(str(row["id"]), {})[datetime.date.fromisoformat(str(row["date"]))] = value
    return found


def _stated(results: Results) -> dict[tuple[str, str], set[datetime.date]]:
    """Return by rule and level the days on which it would have fired."""
    found: dict[tuple[str, str], set[datetime.date]] = {}
    for row in results.tables["alerts.fired"].records:
        first, last = value_of(row["first"]), value_of(row["last"])
        assert isinstance(first, datetime.date) and isinstance(last, datetime.date)
        spell = (first + datetime.timedelta(days=day) for day in range((last - first).days + 1))
        found.setdefault((str(row["id"]), str(row["level"])), set()).update(spell)
    return found


def _changes(
    rule: AlertRule, days: Sequence[datetime.date], fired: set[datetime.date], known: Mapping[datetime.date, float]
) -> Iterator[Case]:
    """Check at noon of each day on which the alert has opened or closed, of the day before, and of the last."""
    told = [_told_on(day, rule, fired, known) for day in days]
    for at, value in enumerate(told):
        neighbours = (*told[max(at - 1, 0) : at], *told[at + 1 : at + 2])
        if at + 1 == len(told) or any((other is None) != (value is None) for other in neighbours):
            yield _check(at * 24 + NOON, rule, value)


def _told_on(
    day: datetime.date, rule: AlertRule, fired: set[datetime.date], known: Mapping[datetime.date, float]
) -> Told | None:
    """Return what the alert tells at noon of a day, of the last breach; None where it is closed."""
    last = max((each for each in fired if each <= day), default=None)
    if last is None:
        return None
    hours = (day - last).days * 24 + NOON - (24 - HOURS)
    return Told(value=rule.printed(known[last]), day=last) if hours < _kept(rule) else None


def _well(rules: Sequence[AlertRule], levels: Sequence[Tested], until: int) -> Series:
    """Every series while all is well."""
    said = {rule.series: _steps((0, until)) for rule in rules if rule.series and not rule.silent_hours}
    run = {rule.series: _running(until) for rule in rules if rule.series and rule.silent_hours}
    values = {one.rule.value: _steps((one.healthy, until)) for one in reversed(levels)}
    return said | run | values


def _running(until: int) -> str:
    return f"0+{HOURS * 3600}x{until // HOURS}"


def _steps(*steps: tuple[float, int], begin: int = 0) -> str:
    """Return samples in promtool's notation: each value up to and without its hour, the last with it."""
    parts = []
    for value, until in steps:
        samples = (until - begin) // HOURS
        parts.append(f"{value!r}+0x{samples - 1}")
        begin = until
    return " ".join(parts)


def _case(name: str, series: Series, checks: list[Case]) -> Case:
    given = [{"series": key, "values": values} for key, values in series.items()]
    return {"name": name, "interval": f"{HOURS}h", "input_series": given, "alert_rule_test": checks}


def _check(hour: int, rule: AlertRule, told: Told | None = None, *, of: Sequence[str] = ("",)) -> Case:
    """Expect an alert that says this for each rule it tells `of`; without it expect none."""
    alerts = [_told(rule, told, name) for name in of] if told is not None else []
    return {"eval_time": f"{hour}h", "alertname": rule.id, "exp_alerts": alerts}


def _told(rule: AlertRule, told: Told, name: str) -> Case:
    labels = {**rule.labels, **({rule.about: name} if rule.about else {})}
    day = told.day.isoformat() if told.day else ""
    return {"exp_labels": labels, "exp_annotations": rule.annotations(told.value, day, name, str)}


COMPANION = Companion(
    id="prometheus-tests", title="Unit tests of the alerting rules (prometheus/tests.yml)", export=export
)
