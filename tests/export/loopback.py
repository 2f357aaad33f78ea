"""Prometheus and Alertmanager on loopback, with the shipped files in which a day lasts a fraction of a second.

Durations alone are scaled. Prometheus reads its time from a gauge, so that every comparison stays the shipped one; only
the age of an alert, which it stamps by its own clock, is held against a scaled number. An alert beside the shipped ones
carries the number of each day all the way: a replay is judged only if each came in time and no scrape failed, whatever
else the machine does.
"""

import datetime
import json
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

DAY = 86400.0
PATIENCE = 60.0
"""Seconds within which a program has to be there; none of the bounds is one of speed."""
LASTS = re.compile(r"(\d+)([smhd])")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
CLOCK, BEAT = "replayed_time_seconds", "replayed_day"
WAIT, SCRAPED, JUDGED = 0.2, 0.15, 0.1
"""Shares of a day: until a group is told, from one scrape to the next, from one evaluation to the next."""
LATEST = 0.5 + WAIT
"""Share of a day by which it has to be told. What is kept ends half a day from both of its neighbours, so that with
each day seen within half of itself nothing can come on another day than the one on which it is stated."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One alert that is told for the first time in one episode of its."""

    receiver: str
    alert: str
    rule: str
    day: str


@dataclass(kw_only=True)
class Town:
    """What Prometheus scrapes and whom Alertmanager tells: a page, a clock, and what has come."""

    lasts: float
    """Seconds of a day."""
    start: float
    """The time that is told at first, in seconds since 1970."""
    first: bytes = b""
    """The page until the replay begins."""
    replay: Sequence[bytes] = ()
    began: float | None = None
    opened: str = ""
    """The moment by the calendar; an alert of before, when nothing had been scraped yet, is none of the replay."""
    prometheus: str = ""
    """Its address, once it runs."""
    heard: set[str] = field(default_factory=set)
    """The numbers of the days that were told."""
    seen: dict[tuple[str, str, str, str], Message] = field(default_factory=dict)
    came: dict[Message, float] = field(default_factory=dict)
    """The told time at which a message first came."""
    order: list[tuple[str, str]] = field(default_factory=list)
    """State and alert as the messages came: what fires for the first time in an episode, and what has closed."""

    @property
    def passed(self) -> float:
        """Return the days since the replay began."""
        return 0.0 if self.began is None else (time.monotonic() - self.began) / self.lasts

    def now(self) -> float:
        """Return the told time; it stands still until the replay begins."""
        return self.start + self.passed * DAY

    def page(self) -> bytes:
        """Return what is exposed at this moment."""
        clock = f"# TYPE {CLOCK} gauge\n{CLOCK} {self.now()!r}\n"
        if self.began is None:
            return clock.encode() + self.first
        number = min(int(self.passed), len(self.replay) - 1)
        return f"{clock}# TYPE {BEAT} gauge\n{BEAT} {number}\n".encode() + self.replay[number]

    def plays(self) -> bool:
        """Replay the days; return whether each was told in time, and give up on the first that was not."""
        self.seen.clear()
        self.order.clear()
        self.began, self.opened = time.monotonic(), datetime.datetime.now(datetime.UTC).isoformat()
        for number in range(len(self.replay)):
            while f"{number}" not in self.heard:
                if self.passed > number + LATEST:
                    return False
                time.sleep(0.01)
        time.sleep(max(0.0, (len(self.replay) - self.passed) * self.lasts))
        return [one["value"][1] for one in found_by(self.prometheus, "min_over_time(up[1h])")] == ["1"]

    def hear(self, told: dict[str, Any]) -> None:
        """Keep the alerts of a message that are told for the first time; a receiver's name comes as a pattern of it."""
        receiver = re.sub(r"\\(.)", r"\1", told["receiver"])
        for alert in told["alerts"]:
            labels, says = alert["labels"], alert["annotations"]
            if labels["alertname"] == BEAT:
                self.heard.add(labels["number"])
            elif alert["status"] == "firing" and alert["startsAt"] >= self.opened:
                message = Message(
                    receiver=receiver,
                    alert=labels["alertname"],
                    rule=labels.get("rule", ""),
                    day=says.get("day", ""),
                )
                key = (message.receiver, message.alert, message.rule, alert["startsAt"])
                if key not in self.seen:
                    self.order.append(("firing", message.alert))
                self.seen.setdefault(key, message)
                self.came.setdefault(message, self.now())
            elif alert["status"] == "resolved" and alert["startsAt"] >= self.opened:
                self.order.append(("resolved", labels["alertname"]))


def handler(town: Town) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(town.page())

        def do_POST(self) -> None:
            town.hear(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def _answer(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def seconds(text: str) -> float:
    """Return how long a duration such as `1d6h` lasts."""
    return sum(int(n) * UNITS[unit] for n, unit in LASTS.findall(text))


def scaled(text: str, lasts: float) -> str:
    """Return a duration where a day lasts so many seconds."""
    return f"{max(1, round(seconds(text) / DAY * lasts * 1000))}ms"


def scaled_rules(file: Path, lasts: float) -> dict[str, Any]:
    """Return the shipped rules where a day lasts so many seconds; what is kept ends in the middle of its last day."""
    plain: dict[str, Any] = yaml.safe_load(file.read_text())
    beat = {"alert": BEAT, "expr": BEAT, "labels": {"number": "{{ $value }}"}}
    plain["groups"].append({"name": BEAT, "rules": [beat]})
    for group in plain["groups"]:
        group["interval"] = f"{lasts * JUDGED * 1000:.0f}ms"
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = scaled(rule["for"], lasts)
            if "keep_firing_for" in rule:
                rule["keep_firing_for"] = f"{(seconds(rule['keep_firing_for']) // DAY + 0.5) * lasts * 1000:.0f}ms"
            head, found, age = rule["expr"].rpartition(" >= ")
            if "ALERTS_FOR_STATE" in rule["expr"] and found:
                rule["expr"] = f"{head} >= {int(age) / DAY * lasts}"
            else:
                rule["expr"] = rule["expr"].replace("time()", f"scalar({CLOCK})")
    return plain


def scaled_routes(file: Path, lasts: float, address: str) -> dict[str, Any]:
    """Return the shipped routes where a day lasts so many seconds; every receiver is the small server.

    Freezes go, since Alertmanager has no other clock than that of the machine.
    """
    plain: dict[str, Any] = yaml.safe_load(file.read_text())
    plain.pop("time_intervals", None)
    route = plain["route"]
    route |= dict.fromkeys(("group_wait", "group_interval"), f"{lasts * WAIT * 1000:.0f}ms")
    for one in (route, *route["routes"]):
        one.pop("mute_time_intervals", None)
        if "repeat_interval" in one:
            one["repeat_interval"] = scaled(one["repeat_interval"], lasts)
    route["routes"].insert(0, {"receiver": BEAT, "matchers": [f"alertname={BEAT}"], "group_by": ["number"]})
    hook = [{"url": address, "send_resolved": True}]
    plain["receivers"] = [
        {"name": one["name"], "webhook_configs": hook} for one in (*plain["receivers"], {"name": BEAT})
    ]
    return plain


def free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def asked(address: str) -> Any:
    """Return what an address answers, read as JSON where it is; None while nobody does."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            text = answer.read()
    except (urllib.error.URLError, OSError):
        return None
    return json.loads(text) if text.startswith(b"{") else text


def found_by(prometheus: str, expression: str) -> list[Any]:
    """Return the series that an expression gives now; none while nobody answers."""
    answer = asked(f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
    return list(answer["data"]["result"]) if answer else []


def until(holds: Callable[[], Any], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{what} did not come in {PATIENCE:.0f} s"
        time.sleep(0.05)


@contextmanager
def running(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


@contextmanager
def town(shipped: Path, folder: Path, made: Town) -> Iterator[None]:
    """Run both programs on the shipped files until the block ends; in it they know each other and have scraped."""
    lasts = made.lasts
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here, there, ours = f"127.0.0.1:{server.server_port}", f"127.0.0.1:{free()}", f"127.0.0.1:{free()}"
    made.prometheus = f"http://{ours}"
    scraped, judged = (f"{lasts * share * 1000:.0f}ms" for share in (SCRAPED, JUDGED))
    config = {
        "global": {"scrape_interval": scraped, "scrape_timeout": scraped, "evaluation_interval": judged},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [there]}]}]},
        "scrape_configs": [{"job_name": "metrics", "static_configs": [{"targets": [here]}]}],
    }
    files = {
        "prometheus.yml": config,
        "rules.yml": scaled_rules(shipped / "rules.yml", lasts),
        "alertmanager.yml": scaled_routes(shipped / "alertmanager.yml", lasts, f"http://{here}/hook"),
    }
    for name, plain in files.items():
        (folder / name).write_text(yaml.safe_dump(plain))
    told = ("--config.file=alertmanager.yml", "--storage.path=told", "--cluster.listen-address=")
    read = ("--config.file=prometheus.yml", "--storage.tsdb.path=read", "--rules.alert.resend-delay=200ms")
    try:
        with (
            running(folder, "prometheus-alertmanager", *told, f"--web.listen-address={there}"),
            running(folder, "prometheus", *read, f"--web.listen-address={ours}"),
        ):
            until(lambda: asked(f"http://{there}/-/ready"), "Alertmanager")
            until(lambda: asked(f"http://{ours}/-/ready"), "Prometheus")
            until(lambda: _met(asked(f"http://{ours}/api/v1/alertmanagers")), "a meeting of both")
            until(lambda: found_by(made.prometheus, "up == 1 unless on () ALERTS"), "a first scrape without an alert")
            yield
    finally:
        server.shutdown()
        server.server_close()


def _met(answer: Any) -> bool:
    return bool(answer and answer["data"]["activeAlertmanagers"])
