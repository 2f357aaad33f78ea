"""Debian's Prometheus on loopback, for as long as a test needs it."""

import contextlib
import http.server
import json
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PATIENCE = 120.0
"""Seconds that a start, or a first scrape, may take on a busy machine."""


@dataclass(frozen=True)
class Server:
    """A running Prometheus."""

    address: str

    def query(self, expression: str) -> list[Any]:
        """Return the series that an expression gives now; raises HTTPError for one that is wrong."""
        words = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self.address}/api/v1/query?{words}", timeout=30) as answer:
            content = json.load(answer)
        assert content["status"] == "success", content
        return list(content["data"]["result"])


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def exposed(content: bytes) -> Iterator[str]:
    """Serve a text of metrics; yields host and port."""

    class Metrics(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def scraping(target: str, folder: Path) -> Iterator[Server]:
    """Start a Prometheus that has scraped a target once, and stop it."""
    job = {"job_name": "model", "static_configs": [{"targets": [target]}]}
    settings = {"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    port = free_port()
    command = ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        server = Server(f"http://127.0.0.1:{port}")
        try:
            _until_scraped(server)
            yield server
        finally:
            process.terminate()


def _until_scraped(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if server.query("up == 1"):
                return
        time.sleep(0.2)
    raise AssertionError("Prometheus did not scrape")
