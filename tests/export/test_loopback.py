"""In Prometheus and Alertmanager themselves: the days of a case are told as the documents state, and silence is."""

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from generator import pipeline
from generator.bundle.results import read_results
from generator.catalog import CATALOG
from generator.export import metrics
from generator.export._prometheus import day_end
from generator.records.fact import Fact
from generator.records.results import Results
from generator.subjects.limits.formulas import OF_ERRORS
from tests.bundles import in_markdown
from tests.export.loopback import LATEST, Message, Town, seconds, town
from tests.export.test_prometheus import rules_in, written
from tests.worlds.axes import World
from tests.worlds.world import project, silent

PACES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds of a day; where the machine is too slow for one, so that a day is not told in time, the next."""
RUN_HOURS, SOON = 6, 0.01
DAY = datetime.timedelta(days=1)
STALE = ("no-values", "no-predictions", "no-outcomes")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What is exposed on each day in turn, and of which day's end Prometheus is told at first."""

    results: Results
    pages: tuple[bytes, ...]
    days: tuple[datetime.date, ...]
    """The business day of each page that is new; a page that stays has that of its last run."""


def newest(results: Results, day: datetime.date, late: int) -> Results:
    """Return the results as they are known on a day, outcomes being so many days late."""
    outcomes = {alert.id for alert in results.alerts if alert.metric in OF_ERRORS}
    tables = dict(results.tables)
    known = {True: (day - late * DAY).isoformat(), False: day.isoformat()}
    values, alive, sources = tables["alerts.values"], tables["alerts.liveness"], tables["alerts.sources"]
    lost = tuple(
        row for row, one in zip(sources.rows, sources.records, strict=True) if str(one["date"]) <= known[False]
    )
    pairs = zip(values.rows, values.records, strict=True)
    rows = tuple(row for row, one in pairs if str(one["date"]) <= known[one["id"] in outcomes])
    at = [column.key for column in alive.columns].index("newest")
    ends = {"no-predictions": day, "no-outcomes": day - late * DAY}
    told = tuple(
        (*row[:at], Fact(id="newest", value=ends[str(row[0])]) if row[0] in ends else (), *row[at + 1 :])
        for row in alive.rows
    )
    tables |= {
        "alerts.values": replace(values, rows=rows),
        "alerts.liveness": replace(alive, rows=told),
        "alerts.sources": replace(sources, rows=lost),
    }
    return replace(results, tables=tables)


def page(results: Results, day: datetime.date, late: int = 0) -> bytes:
    """Return what the job exposes on the morning after a day; what has no value yet, or is the team's own, is well."""
    run = datetime.datetime.fromtimestamp(day_end(results, day) + RUN_HOURS * 3600, datetime.UTC)
    text = metrics.exposition(newest(results, day, late), run).decode()
    theirs = (
        f'{one.metric}{{model="{results.header.model}",rule="{one.rule}"{one.more}}} 0\n'
        for one in _every(results)
        if not re.search(rf'model_rule_value{{model="[^"]*",rule="{one.rule}"', text)
    )
    return (text + "".join(theirs)).encode()


@dataclass(frozen=True, kw_only=True)
class _Theirs:
    metric: str
    rule: str
    more: str


def _every(results: Results) -> Iterator[_Theirs]:
    for alert in results.alerts:
        if alert.kind != "burn":
            yield _Theirs(metric="model_rule_value", rule=alert.id, more="")
            for each in alert.levels:
                yield _Theirs(metric="model_rule_fires", rule=alert.id, more=f',level="{each.level}"')


def well(page: bytes) -> bytes:
    """Return a page on which nothing fires."""
    return re.sub(rb"(model_rule_fires\{.*\}) 1\n", rb"\1 0\n", page)


def played(shipped: Path, folder: Path, replay: list[bytes], start: float) -> Town:
    """Return what was told at the first pace at which each day was told in time; what it was decides nothing."""
    for lasts in PACES:
        own = folder / f"{lasts}"
        own.mkdir()
        made = Town(lasts=lasts, start=start, first=well(replay[0]), replay=replay)
        with town(shipped, own, made):
            if made.plays():
                return made
    raise AssertionError(f"no day of {PACES[-1]} s was told in time")


def told(town: Town) -> list[Message]:
    return sorted(town.seen.values(), key=repr)


# What the documents state, worked out apart from Prometheus: levels that fire, are kept, are held back and told.


@dataclass(frozen=True, kw_only=True)
class Level:
    """An alert of the shipped rules with the numbers of the replayed days on which its condition holds."""

    labels: dict[str, str]
    alert: str
    keep: float
    holds: tuple[int, ...]
    after: float = 0.0

    def spells(self) -> list[tuple[float, float]]:
        """Return from when to when it is open, in days of the replay."""
        found: list[tuple[float, float]] = []
        for number in self.holds:
            start, end = number + self.after, number + 1 + self.keep
            if found and start - self.after <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found

    def last(self, at: float) -> int:
        """Return the last replayed day on which it held, up to a moment."""
        return max(number for number in self.holds if number <= at)


def levels(shipped: Path, holds: dict[tuple[str, str], tuple[int, ...]]) -> list[Level]:
    """Return the alerts on levels, and those on the age of the gravest."""
    rules = rules_in(shipped)
    found = [
        Level(
            labels=rule["labels"],
            alert=rule["alert"],
            keep=seconds(rule.get("keep_firing_for", "")) / 86400,
            holds=holds[rule["labels"]["rule"], rule["labels"]["level"]],
        )
        for rule in rules
        if (rule["labels"].get("rule"), rule["labels"]["level"]) in holds
    ]
    ages = [rule for rule in rules if rule["labels"]["level"] == "escalation"]
    for rule in ages:
        after = int(rule["expr"].rpartition(" >= ")[2]) / 86400
        severity = rule["labels"]["severity"]
        found += [
            replace(one, alert=rule["alert"], labels={**rule["labels"], "rule": one.labels["rule"]}, after=after)
            for one in found
            if one.labels["severity"] == severity and one.labels["level"] != "escalation"
        ]
    return found


def matches(matchers: list[str], labels: dict[str, str]) -> bool:
    """Return whether labels match all of Alertmanager's matchers."""
    for matcher in matchers:
        parts = re.fullmatch(r'(\w+)(=~|=)"(.*)"', matcher)
        assert parts, matcher
        key, sign, value = parts.groups()
        if not (re.fullmatch(value, labels.get(key, "")) if sign == "=~" else labels.get(key) == value):
            return False
    return True


def stated(shipped: Path, found: list[Level], days: list[datetime.date]) -> list[Message]:
    """Return what is told: an alert once in each of its spells, when nothing graver holds it back."""
    held = yaml.safe_load((shipped / "alertmanager.yml").read_text())["inhibit_rules"]
    moments = sorted({moment for one in found for spell in one.spells() for moment in spell})
    messages: dict[tuple[int, float], Message] = {}
    for moment in moments:
        now = [
            (place, spell[0], one)
            for place, one in enumerate(found)
            for spell in one.spells()
            if spell[0] <= moment + SOON < spell[1]
        ]
        for place, begun, one in now:
            back = any(
                matches(rule["target_matchers"], one.labels)
                and matches(rule["source_matchers"], other.labels)
                and all(one.labels.get(key) == other.labels.get(key) for key in rule["equal"])
                for rule in held
                for _, _, other in now
                if other is not one
            )
            if not back and (place, begun) not in messages:
                dated = one.labels["level"] != "escalation"
                messages[place, begun] = Message(
                    receiver=f"{one.labels['severity']} {one.labels['receiver']}",
                    alert=one.alert,
                    rule=one.labels["rule"],
                    day=days[one.last(moment + SOON)].isoformat() if dated else "",
                )
    return sorted(messages.values(), key=repr)


def silence(shipped: Path, ids: tuple[str, ...]) -> list[Message]:
    """Return the messages that these alerts on the monitoring itself bring, with those of nobody answering."""
    rules = {rule["alert"]: rule["labels"] for rule in rules_in(shipped)}
    found = [(id, rules[id], id) for id in ids]
    for id in ids:
        found += [
            (name, labels, id)
            for name, labels in rules.items()
            if labels["level"] == "escalation" and labels["severity"] == rules[id]["severity"]
        ]
    return [
        Message(receiver=f"{labels['severity']} {labels['receiver']}", alert=name, rule=rule, day="")
        for name, labels, rule in found
    ]


def fired(results: Results) -> dict[tuple[str, str], list[datetime.date]]:
    """Return the days on which the documents say that a level would have fired."""
    found: dict[tuple[str, str], list[datetime.date]] = {}
    for row in results.tables["alerts.fired"].records:
        first, last = day_of(row["first"]), day_of(row["last"])
        own = found.setdefault((str(row["id"]), str(row["level"])), [])
        own += [first + number * DAY for number in range((last - first).days + 1)]
    return found


def day_of(cell: object) -> datetime.date:
    assert isinstance(cell, Fact) and isinstance(cell.value, datetime.date)
    return cell.value


def judged(results: Results, rule: str = "") -> list[datetime.date]:
    """Return the days on which a rule has a value, or any."""
    rows = [row for row in results.tables["alerts.values"].records if row["id"] == rule or not rule]
    return sorted({datetime.date.fromisoformat(str(row["date"])) for row in rows if isinstance(row["value"], Fact)})


def test_a_day_that_is_not_told_in_time_ends_its_replay() -> None:
    nobody = Town(lasts=0.001, start=0.0, first=b"", replay=[b"", b""])
    assert not nobody.plays()
    assert nobody.passed > LATEST
    deaf = Town(lasts=0.001, start=0.0, first=b"", replay=[b"", b""], heard={"0"})
    assert not deaf.plays()
    assert deaf.passed > 1 + LATEST


@pytest.mark.slow
def test_the_supplied_days_are_told_as_the_documents_state_and_then_silence(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    bundle = in_markdown(tmp_path_factory, "techmart")
    results = read_results((bundle / "results.json").read_bytes())
    days = judged(results)
    pages = [page(results, day) for day in days]
    stopped, back, gone = 4, 3, 3
    later = [well(page(results, days[-1] + number * DAY)) for number in range(stopped + 1, stopped + back + 1)]
    replay = [*pages, *[pages[-1]] * stopped, *later, *[b""] * gone]
    holds = {
        key: tuple(number for number, day in enumerate(days) if day in own)
        + tuple(range(len(days), len(days) + stopped)) * (days[-1] in own)
        for key, own in fired(results).items()
    }
    shown = [*days, *[days[-1]] * stopped]
    shipped = bundle / "prometheus"
    expected = [*stated(shipped, levels(shipped, holds), shown), *silence(shipped, STALE), *silence(shipped, STALE)]
    expected.sort(key=repr)
    assert len(expected) > 20
    start = day_end(results, days[0]) + RUN_HOURS * 3600
    made = played(shipped, tmp_path, replay, start)
    assert told(made) == expected


FALLS_OUT = -4
"""The place of the day on which a source is out."""


def outage_world(folder: Path) -> Path:
    """Return a project of two sources: on one day all of one is missing, and the other's input spreads."""
    source = project(World(seed=3)) / "dossier.yaml"
    rules = [
        {"id": "gone", "metric": "missing", "features": "each", "yellow": 0.5, "recovery": 1},
        {"id": "spread", "metric": "sd_change", "features": "each", "yellow": 1.0, "recovery": 1},
    ]
    plain = yaml.safe_load(source.read_text()) | {"alerts": {"rules": rules}}
    plain["data"]["sources"] = [{"name": "crm", "kind": "database"}, {"name": "web", "kind": "api"}]
    of = {"x1": "crm", "x2": "crm", "place": "crm", "x0": "web", "x3": "web"}
    plain["data"]["features"] = [
        one | ({"source": of[one["name"]]} if one["name"] in of else {}) for one in plain["data"]["features"]
    ]
    for each in source.parent.iterdir():
        (folder / each.name).symlink_to(each)
    rows = pd.read_parquet(folder / "production.parquet")
    out = rows["date"] == sorted(rows["date"].unique())[FALLS_OUT]
    rows.loc[out, ["x1", "x2", "place"]] = None
    rows.loc[out, "x0"] *= 4
    for name in ("dossier.yaml", "production.parquet"):
        (folder / name).unlink()
    rows.to_parquet(folder / "production.parquet")
    (folder / "dossier.yaml").write_text(yaml.safe_dump(plain))
    return folder / "dossier.yaml"


@pytest.mark.slow
def test_a_source_that_is_out_is_one_message_and_another_source_s_input_its_own(tmp_path: Path) -> None:
    results = pipeline.judge(outage_world(tmp_path), CATALOG, None, silent)
    shipped = tmp_path / "prometheus"
    shipped.mkdir()
    written(results, shipped)
    days = judged(results, "gone")[2 * FALLS_OUT :]
    out = days[FALLS_OUT]
    assert fired(results) == {("gone", "yellow"): [out], ("spread", "yellow"): [out]}
    replay = [page(results, day) for day in days]
    assert [b'rule="gone",level="yellow",source="crm"} 1' in each for each in replay] == [day == out for day in days]
    assert [b'rule="spread",level="yellow"} 1' in each for each in replay] == [day == out for day in days]
    made = played(shipped, tmp_path, replay, day_end(results, days[0]) + RUN_HOURS * 3600)
    assert told(made) == [
        Message(receiver=f"{severity} not declared", alert=alert, rule=rule, day=out.isoformat())
        for severity, alert, rule in (("P1", "source-outage", "source-outage"), ("P3", "spread-yellow", "spread"))
    ]


def late_world(folder: Path) -> Path:
    """Return a project whose outcomes come up to three weeks late, and whose error rises a little."""
    source = project(World(seed=3, labels="late", relation=1.0, since=0.5)) / "dossier.yaml"
    rule = {"id": "error", "metric": "rmse", "yellow": 9.5, "window_days": 3, "recovery": 2}
    plain = yaml.safe_load(source.read_text()) | {"alerts": {"rules": [rule]}}
    for each in source.parent.iterdir():
        (folder / each.name).symlink_to(each)
    (folder / "dossier.yaml").unlink()
    (folder / "dossier.yaml").write_text(yaml.safe_dump(plain))
    return folder / "dossier.yaml"


@pytest.mark.slow
def test_what_outcomes_tell_late_is_told_late_with_the_day_that_it_is_of(tmp_path: Path) -> None:
    results = pipeline.judge(late_world(tmp_path), CATALOG, None, silent)
    late = results.facts["watch.label_delay"].value
    assert isinstance(late, float) and late > 14
    waits = math.ceil(late)
    shipped = tmp_path / "prometheus"
    shipped.mkdir()
    written(results, shipped)
    days = judged(results, "error")
    own = fired(results)["error", "yellow"]
    assert days[0] < own[0]
    assert days[-1] == own[-1]
    replay = [*(page(results, day + waits * DAY, waits) for day in days), b"", b"", b""]
    holds = {("error", "yellow"): tuple(number for number, day in enumerate(days) if day in own)}
    (first,) = stated(shipped, levels(shipped, holds), days)
    assert first.day == own[0].isoformat()
    expected = sorted([first, *silence(shipped, STALE)], key=repr)
    start = day_end(results, days[0] + waits * DAY) + RUN_HOURS * 3600
    made = played(shipped, tmp_path, replay, start)
    assert told(made) == expected
    assert made.came[first] > day_end(results, own[0] + waits * DAY)
    assert made.order.index(("firing", "no-values")) < made.order.index(("resolved", first.alert))
