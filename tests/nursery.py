"""Scorers for tests: forked from one process that has imported the libraries and done nothing else.

A build starts each scorer afresh, which takes seconds of importing; hundreds of tests that open models would take half
an hour for it. The protocol, the limits and the ends of processes are the same; `fresh_scorers` gives real starts.
"""

import array
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("skops_file", "pickle_file", "onnx_graph", "r_linear")
PREPARED = ("pandas", "rdata.parser", "sklearn.ensemble", "sklearn.pipeline", "sklearn.compose", "scipy.special")


class Forked:
    """A forked scorer, with what the program uses of a `subprocess.Popen`."""

    def __init__(self, nursery: "Nursery") -> None:
        ours, theirs = zip(*(os.pipe()[::way] for way in (-1, 1, 1)), strict=True)
        self.stdin, self.stdout, self.stderr = (
            os.fdopen(fd, mode, buffering=0) for fd, mode in zip(ours, ("wb", "rb", "rb"), strict=True)
        )
        self._nursery = nursery
        self._code: int | None = None
        self.pid = nursery.ask({"do": "fork"}, theirs)
        for fd in theirs:
            os.close(fd)

    def wait(self, timeout: float = 60.0) -> int:
        """Return how the process ended, as `subprocess` says it."""
        deadline = time.monotonic() + timeout
        while self._code is None:
            self._code = self._nursery.ended(self.pid)
            if self._code is None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("scorer", timeout)
            time.sleep(0.002)
        return self._code

    def kill(self) -> None:
        """End the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Nursery:
    """The process that forks."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = (sys.executable, "-I", "-B", str(Path(__file__).resolve()), str(theirs.fileno()))
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environment)
        theirs.close()

    def ask(self, request: dict[str, Any], fds: tuple[int, ...] = ()) -> Any:
        """Return the answer to one request."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self._socket.sendmsg([json.dumps(request).encode()], rights)
        return json.loads(self._socket.recv(1000))

    def ended(self, pid: int) -> int | None:
        """Return how a process ended, None while it runs; all have ended once this one was closed."""
        return self.ask({"do": "wait", "pid": pid}) if self._socket.fileno() >= 0 else -signal.SIGKILL

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait(timeout=30)


def _serve(place: socket.socket) -> None:
    while True:
        content, fds, _, _ = socket.recv_fds(place, 1000, 3)
        if not content:
            return
        request = json.loads(content)
        if request["do"] == "fork":
            answer: int | None = _fork(place, fds)
        else:
            pid, status = os.waitpid(request["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        place.send(json.dumps(answer).encode())


def _fork(place: socket.socket, fds: list[int]) -> int:
    from generator.scorer.serve import main

    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    os.setsid()
    place.close()
    for standard, fd in enumerate(fds):
        os.dup2(fd, standard)
        os.close(fd)
    main()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    import importlib
    import warnings

    sys.path.append(str(ROOT))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*(f"generator.scorer.{name}" for name in LIBRARIES), *PREPARED):
            importlib.import_module(name)
    _serve(socket.socket(fileno=int(sys.argv[1])))
