"""Prometheus and Alertmanager on loopback, with the shipped files in which a day lasts a fraction of a second.

Durations alone are scaled. Prometheus reads its time from a gauge, so that every comparison stays the shipped one; only
the age of an alert, which it stamps by its own clock, is held against a scaled number.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
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
CLOCK = "replayed_time_seconds"


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
    page: bytes = b""
    began: float | None = None
    seen: dict[tuple[str, str, str, str], Message] = field(default_factory=dict)
    came: dict[Message, float] = field(default_factory=dict)
    """The told time at which a message first came."""

    def now(self) -> float:
        """Return the told time; it stands still until the replay begins."""
        passed = 0.0 if self.began is None else time.monotonic() - self.began
        return self.start + passed / self.lasts * DAY

    def hear(self, told: dict[str, Any]) -> None:
        """Keep the alerts of a message that are told for the first time."""
        for alert in told["alerts"]:
            labels, says = alert["labels"], alert["annotations"]
            if alert["status"] == "firing":
                message = Message(
                    receiver=told["receiver"],
                    alert=labels["alertname"],
                    rule=labels.get("rule", ""),
                    day=says.get("day", ""),
                )
                key = (message.receiver, message.alert, message.rule, alert["startsAt"])
                self.seen.setdefault(key, message)
                self.came.setdefault(message, self.now())


def handler(town: Town) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            clock = f"# TYPE {CLOCK} gauge\n{CLOCK} {town.now()!r}\n".encode()
            self._answer(clock if self.path == "/clock" else town.page)

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
    """Return the shipped rules where a day lasts so many seconds."""
    plain: dict[str, Any] = yaml.safe_load(file.read_text())
    for group in plain["groups"]:
        group["interval"] = f"{lasts * 100:.0f}ms"
        for rule in group["rules"]:
            for key in ("for", "keep_firing_for"):
                if key in rule:
                    rule[key] = scaled(rule[key], lasts)
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
    route |= {"group_wait": f"{lasts * 200:.0f}ms", "group_interval": f"{lasts * 200:.0f}ms"}
    for one in (route, *route["routes"]):
        one.pop("mute_time_intervals", None)
        if "repeat_interval" in one:
            one["repeat_interval"] = scaled(one["repeat_interval"], lasts)
    hook = [{"url": address, "send_resolved": True}]
    plain["receivers"] = [{"name": one["name"], "webhook_configs": hook} for one in plain["receivers"]]
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
def town(shipped: Path, folder: Path, *, lasts: float, start: float, page: bytes) -> Iterator[Town]:
    """Run both programs on the shipped files until the block ends; in it they know each other and have scraped."""
    made = Town(lasts=lasts, start=start, page=page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here, there, ours = f"127.0.0.1:{server.server_port}", f"127.0.0.1:{free()}", f"127.0.0.1:{free()}"
    every = f"{lasts * 150:.0f}ms"
    config = {
        "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": f"{lasts * 100:.0f}ms"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [there]}]}]},
        "scrape_configs": [
            {"job_name": name, "metrics_path": f"/{name}", "static_configs": [{"targets": [here]}]}
            for name in ("clock", "metrics")
        ],
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
            until(lambda: _scraped(asked(f"http://{ours}/api/v1/query?query=sum(up)")), "a first scrape")
            yield made
    finally:
        server.shutdown()
        server.server_close()


def _met(answer: Any) -> bool:
    return bool(answer and answer["data"]["activeAlertmanagers"])


def _scraped(answer: Any) -> bool:
    return bool(answer and [one for one in answer["data"]["result"] if one["value"][1] == "2"])
