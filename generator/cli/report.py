"""An error of any kind → a few lines on stderr or its JSON, and the exit code."""

import contextlib
import errno
import json
import re
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from typing import NoReturn

import typer

from generator.cli.ending import endings
from generator.cli.progress import silenced
from generator.errors import DossierError, Problem
from generator.records.temporary import gathered

INTERNAL, LONGEST = 70, 2_000
UNFIT = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS}
MOST = 12
"""Problems that are printed; a file of another kind has one in each line."""
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that would steer the terminal instead of being read."""


@contextlib.contextmanager
def reported(as_json: bool) -> Iterator[None]:
    """Turn every error into its few lines, or its JSON, and its exit code."""
    with endings() as ending:
        try:
            yield
        except (typer.Exit, BrokenPipeError):
            raise
        except DossierError as error:
            _give_up(error.problems, error.exit_code, as_json)
        except KeyboardInterrupt:
            exec("")  # Python that was interrupted within the exec of a text ends by the signal, unless another follows
            with contextlib.suppress(OSError):  # a terminal that hung up hears nothing
                _say((Problem(what=ending.word),), ending.exit_code, as_json)
            raise typer.Exit(ending.exit_code) from None
        except Exception as error:
            place = _of_place(error)
            _give_up((place or _internal(error),), 2 if place else INTERNAL, as_json)


@contextlib.contextmanager
def working(as_json: bool, quiet: bool) -> Iterator[None]:
    """The same for a command that runs libraries or a model: what they say is kept back, what they forget goes."""
    with reported(as_json), silenced(quiet), gathered():
        yield


def _give_up(problems: tuple[Problem, ...], exit_code: int, as_json: bool) -> NoReturn:
    _say(problems, exit_code, as_json)
    raise typer.Exit(exit_code)


def _say(problems: tuple[Problem, ...], exit_code: int, as_json: bool) -> None:
    if as_json:
        plain = {"problems": [vars(problem) for problem in problems], "exit_code": exit_code}
        typer.echo(json.dumps({"error": plain}, indent=2))
    else:
        for problem in problems[:MOST]:
            print_problem("error", problem)
        if len(problems) > MOST:
            typer.echo(f"error: {len(problems) - MOST:,} more of the kind; --json lists them all", err=True)


def _of_place(error: Exception) -> Problem | None:
    """Return what is wrong with a path that the system refuses; None for another error."""
    if not isinstance(error, OSError) or error.errno not in UNFIT or not error.filename:
        return None
    what, where = f"the system refuses a path: {error.strerror}", str(error.filename)
    return Problem(what=what, where=where, hint="name another, or make it one that can be read and written")


def _internal(error: Exception) -> Problem:
    what = f"internal error: {type(error).__name__}: {error}; please report it"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="dossier-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return Problem(what=what)
    return Problem(what=what, where=file.name)


def print_problem(word: str, problem: Problem) -> None:
    """Print what is wrong, where, and what to try."""
    lines = [f"{word}: {problem.what}"]
    lines += [f"  at {problem.where}"] if problem.where else []
    lines += [f"  try: {problem.hint}"] if problem.hint else []
    typer.echo(plain_text(line if len(line) <= LONGEST else f"{line[:LONGEST]} …" for line in lines), err=True)


def plain_text(lines: Iterable[str]) -> str:
    """Return lines as one text in which what would steer the terminal is spelled out."""
    return HIDDEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", "\n".join(lines))
