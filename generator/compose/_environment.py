"""Takes results, drawings and an empty set of nodes and gives the Jinja environment of one document."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket

from generator.compose import _components
from generator.compose._components import LIMITS, Components
from generator.compose._names import Group, branch, leaf, roots, rows, tree
from generator.compose._nodes import Nodes
from generator.compose._tables import rows_of, standing
from generator.errors import TemplateError
from generator.records.caches import cache_folder
from generator.records.document import DocumentKind, NumberStyle
from generator.records.fact import Fact
from generator.records.figure import Figure
from generator.records.headline import told
from generator.records.results import Results
from generator.records.table import Table

STYLES: tuple[NumberStyle, ...] = ("interval", "signed", "points", "bare", "rough")
COMPONENTS = (
    "table",
    "scorecard",
    "control",
    "particulars",
    "keyfigures",
    "figure",
    "callout",
    "checklist",
    "signoff",
    "code",
    "anchor",
    "link",
    "pagebreak",
    "evidence",
    "gaps",
    "methods",
    "used",
    "stated",
)


SYNTAX: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
"""How templates are read."""


class _Compiled(BytecodeCache):
    """Keeps compiled templates: in memory, so that documents share those that they import, and in the user's cache."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    @cached_property
    def _kept(self) -> BytecodeCache:
        return FileSystemBytecodeCache(str(cache_folder("templates")))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket its code, if it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            self._kept.load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket."""
        assert bucket.code is not None
        self._codes[bucket.key, bucket.checksum] = bucket.code
        with suppress(OSError):  # a full disk keeps nothing, and nothing is lost
            self._kept.dump_bytecode(bucket)


COMPILED = _Compiled()


def environment(folder: Path, nodes: Nodes, own: Mapping[str, str]) -> Environment:
    """Return an environment that turns everything printed into tokens and knows nothing but the listed filters.

    `own` are the team's templates by their place: they take the place of those of the folder, which they reach as
    `shipped/…`.
    """
    made = Environment(
        loader=_loader(FileSystemLoader(folder), own),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=nodes.printed,
        auto_reload=False,
        bytecode_cache=COMPILED,
        **SYNTAX,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update({style: _numbers(nodes, style) for style in STYLES})
    made.filters["name"] = lambda value: _components.name(_resolved(value), nodes)
    made.filters["sentence"] = lambda value: _components.sentence(_resolved(value), nodes)
    return made


def _loader(shipped: BaseLoader, own: Mapping[str, str]) -> BaseLoader:
    if not own:
        return shipped
    theirs = FunctionLoader(lambda place: (own[place], f"templates/{place}", None) if place in own else None)
    return ChoiceLoader([theirs, PrefixLoader({"shipped": shipped}), shipped])


def names(
    facts: Mapping[str, Fact],
    components: Components,
    results: Results,
    figures: Iterable[Figure],
) -> dict[str, Any]:
    """Return everything a template can name, and refuse facts that a component would hide."""
    tables, everything = standing(results) | dict(results.tables), tree("fact", facts)
    own: dict[str, Any] = {name: getattr(components, name) for name in COMPONENTS}
    own |= LIMITS | {
        "facts": everything,
        "tables": tree("table", tables),
        "figures": tree("figure", {figure.id: figure for figure in figures}),
        "known": _components.known,
        "filled": _components.filled,
        "holds": _components.holds,
        "rows": lambda table, of=None: rows(_table(table) if of is None else rows_of(_table(table), of)),
        "simulated": results.header.simulated,
        "headline": branch(everything, f"performance.{told(facts).metric}"),
        "verdict_is": SimpleNamespace(
            proceed=results.verdict == "proceed",
            conditions=results.verdict == "proceed_with_conditions",
            delay=results.verdict == "delay",
            not_enough=results.verdict == "not_enough",
        ),
    }
    found = roots(everything)
    hidden = sorted(set(found) & set(own))
    if hidden:
        raise TemplateError(f"facts may not begin with {', '.join(hidden)}", hint="components have these names")
    return found | own


def header_facts(kind: DocumentKind, results: Results, status: str) -> dict[str, Fact]:
    """Return the fields of the header as the facts `head.…`."""
    header = results.header
    id = f"{header.project}-{kind.code}-{header.version}-{header.as_of.isoformat()}"
    fields: dict[str, tuple[str, Any]] = {
        "document": ("Document", kind.title),
        "audience": ("For", kind.audience or "everybody"),
        "document_id": ("Document id", id),
        "status": ("Status", status),
        "system": ("System", header.title),
        "title": ("System", header.title),
        "project": ("Project", header.project),
        "model": ("Model", header.model),
        "version": ("Version", header.version),
        "as_of": ("As of", header.as_of),
        "classification": ("Classification", header.classification),
        "currency": ("Currency", header.currency),
        "digest": ("Digest of inputs", header.digest),
        "short_digest": ("Digest", header.digest[:12]),
        "tool": ("Compiled by", header.tool),
    }
    return {
        f"head.{key}": Fact(id=f"head.{key}", label=label, value=value, origin="derived")
        for key, (label, value) in fields.items()
    }


def _numbers(nodes: Nodes, style: NumberStyle) -> Callable[[object], object]:
    def number(value: object) -> object:
        fact = _resolved(value)
        if not isinstance(fact, Fact):
            raise TemplateError(f"a {type(fact).__name__} is no number", hint=f"|{style} is for facts")
        return nodes.number(fact, style)

    return number


def _resolved(value: object) -> object:
    return leaf(value) if isinstance(value, Group) else value


def _table(value: object) -> Table:
    table = _resolved(value)
    if not isinstance(table, Table):
        raise TemplateError(f"a {type(table).__name__} has no rows", hint="rows(…) is for tables")
    return table
