"""Takes the place of a template and gives the source it writes, or says in which line it errs."""

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import TemplateNotFound

from generator.compose import _lint
from generator.compose._environment import SYNTAX
from generator.errors import Problem, TemplateError
from generator.records import places
from generator.records.caches import cache_folder


def check(jinja: Environment, place: str, *, own: bool = False) -> None:
    """Raise a TemplateError with every problem of the template and of those it imports.

    Without templates of the team's `own` what passed once is remembered, with all words that it passed with.
    """
    passed = None if own else _passed(jinja, place)
    if passed and passed.exists():
        return
    problems: list[Problem] = []
    for each in _with_imports(jinja, place):
        text, place = _source(jinja, each)
        problems += _lint.lint(_tree(text, place), place, jinja.globals, jinja.filters)
    if problems:
        raise TemplateError(problems[0].what, problems=tuple(problems))
    if passed:
        with suppress(OSError):  # a full disk remembers nothing, and nothing is lost
            passed.touch()


def _passed(jinja: Environment, place: str) -> Path:
    """Return the file that says that the shipped templates keep the rules, with these names and filters."""
    every = (_source(jinja, each)[0] for each in jinja.list_templates())
    read = (place, *sorted(jinja.globals), *jinja.filters, *every, Path(_lint.__file__).read_text())
    return cache_folder("templates") / f"passed-{hashlib.sha256(repr(read).encode()).hexdigest()}"


def run(jinja: Environment, place: str) -> str:
    """Return what the template writes."""
    try:
        return jinja.get_template(place).render()
    except RecursionError as error:
        raise TemplateError("a macro calls itself without end", where=_line(error, place)) from error
    except UndefinedError as error:
        raise TemplateError(str(error), where=_line(error, place)) from error
    except TemplateError as error:
        if error.problems[0].where:
            raise
        first = error.problems[0]
        raise TemplateError(first.what, where=_line(error, place), hint=first.hint) from error


def _with_imports(jinja: Environment, place: str) -> list[str]:
    found = [place]
    for each in found:
        found += [name for name in _imported(_parsed(jinja, each)) if name not in found]
    return found


@cache
def _imported(tree: nodes.Template) -> tuple[str, ...]:
    return tuple(name for name in meta.find_referenced_templates(tree) if name)


def _parsed(jinja: Environment, place: str) -> nodes.Template:
    return _tree(*_source(jinja, place))


@cache
def _tree(source: str, place: str) -> nodes.Template:
    """Return a template parsed, once for all documents that import it."""
    try:
        return Environment(**SYNTAX).parse(source, name=place)
    except TemplateSyntaxError as error:
        raise TemplateError(str(error.message), where=f"{place}:{error.lineno}") from error


def _source(jinja: Environment, place: str) -> tuple[str, str]:
    """Return the text of a template, and how its place is told: of the team's own by the path beside the project."""
    assert jinja.loader is not None
    try:
        text, file, _ = jinja.loader.get_source(jinja, place)
    except TemplateNotFound as error:
        raise TemplateError(f"there is no template {place}", hint="templates lie under templates/documents/") from error
    return text, file if file and not Path(file).is_absolute() else place


def _line(error: BaseException, place: str) -> str:
    """Return file and line of the innermost template the error passed through."""
    trace, found = error.__traceback__, place
    root = places.templates()
    while trace:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.suffix == ".j2":
            shown = path.relative_to(root) if path.is_relative_to(root) else path
            found = f"{shown.as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
