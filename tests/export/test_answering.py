"""In Alertmanager itself: what holds back what, what an answer quiets, and where an alert goes that no route knows."""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from generator.bundle.results import read_results
from generator.export._prometheus import AlertRule, alert_rules
from generator.records.gauges import ESCALATION
from generator.records.results import Results
from generator.records.table import Mark
from tests.bundles import in_markdown
from tests.export.loopback import Town, asked, free, handler, running, scaled_routes, until
from tests.export.test_loopback import matches
from tests.subjects.case import plain

LASTS, QUIET = 0.5, 1.5
"""Seconds of a day, and those after which nothing more comes of what was posted."""
Labels = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Post:
    """A running Alertmanager and what it has told."""

    address: str
    town: Town

    def tells(self, *alerts: Labels) -> set[tuple[str, str, str]]:
        """Post alerts, and return receiver, alert and rule of each that is told."""
        self.town.seen.clear()
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        head = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/api/v2/alerts", body, head), timeout=60)
        time.sleep(QUIET)
        return {(one.receiver, one.alert, one.rule) for one in self.town.seen.values()}


@contextmanager
def posted(shipped: Path, folder: Path) -> Iterator[Post]:
    """Run Alertmanager on the shipped routes; every receiver is a small server."""
    town = Town(lasts=LASTS, start=0.0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(town))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there, hook = f"127.0.0.1:{free()}", f"http://127.0.0.1:{server.server_port}/hook"
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(scaled_routes(shipped / "alertmanager.yml", LASTS, hook)))
    words = ("--config.file=alertmanager.yml", "--storage.path=told", "--cluster.listen-address=")
    try:
        with running(folder, "prometheus-alertmanager", *words, f"--web.listen-address={there}"):
            until(lambda: asked(f"http://{there}/-/ready"), "Alertmanager")
            yield Post(address=f"http://{there}", town=town)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["techmart", "leadscore", "churn"])
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


def results_in(bundle: Path) -> Results:
    return read_results((bundle / "results.json").read_bytes())


def labels(rule: AlertRule, of: str = "") -> Labels:
    return {"alertname": rule.id, **rule.labels, "rule": rule.labels.get("rule", of)}


@pytest.mark.slow
def test_an_answer_quiets_the_way_up_and_nothing_else(bundle: Path, tmp_path: Path) -> None:
    results = results_in(bundle)
    rules = alert_rules(results)
    up = [rule for rule in rules if rule.labels["level"] == ESCALATION]
    grave = next(rule for rule in rules if rule.labels["severity"] == up[0].labels["severity"])
    steps = [rule for rule in up if rule.labels["severity"] == grave.labels["severity"]]
    own = grave.labels["rule"]
    (command,) = {str(row["answer"]) for row in results.tables["alerts.escalation"].records}
    assert command in (bundle / "monitoring.md").read_text()
    with posted(bundle / "prometheus", tmp_path) as post:
        line = f"{command.replace('RULE', own)} --alertmanager.url={post.address}"
        subprocess.run(["sh", "-c", line], check=True, capture_output=True)
        every = [labels(grave), *(labels(step, of) for step in steps for of in (own, "another"))]
        told = post.tells(*every)
    stays = [(grave, own), *((step, "another") for step in steps)]
    assert told == {(f"{one.labels['severity']} {one.labels['receiver']}", one.id, of) for one, of in stays}


@pytest.mark.slow
def test_what_the_specification_says_is_held_back_is_and_nothing_else(bundle: Path, tmp_path: Path) -> None:
    results = results_in(bundle)
    rules = [rule for rule in alert_rules(results) if rule.value]
    held = {
        str(row["id"]): str(row["held"]).split(", ")
        for row in results.tables["alerts.held_back"].records
        if not row["same"]
    }
    assert held
    document = (bundle / "monitoring.md").read_text()
    for cause, follow in held.items():
        assert f"While `{cause}` is red, nothing is told of {', '.join(follow)}, whatever the level." in document
        red = next(rule for rule in rules if rule.labels["rule"] == cause and rule.labels["level"] == "red")
        others = [rule for rule in rules if rule is not red]
        own = tmp_path / cause
        own.mkdir()
        with posted(bundle / "prometheus", own) as post:
            told = post.tells(labels(red), *(labels(rule) for rule in others if rule.labels["level"] == "yellow"))
        names = {rule for _, _, rule in told}
        assert names == {cause} | {rule.labels["rule"] for rule in others if rule.labels["level"] == "yellow"} - {
            cause,
            *follow,
        }
        assert {alert for _, alert, rule in told if rule == cause} == {red.id}


@pytest.mark.slow
def test_a_source_that_is_out_is_told_once_and_another_source_s_input_gets_through(
    bundle: Path, tmp_path: Path
) -> None:
    results = results_in(bundle)
    rules = alert_rules(results)
    (row,) = [row for row in results.tables["alerts.held_back"].records if row["same"]]
    outage = next(rule for rule in rules if rule.id == row["id"])
    held_back = str(row["held"]).split(", ")
    single = {rule.labels["rule"]: rule for rule in rules if rule.value and rule.labels["rule"] in held_back}
    up = [rule for rule in rules if rule.labels["level"] == ESCALATION]
    document = (bundle / "monitoring.md").read_text()
    assert f"While `{row['id']}` is open of a source, nothing is told of {', '.join(single)} where" in document
    with posted(bundle / "prometheus", tmp_path) as post:
        told = post.tells(labels(outage) | {"source": "a"})
        assert {alert for _, alert, _ in told} == {outage.id}
        for of, rule in single.items():
            own = labels(rule)
            held = [each | {"source": "a"} for each in (own, *(labels(step, of) for step in up))]
            for alerts, names in ((held, set()), ([own | {"source": "b"}], {rule.id}), ([own], {rule.id})):
                assert {alert for _, alert, about in post.tells(*alerts) if about == of} == names


def test_an_alert_that_no_route_knows_goes_to_the_mildest(bundle: Path) -> None:
    routes = yaml.safe_load((bundle / "prometheus" / "alertmanager.yml").read_text())["route"]
    severities = [one["receiver"].split()[0] for one in routes["routes"]]
    assert routes["receiver"].split()[0] == max({*severities} - {"P4"}) > min(severities)


def held(rule: Labels, others: list[Labels], inhibitions: list[Mapping[str, list[str]]]) -> bool:
    """Return whether one of the alerts that fire beside it holds an alert back."""
    return any(
        matches(one["target_matchers"], rule)
        and matches(one["source_matchers"], other)
        and all(rule.get(key) == other.get(key) for key in one["equal"])
        for one in inhibitions
        for other in others
        if other is not rule
    )


def test_a_sheet_says_that_a_message_arrives_only_where_it_does(bundle: Path) -> None:
    results = results_in(bundle)
    inhibitions = yaml.safe_load((bundle / "prometheus" / "alertmanager.yml").read_text())["inhibit_rules"]
    open_now = {
        (str(row["id"]), str(row["level"]))
        for row in results.tables["alerts.sheet_levels"].records
        if isinstance(row["status"], Mark) and row["status"].word == "firing now"
    }
    every = [labels(rule) for rule in alert_rules(results) if rule.value]
    fire = [one for one in every if (one["rule"], one["level"]) in open_now]
    for row in results.tables["alerts.sheets"].records:
        own = [one for one in every if one["rule"] == row["id"]]
        said = plain(row["test"])
        level = next((one for one in reversed(own) if one in fire), own[0])
        assert f"must reach {level['severity']} {level['receiver']} and" in said
        beside = [one for one in fire if one["rule"] != row["id"]]
        assert ("else it is held back" in said) is held(level, beside, inhibitions), row["id"]
