"""A signal that asks the program to end → an interruption, as Ctrl-C is one, and the exit code that tells which."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
"""What is said of each."""
SOON = 0.01
"""Seconds until an interruption that Python dropped comes again."""


class Ending:
    """The signal that came, once one has."""

    def __init__(self) -> None:
        self.number = signal.SIGINT

    @property
    def word(self) -> str:
        """Return what happened."""
        return WORDS[self.number]

    @property
    def exit_code(self) -> int:
        """Return the exit code that shells give a program that a signal ended."""
        return 128 + self.number

    def come(self, number: int, _: FrameType | None) -> None:
        """Keep the number, and raise what every stage cleans up after."""
        self.number = signal.Signals(number)
        raise KeyboardInterrupt

    def dropped(self, what: "sys.UnraisableHookArgs") -> None:
        """Have an interruption come again that fell into a finaliser or a hook of a fork: nothing is raised there."""
        if issubclass(what.exc_type, KeyboardInterrupt):
            main = threading.main_thread().ident or 0
            threading.Timer(SOON, signal.pthread_kill, (main, self.number)).start()
        else:
            sys.__unraisablehook__(what)


@contextmanager
def endings() -> Iterator[Ending]:
    """Turn the signals that end a program into KeyboardInterrupt; one that is ignored, as under nohup, stays so."""
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {each: signal.getsignal(each) for each in WORDS}
    heard = {each: handler for each, handler in before.items() if handler != signal.SIG_IGN}
    hook = sys.unraisablehook
    for each in heard:
        signal.signal(each, ending.come)
    sys.unraisablehook = ending.dropped
    try:
        yield ending
    finally:
        sys.unraisablehook = hook
        for each, handler in heard.items():
            signal.signal(each, handler)
