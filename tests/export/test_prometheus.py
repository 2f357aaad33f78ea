"""The alerting rules in the tool of Prometheus: valid, tested, and none that the specification names is missing."""

import datetime
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import pipeline
from generator.catalog import CATALOG
from generator.export import alertmanager, export, prometheus, prometheus_tests
from generator.records import project as p
from generator.records.decision import Decisions
from generator.records.fact import Fact
from generator.records.gauges import ESCALATION, LIVENESS
from generator.records.results import Results
from generator.records.table import Column, Table
from generator.records.timeline import Dated, Timeline
from generator.subjects.alerts.alerts import run
from tests.bundles import in_markdown
from tests.export.test_companions import results
from tests.subjects import case
from tests.worlds.axes import World
from tests.worlds.world import project, silent

CASES = ("techmart", "leadscore", "churn")
COMPANIONS = (prometheus.COMPANION, prometheus_tests.COMPANION, alertmanager.COMPANION)
FIRING = 'model_rule:fires:max{model="…",rule="…",level="…"} == 1'
ASKED = 'model_rule:asked:value{model="…",rule="…"} < LIMIT'
"""How the document prints the condition of a level, and that of a rule that Prometheus asks itself."""


def promtool(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *words], cwd=folder, capture_output=True, text=True, check=False)


def said(folder: Path) -> str:
    """Return what promtool objects to; nothing where both files are right."""
    checked = promtool(folder, "check", "rules", "--lint=all", "--lint-fatal", "rules.yml")
    tested = promtool(folder, "test", "rules", "tests.yml")
    return "".join(done.stdout + done.stderr for done in (checked, tested) if done.returncode)


def written(made: Results, folder: Path) -> Path:
    for artifact in export(made, COMPANIONS):
        (folder / Path(artifact.path).name).write_bytes(artifact.content)
    return folder


def content(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


def rules_in(folder: Path) -> list[Any]:
    return [rule for group in content(folder / "rules.yml")["groups"] for rule in group["rules"] if "alert" in rule]


def decided(*rules: p.Rule, **settings: Any) -> Results:
    """Return the results of the pricing case with these rules."""
    alerts = p.Alerts(levels=case.LEVELS, rules=rules, runbook_url="https://runbooks.example.com/m")
    of = case.pricing(alerts=alerts, **settings)
    found: Decisions = run(of, case.evidence(), case.BEFORE)
    return results(*found.tables, model=of.settings.model.name, alerts=found.alerts)


@pytest.fixture(params=CASES)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return in_markdown(tmp_path_factory, request.param)


def test_promtool_accepts_the_rules_and_their_tests(bundle: Path) -> None:
    assert said(bundle / "prometheus") == ""


@pytest.fixture(params=[{"labels": "late"}, {"time": "week", "labels": "late"}], ids=["late", "late by week"])
def late(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The files of a world whose outcomes come late, with one rule on errors and one on rows."""
    file = project(World(seed=3, **request.param)) / "dossier.yaml"
    rules = [
        {"id": "error", "metric": "rmse", "yellow": 0.1, "red": 90, "window_days": 7, "recovery": 3},
        {"id": "rows", "metric": "rows", "operator": "<", "red": 1, "window_days": 7},
    ]
    changed = content(file) | {"alerts": {"rules": rules}}
    for each in file.parent.iterdir():
        (tmp_path / each.name).symlink_to(each)
    (tmp_path / "dossier.yaml").unlink()
    (tmp_path / "dossier.yaml").write_text(yaml.safe_dump(changed))
    return written(pipeline.judge(tmp_path / "dossier.yaml", CATALOG, None, silent), tmp_path)


def test_promtool_accepts_those_of_late_labels(late: Path) -> None:
    assert said(late) == ""
    assert any("supplied days" in test["name"] for test in content(late / "tests.yml")["tests"])


def test_alerts_on_late_labels_reach_their_receivers(late: Path) -> None:
    routed(late)
    assert {rule["alert"] for rule in rules_in(late)} >= {"error-yellow", "error-red", "rows-red", "no-outcomes"}


def test_every_alert_of_the_specification_has_its_rule(bundle: Path) -> None:
    """The sheets' levels and the alerts on the monitoring itself, in the words and numbers of the document."""
    document = (bundle / "monitoring.md").read_text()
    rules = {rule["alert"]: rule for rule in rules_in(bundle / "prometheus")}
    burns = {rule["alert"] for rule in rules.values() if rule["labels"].get("rule", "").startswith("burn-")}
    assert burns == {line.split("`")[1] for line in document.splitlines() if line.startswith("| `burn-")}
    named = [rule for rule in rules.values() if rule["alert"] not in burns]
    levels = [rule for rule in named if rule["labels"]["level"] not in (LIVENESS, ESCALATION)]
    printed = set()
    for rule in levels:
        names = {f'{key}="{rule["labels"][key]}"': f'{key}="…"' for key in ("model", "rule", "level")}
        expression = rule["expr"]
        for name, dots in names.items():
            expression = expression.replace(name, dots)
        printed.add(re.sub(r"[<>] -?[0-9.e-]+$", "< LIMIT", expression))
    assert printed == {condition for condition in (FIRING, ASKED) if condition in document}
    assert FIRING in printed
    sheets = document.split("\n### ")[1:]
    own = {sheet.split("`")[1]: sheet for sheet in sheets if sheet.startswith("`")}
    assert {rule["labels"]["rule"] for rule in levels} >= set(own)
    for name, sheet in own.items():
        stated = {word for word in ("yellow", "red") if f"\n| {word} " in sheet or f"\n{word}; Fires when" in sheet}
        assert {rule["labels"]["level"] for rule in levels if rule["labels"]["rule"] == name} == stated
        kept = {
            rule["keep_firing_for"] for rule in levels if rule["labels"]["rule"] == name if "keep_firing_for" in rule
        }
        words = {one: f"{one[:-1]} {'h' if one[-1] == 'h' else 'min'}" for one in kept}
        forms = ("(keep_firing_for: {})", "closes {} after the last breach (keep_firing_for)")
        assert kept and all(any(form.format(told) in sheet for form in forms) for told in words.values())
    built = document.split("**Table 1.**")[1].split("\n\n")[1]
    ids = {line.split("`")[1] for line in built.splitlines() if "`" in line}
    sent = {rule["labels"]["rule"] for rule in levels if rule["labels"]["severity"] != "P4"}
    assert ids == (ids & rules.keys()) | sent >= set(own)
    assert ids >= burns


def test_every_rule_says_who_answers_and_where_to_read(bundle: Path) -> None:
    for rule in rules_in(bundle / "prometheus"):
        assert {"model", "level", "severity", "receiver"} <= set(rule["labels"]), rule["alert"]
        assert {"summary", "description", "respond", "runbook_url"} <= set(rule["annotations"])
        assert rule["annotations"]["runbook_url"].startswith("https://")
        anchor = rule["annotations"]["runbook_url"].partition("#")[2]
        assert f'id="{anchor}"' in (bundle / "rollback-runbook.md").read_text()


def test_each_rule_fires_in_a_test_and_is_silent_in_another(bundle: Path) -> None:
    checks = [
        check for test in content(bundle / "prometheus" / "tests.yml")["tests"] for check in test["alert_rule_test"]
    ]
    names = {rule["alert"] for rule in rules_in(bundle / "prometheus")}
    assert {check["alertname"] for check in checks if check["exp_alerts"]} == names
    assert {check["alertname"] for check in checks if not check["exp_alerts"]} == names


def test_the_supplied_days_are_told_as_the_sheets_state(bundle: Path) -> None:
    tests = content(bundle / "prometheus" / "tests.yml")["tests"]
    replay = next(test for test in tests if test["name"].startswith("the supplied days"))
    told = {check["alertname"] for check in replay["alert_rule_test"] if check["exp_alerts"]}
    fired = (bundle / "tables" / "alerts.fired.csv").read_text().splitlines()[1:]
    assert told and len(told) == len({tuple(line.split(",")[key] for key in (0, -4)) for line in fired})


def amtool(folder: Path, *words: str) -> None:
    done = subprocess.run(["amtool", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def routed(folder: Path) -> None:
    """Have amtool send every alert of the rules through the routes."""
    amtool(folder, "check-config", "alertmanager.yml")
    for labels in {tuple(rule["labels"].items()): rule["labels"] for rule in rules_in(folder)}.values():
        told = [f"{key}={json.dumps(text)}" for key, text in labels.items()]
        to = f"{labels['severity']} {labels['receiver']}"
        amtool(folder, "config", "routes", "test", "--config.file=alertmanager.yml", f"--verify.receivers={to}", *told)


def test_every_alert_reaches_the_receiver_of_its_severity(bundle: Path) -> None:
    routed(bundle / "prometheus")


def held_back(folder: Path) -> list[tuple[str, list[str], list[str]]]:
    """Return what holds back what, and within what."""
    found = content(folder / "alertmanager.yml")["inhibit_rules"]
    return [(", ".join(one["source_matchers"]), one["target_matchers"], one["equal"]) for one in found]


def test_yellow_is_held_back_by_red_of_the_same_rule_and_what_follows_by_its_cause(bundle: Path) -> None:
    first, *others, last = held_back(bundle / "prometheus")
    assert (last[0], last[2]) == ('alertname="source-outage"', ["model", "source"])
    assert first == ('level="red"', ['level="yellow"'], ["model", "rule"])
    assert all(source.startswith('level="red", rule=') and equal == ["model"] for source, _, equal in others)


def test_too_few_rows_hold_back_drift_and_missing_values_nothing_that_may_have_another_cause(tmp_path: Path) -> None:
    rows = p.Rule(id="rows", metric="rows", operator="<", yellow=9, red=5)
    outage = p.Rule(id="outage", metric="missing", features="mean", red=0.1)
    rise = p.Rule(id="rise", metric="missing_points", yellow=0.1)
    _, *found = held_back(written(decided(QUEUE, rows, outage, rise, SHIFT), tmp_path))
    assert found == [('level="red", rule="rows"', ['rule="shift"'], ["model"])]


PEOPLE = p.People(
    roles=(
        p.Person(role="Owner", name="Ada", pager="https://pager.example.com/ada", contact="ada@example.com"),
        p.Person(role="Head", name="Bo", phone="+43 1 234"),
    )
)
SENDING = p.Sending(mail_server="mail.example.com:587", mail_from="alerts@example.com", chat_url_file="/etc/chat")


def sent(
    folder: Path, sending: p.Sending, people: p.People = PEOPLE, stages: tuple[Dated, ...] = ()
) -> tuple[str, dict[str, Any]]:
    """Return the notes of the routes, and how each receiver is reached, of a case with two steps up."""
    up, channels = ("Owner", "Head"), p.Channels(alerts="#pricing")
    alerts = p.Alerts(levels=case.LEVELS, rules=(QUEUE,), sending=sending, escalation=up, channels=channels)
    of = case.pricing(alerts=alerts, people=people, business=p.Business())
    found = run(of, case.evidence(), case.BEFORE)
    facts = {
        f"declared.alerts.sending.{key}": Fact(id=key, value=value) for key, value in vars(sending).items() if value
    }
    made = results(*found.tables, FREEZES, model="m", alerts=found.alerts)
    made = replace(made, facts=facts, shelf=made.shelf.added(Timeline(dated=stages)))
    written(made, folder)
    amtool(folder, "check-config", "alertmanager.yml")
    text = (folder / "alertmanager.yml").read_text()
    notes = "\n".join(line for line in text.splitlines() if line.startswith("# Not reached"))
    return notes, {one.pop("name"): one for one in content(folder / "alertmanager.yml")["receivers"]}


UNNAMED = "# Not reached by P4 not declared: chat: no channel is declared (alerts.channels.daily_summary)."
"""Conditions that ask for a retraining wake nobody: what they miss is the channel of the daily summary."""
FREEZES = Table(
    id="declared.calendar.freezes",
    title="",
    columns=(Column(key="start", label=""), Column(key="end", label="")),
    rows=((Fact(id="a", value=datetime.date(2026, 11, 20)), Fact(id="b", value=datetime.date(2027, 1, 3))),),
)


def test_a_receiver_has_every_way_that_is_declared(tmp_path: Path) -> None:
    notes, to = sent(tmp_path, SENDING)
    assert notes.splitlines() == [
        "# Not reached by P1 #pricing: telephone of Bo +43 1 234: no program calls it.",
        "# Not reached by P1 Head: telephone of Bo +43 1 234: no program calls it.",
        UNNAMED,
    ]
    assert [one["url"] for one in to["P1 #pricing"]["webhook_configs"]] == ["https://pager.example.com/ada"]
    assert [one["channel"] for one in to["P1 #pricing"]["slack_configs"]] == ["#pricing"]
    assert set(to["P3 #pricing"]) == {"slack_configs"}


@pytest.mark.parametrize("base", ["https://grafana.example.com", ""])
def test_the_chat_prints_the_panel_s_address_where_there_is_one(base: str, tmp_path: Path) -> None:
    _, to = sent(tmp_path, SENDING)
    (chat,) = to["P3 #pricing"]["slack_configs"]
    says = {
        "summary": "Error",
        "day": "2026-01-02",
        "respond": "8 h",
        "runbook_url": "https://runbooks.example.com/m#a",
    }
    alert = {"status": "firing", "annotations": says | {"dashboard_url": f"{base}/d/1?viewPanel=2"}}
    (tmp_path / "data.json").write_text(json.dumps({"status": "firing", "alerts": [alert]}))
    (tmp_path / "none.tmpl").write_text("")
    words = ("--template.glob=none.tmpl", f"--template.text={chat['text']}", "--template.data=data.json")
    told = subprocess.run(["amtool", "template", "render", *words], cwd=tmp_path, capture_output=True, text=True)
    line = "firing: Error, of 2026-01-02. Answer: 8 h. https://runbooks.example.com/m#a"
    assert told.stdout.strip() == (f"{line} {base}/d/1?viewPanel=2" if base else line), told.stderr


def test_what_is_not_declared_is_told_and_never_made_up(tmp_path: Path) -> None:
    nobody = p.People(roles=(p.Person(role="Owner"), p.Person(role="Head", contact="bo@example.com")))
    notes, to = sent(tmp_path, p.Sending(), nobody)
    assert notes.splitlines() == [
        "# Not reached by P1/P3 #pricing: chat #pricing: "
        "Alertmanager is not given its hook (alerts.sending.chat_url_file).",
        "# Not reached by P1 #pricing: pager: "
        "nobody who is called has one, nor a telephone (people.roles: pager, phone).",
        "# Not reached by P1 Head: mail bo@example.com: no mail server (alerts.sending: mail_server, mail_from).",
        UNNAMED,
    ]
    assert all(ways == {} for ways in to.values())


def test_a_freeze_mutes_the_mildest_alone_and_never_the_monitoring_itself(tmp_path: Path) -> None:
    sent(tmp_path, SENDING)
    made = content(tmp_path / "alertmanager.yml")
    spans = [(one["years"], one["months"], one["days_of_month"]) for one in made["time_intervals"][0]["time_intervals"]]
    assert spans == [
        (["2026"], ["11"], ["20:30"]),
        (["2026"], ["12"], ["1:31"]),
        (["2027"], ["1"], ["1:3"]),
    ]
    routes = made["route"]["routes"]
    assert [one["receiver"] for one in routes if "mute_time_intervals" in one] == ["P3 #pricing"]
    (before,) = [one for one in routes if 'level="liveness"' in one["matchers"]]
    assert before["receiver"] == "P3 #pricing" and "mute_time_intervals" not in before
    assert [(one["receiver"], one.get("repeat_interval")) for one in routes] == [
        ("P1 #pricing", None),
        ("P1 Head", None),
        ("P3 #pricing", "72h"),
        ("P3 #pricing", "72h"),
        ("P4 not declared", None),
    ]


YEAR_END = (["2026"], ["12"], ["31:31"]), (["2027"], ["1"], ["1:3"])


@pytest.mark.parametrize(
    ("first", "last", "quiet"),
    [
        ("2026-11-18", "2026-12-01", [(["2026"], ["12"], ["2:31"]), (["2027"], ["1"], ["1:3"])]),
        ("2026-12-30", "2027-01-09", [(["2026"], ["11"], ["20:30"]), (["2026"], ["12"], ["1:29"])]),
        ("2026-12-01", "2026-12-30", [(["2026"], ["11"], ["20:30"]), *YEAR_END]),
        ("2026-11-01", "2027-02-01", None),
    ],
)
def test_no_alert_is_mute_in_a_freeze_while_a_stage_of_the_rollout_lasts(
    first: str, last: str, quiet: list[Any] | None, tmp_path: Path
) -> None:
    days = map(datetime.date.fromisoformat, (first, last))
    stage = Dated(id="stage.half", kind="stage", title="Rollout", start=next(days), end=next(days), fixed="")
    sent(tmp_path, SENDING, stages=(stage,))
    made = content(tmp_path / "alertmanager.yml")
    spans = [
        (one["years"], one["months"], one["days_of_month"])
        for span in made.get("time_intervals", ())
        for one in span["time_intervals"]
    ]
    assert spans == (quiet or [])
    assert any("mute_time_intervals" in one for one in made["route"]["routes"]) is (quiet is not None)


QUEUE = p.Rule(id="error", metric="rmse", title='Error {{ of }} "x": y', yellow=9.5, red=10, recovery=1)
SHIFT = p.Rule(id="shift", metric="mean_change", features="each", yellow=0.25, minimum_n=100)
MONEY = p.Rule(id="money", metric="revenue", operator="<", yellow=700_000, red=0.0, recovery=5)


def test_an_alert_that_is_missing_breaks_the_tests(tmp_path: Path) -> None:
    folder = written(decided(QUEUE, SHIFT, MONEY), tmp_path)
    assert said(folder) == ""
    rules = rules_in(folder)
    assert len(rules) >= 7
    every = content(folder / "rules.yml")["groups"][0]["rules"]
    for rule in rules:
        rest = [other for other in every if other != rule]
        (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "m", "rules": rest}]}))
        assert rule["alert"] in said(folder)


@pytest.mark.parametrize("name", ['a"b', "{{ .Labels }}", "back\\slash", "größer – 模型"])
def test_names_of_any_signs_stay_names(name: str, tmp_path: Path) -> None:
    folder = written(decided(QUEUE, SHIFT, model=p.Model(name=name, version="2")), tmp_path)
    assert said(folder) == ""
    amtool(folder, "check-config", "alertmanager.yml")
    check = next(
        check
        for test in content(folder / "tests.yml")["tests"]
        for check in test["alert_rule_test"]
        if check["alertname"] == "error-red" and check["exp_alerts"]
    )
    assert check["exp_alerts"][0]["exp_labels"]["model"] == name


def test_a_message_names_the_input_and_its_value(tmp_path: Path) -> None:
    folder = written(decided(SHIFT), tmp_path)
    told = [
        alert["exp_annotations"]["summary"]
        for test in content(folder / "tests.yml")["tests"]
        for check in test["alert_rule_test"]
        for alert in check["exp_alerts"]
        if check["alertname"] == "shift-yellow"
    ]
    assert any("27.5\u202f% (an input), yellow > 25.0\u202f%" in summary for summary in told)


def test_without_rules_there_is_no_file() -> None:
    nothing = run(case.project(), case.evidence(), case.BEFORE)
    assert export(results(*nothing.tables), COMPANIONS) == ()
