"""The errors a user can meet: what is wrong, where, what would be right, and the exit code."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

USER = re.compile(
    r"(?i)\b([a-z][a-z0-9+.-]*:/+)(?!(?:\$\{\w+\}:?){1,2}@)"
    r"(?:[^/\s'\"<>:@]*:[^\s'\"<>]*@|[^/\s'\"<>]*@|[^/\s'\"<>:@]+:(?!\d{1,5}(?![^/?#\s'\"…]))[^/\s'\"<>]*)"
)
"""User and password of an address of any scheme, also where the text was cut before its `@`."""
LOGIN = re.compile(r"(?i)(?<![\w:/.@-])(/{0,2})(?!(?:mailto|xmpp):)[\w.+-]+:[^/\s'\"<>:@]+@(?=\w)")
"""User and password without a scheme, as scp and rsync write them."""
SECRET = re.compile(
    r"(?i)((?:^|[?&;,\s\"'({])[\w.-]*(?:passw\w*|pwd|token|secret|api[_-]?key|access[_-]?key|signature|credentials?)=)"
    r"[^&;\s'\"]+"
)
"""A setting whose name says that its value is secret."""


def redacted(text: str) -> str:
    """Return a text without the passwords of the addresses in it, and without what is secret by its name."""
    return SECRET.sub(r"\1…", LOGIN.sub(r"\1…@", USER.sub(r"\1…@", text)))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with an input, with its place and its cure."""

    what: str
    where: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        for name in ("what", "where", "hint"):
            object.__setattr__(self, name, redacted(getattr(self, name)))


class DossierError(Exception):
    """An error with a message for a person; `cli` prints it without a traceback."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(redacted(what))
        self.problems = problems or (Problem(what=what, where=where, hint=hint),)


class InputError(DossierError):
    """The project file, the data or the model is not what it has to be."""


def check_known(what: str, asked: Iterable[str], known: Collection[str]) -> None:
    """Raise InputError for the words that are not known, each with those there are; `what` they would name."""
    hint = f"there are {', '.join(known)}"
    if unknown := [Problem(what=f"there is no {what} {word!r}", hint=hint) for word in asked if word not in known]:
        raise InputError(unknown[0].what, problems=tuple(unknown))


class EnvironmentLacks(DossierError):
    """A system library or an optional package is missing."""

    exit_code = 3


class TemplateError(DossierError):
    """A template prints something it may not: a bare number, an unknown name, a placeholder."""


class Unverified(DossierError):
    """A bundle is not what its manifest says."""

    exit_code = 4
