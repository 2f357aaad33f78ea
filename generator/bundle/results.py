"""Takes results and gives `results.json`, and the other way round, without loss beyond twelve digits."""

import datetime
import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, cast

from generator.bundle._figures import rounded, text
from generator.bundle._views import views, windows_of
from generator.errors import InputError
from generator.records.decision import Alert, Gate, JudgedTrigger
from generator.records.evidence import Finding
from generator.records.fact import Fact, Range
from generator.records.notation import spell
from generator.records.presentation import PLAIN, Presentation
from generator.records.results import Header, Input, Results
from generator.records.shelf import Shelf
from generator.records.table import Table
from generator.results.codec import Decoder, encoded

SCHEMA_VERSION = 2
Json = dict[str, Any]


def write_results(results: Results) -> bytes:
    """Return the results as JSON, the facts in the order of their ids."""
    writer = _Writer(results)
    head = results.header
    content = {
        "schema_version": SCHEMA_VERSION,
        "project": {
            "name": head.project,
            "title": head.title,
            "currency": head.currency,
            "simulated": head.simulated,
            "classification": head.classification,
        },
        "model": {"name": head.model, "version": head.version},
        "as_of": head.as_of.isoformat(),
        "digest": head.digest,
        "tool": head.tool,
        "inputs": writer.each(head.inputs),
        "verdict": results.verdict,
        "gates": [
            encoded(each, writer.refer)
            | {"margin": spell(each.why, currency=head.currency), "claim": encoded(each.claim, writer.refer)}
            for each in results.gates
        ],
        "findings": [
            encoded(each, writer.refer) | {"text": spell(each.words, currency=head.currency)}
            for each in results.findings
        ],
        "alerts": writer.each(results.alerts),
        "triggers": writer.each(results.triggers),
        **views(results, writer.refer),
        "tables": {each.id: _without(encoded(each, writer.refer), "id") for each in results.tables.values()},
        "subjects": {**results.shelf.written}
        | {kind.__name__: encoded(each, writer.refer) for kind, each in results.shelf.results.items()},
    }
    if results.presentation != PLAIN:
        content["presentation"] = encoded(results.presentation, writer.refer)
    windows = windows_of(results)
    content["facts"] = {
        id: _fact(writer.facts[id], id in results.facts) | {"window": windows.get(id)} for id in sorted(writer.facts)
    }
    return f"{text(rounded(content), 2)}\n".encode()


def read_results(content: bytes) -> Results:
    """Return the results a `results.json` holds; an InputError says what is wrong with it."""
    try:
        found = cast(Json, json.loads(content))
        if found["schema_version"] != SCHEMA_VERSION:
            raise InputError(
                f"results.json has schema version {found['schema_version']}, this tool reads {SCHEMA_VERSION}",
                hint="build the bundle again",
            )
        return _read(found)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"results.json cannot be read: {error!r}", hint="build the bundle again") from error


class _Writer:
    """Writes records with references to facts, and gathers the facts they refer to."""

    def __init__(self, results: Results) -> None:
        self.facts: dict[str, Fact] = dict(results.facts)

    def refer(self, fact: Fact) -> Json:
        """Return a reference to a fact; the whole fact where another one has its id."""
        if self.facts.setdefault(fact.id, fact) == fact:
            return {"fact": fact.id}
        return {"fact": fact.id, "as": _fact(fact, True)}

    def each(self, records: Iterable[Any]) -> list[Json]:
        return [encoded(record, self.refer) for record in records]


def _read(found: Json) -> Results:
    facts = {id: _read_fact(id, each) for id, each in found["facts"].items()}
    read = Decoder(lambda ref: _read_fact(ref["fact"], ref["as"]) if "as" in ref else facts[ref["fact"]]).read
    subjects = found["subjects"]
    return Results(
        header=_read_header(found, read),
        verdict=found["verdict"],
        facts={id: fact for id, fact in facts.items() if not found["facts"][id].get("in_table")},
        tables={id: read(Table, {"id": id, **each}) for id, each in found["tables"].items()},
        findings=read(tuple[Finding, ...], [_without(each, "text") for each in found["findings"]]),
        gates=read(tuple[Gate, ...], [_without(each, "margin", "claim") for each in found["gates"]]),
        alerts=read(tuple[Alert, ...], found["alerts"]),
        triggers=read(tuple[JudgedTrigger, ...], found["triggers"]),
        presentation=read(Presentation, found.get("presentation", {})),
        shelf=Shelf(written=subjects, read=cache(lambda kind: read(kind, subjects[kind.__name__]))),
    )


def _read_header(found: Json, read: Callable[[Any, Json], Any]) -> Header:
    project, model = found["project"], found["model"]
    return Header(
        project=project["name"],
        title=project["title"],
        model=model["name"],
        version=model["version"],
        as_of=datetime.date.fromisoformat(found["as_of"]),
        currency=project["currency"],
        simulated=project["simulated"],
        classification=project["classification"],
        inputs=read(tuple[Input, ...], found["inputs"]),
        digest=found["digest"],
        tool=found["tool"],
    )


def _fact(fact: Fact, is_own: bool) -> Json:
    """Return a fact; one that stands only inside a table or a sentence says so."""
    value: Any = fact.value
    if isinstance(value, datetime.date):
        value = {"date": value.isoformat()}
    content: Json = {
        "value": value,
        "unit": fact.unit,
        "low": fact.low,
        "high": fact.high,
        "range": fact.range.kind,
        "level": fact.range.level,
        "n": fact.n,
        "method": fact.method,
        "source": fact.source,
        "origin": fact.origin,
        "label": fact.label,
        "reason": fact.reason,
        "asks": fact.asks,
    }
    return content if is_own else content | {"in_table": True}


def _read_fact(id: str, content: Mapping[str, Any]) -> Fact:
    value = content["value"]
    if isinstance(value, dict):
        value = datetime.date.fromisoformat(value["date"])
    around = Range(content["range"], content["level"])
    plain = _without(content, "in_table", "level", "window")
    return Fact(**(plain | {"id": id, "value": value, "range": around, "asks": tuple(content["asks"])}))


def _without(content: Mapping[str, Any], *keys: str) -> Json:
    return {key: value for key, value in content.items() if key not in keys}
