"""The errors a user can meet: what is wrong, where, what would be right, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with an input, with its place and its cure."""

    what: str
    where: str = ""
    hint: str = ""


class DossierError(Exception):
    """An error with a message for a person; `cli` prints it without a traceback."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(what)
        self.problems = problems or (Problem(what=what, where=where, hint=hint),)


class InputError(DossierError):
    """The project file, the data or the model is not what it has to be."""


class EnvironmentLacks(DossierError):
    """A system library or an optional package is missing."""

    exit_code = 3


class TemplateError(DossierError):
    """A template prints something it may not: a bare number, an unknown name, a placeholder."""


class Unverified(DossierError):
    """A bundle is not what its manifest says."""

    exit_code = 4
