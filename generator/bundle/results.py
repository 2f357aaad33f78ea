"""Takes results and gives `results.json`, and the other way round, without loss beyond twelve digits."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from generator.bundle._figures import rounded
from generator.errors import InputError
from generator.records.decision import Alert, Gate, Trigger
from generator.records.evidence import Finding
from generator.records.fact import Fact, Range, Sentence
from generator.records.notation import spell
from generator.records.presentation import PLAIN, Look, Presentation
from generator.records.project import OwnDocument
from generator.records.results import Header, Input, Results
from generator.records.table import Cell, Column, Mark, Table

SCHEMA_VERSION = 1
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
        "inputs": [asdict(each) for each in head.inputs],
        "verdict": results.verdict,
        "gates": [writer.gate(each) for each in results.gates],
        "findings": [writer.finding(each) for each in results.findings],
        "alerts": [writer.alert(each) for each in results.alerts],
        "triggers": [writer.trigger(each) for each in results.triggers],
        "tables": {id: writer.table(results.tables[id]) for id in results.tables},
    }
    if results.presentation != PLAIN:
        content["presentation"] = asdict(results.presentation)
    content["facts"] = {id: _fact(writer.facts[id], id in results.facts) for id in sorted(writer.facts)}
    return f"{json.dumps(rounded(content), indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()


def read_results(content: bytes) -> Results:
    """Return the results a `results.json` holds; an InputError says what is wrong with it."""
    try:
        found = cast(Json, json.loads(content))
        if found["schema_version"] != SCHEMA_VERSION:
            raise InputError(
                f"results.json has schema version {found['schema_version']}, this tool reads {SCHEMA_VERSION}",
                hint="build the bundle again",
            )
        return _Reader(found).results()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"results.json cannot be read: {error!r}", hint="build the bundle again") from error


class _Writer:
    """Writes values as references to facts, and gathers the facts they refer to."""

    def __init__(self, results: Results) -> None:
        self.facts: dict[str, Fact] = dict(results.facts)
        self.currency = results.header.currency

    def ref(self, fact: Fact) -> Json:
        """Return a reference to a fact; the whole fact where another one has its id."""
        if self.facts.setdefault(fact.id, fact) == fact:
            return {"fact": fact.id}
        return {"fact": fact.id, "as": _fact(fact, True)}

    def words(self, sentence: Sentence) -> list[Any]:
        """Return the parts of a sentence."""
        return [part if isinstance(part, str) else self.ref(part) for part in sentence]

    def cell(self, cell: Cell) -> Any:
        """Return a cell: a text, a reference, a status or the parts of a sentence."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, Fact):
            return self.ref(cell)
        return {"status": cell.status, "word": cell.word} if isinstance(cell, Mark) else self.words(cell)

    def table(self, table: Table) -> Json:
        """Return a table."""
        return {
            "title": table.title,
            "columns": [asdict(each) for each in table.columns],
            "rows": [[self.cell(cell) for cell in row] for row in table.rows],
            "reason": table.reason,
            "note": self.words(table.note),
        }

    def finding(self, finding: Finding) -> Json:
        """Return a finding, readable and without loss."""
        return {
            "id": finding.id,
            "kind": finding.kind,
            "severity": finding.severity,
            "subject": finding.subject,
            "evidence": list(finding.evidence),
            "text": spell(finding.words, currency=self.currency),
            "words": self.words(finding.words),
        }

    def gate(self, gate: Gate) -> Json:
        """Return a gate; its margin is the words that say where the bound comes from."""
        return {
            "id": gate.id,
            "title": gate.title,
            "hard": gate.hard,
            "verdict": gate.verdict,
            "metric": gate.metric,
            "window": gate.window,
            "value": self.ref(gate.value),
            "bound": self.ref(gate.bound),
            "margin": spell(gate.why, currency=self.currency),
            "why": self.words(gate.why),
            "remedy": self.words(gate.remedy),
            "evidence": list(gate.evidence),
        }

    def alert(self, alert: Alert) -> Json:
        """Return an alert."""
        return {
            "id": alert.id,
            "metric": alert.metric,
            "level": alert.level,
            "operator": alert.operator,
            "threshold": self.ref(alert.threshold),
            "window_days": alert.window_days,
            "consecutive": alert.consecutive,
            "minimum_n": alert.minimum_n,
            "anchor": alert.anchor,
            "evidence": list(alert.evidence),
        }

    def trigger(self, trigger: Trigger) -> Json:
        """Return a trigger."""
        return {
            "id": trigger.id,
            "kind": trigger.kind,
            "metric": trigger.metric,
            "operator": trigger.operator,
            "threshold": self.ref(trigger.threshold),
            "fired": self.ref(trigger.fired),
            "evidence": list(trigger.evidence),
        }


class _Reader:
    """Reads values back, their references as facts."""

    def __init__(self, found: Json) -> None:
        self.found = found
        self.facts = {id: _read_fact(id, each) for id, each in found["facts"].items()}

    def results(self) -> Results:
        """Return the results."""
        found = self.found
        return Results(
            header=self._header(),
            verdict=found["verdict"],
            facts={id: fact for id, fact in self.facts.items() if not found["facts"][id].get("in_table")},
            tables={id: self._table(id, each) for id, each in found["tables"].items()},
            findings=tuple(self._finding(each) for each in found["findings"]),
            gates=tuple(self._gate(each) for each in found["gates"]),
            alerts=tuple(
                Alert(
                    **_without(each, "threshold", "evidence"),
                    threshold=self._ref(each["threshold"]),
                    evidence=tuple(each["evidence"]),
                )
                for each in found["alerts"]
            ),
            triggers=tuple(
                Trigger(
                    **_without(each, "threshold", "fired", "evidence"),
                    threshold=self._ref(each["threshold"]),
                    fired=self._ref(each["fired"]),
                    evidence=tuple(each["evidence"]),
                )
                for each in found["triggers"]
            ),
            presentation=_presentation(found.get("presentation", {})),
        )

    def _header(self) -> Header:
        project, model = self.found["project"], self.found["model"]
        return Header(
            project=project["name"],
            title=project["title"],
            model=model["name"],
            version=model["version"],
            as_of=datetime.date.fromisoformat(self.found["as_of"]),
            currency=project["currency"],
            simulated=project["simulated"],
            classification=project["classification"],
            inputs=tuple(Input(**each) for each in self.found["inputs"]),
            digest=self.found["digest"],
            tool=self.found["tool"],
        )

    def _ref(self, value: Json) -> Fact:
        return _read_fact(value["fact"], value["as"]) if "as" in value else self.facts[value["fact"]]

    def _words(self, parts: list[Any]) -> Sentence:
        return tuple(part if isinstance(part, str) else self._ref(part) for part in parts)

    def _cell(self, value: Any) -> Cell:
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return self._words(value)
        return Mark(status=value["status"], word=value["word"]) if "status" in value else self._ref(value)

    def _table(self, id: str, each: Json) -> Table:
        return Table(
            id=id,
            title=each["title"],
            columns=tuple(Column(**column) for column in each["columns"]),
            rows=tuple(tuple(self._cell(cell) for cell in row) for row in each["rows"]),
            reason=each["reason"],
            note=self._words(each["note"]),
        )

    def _finding(self, each: Json) -> Finding:
        return Finding(
            **_without(each, "text", "words", "evidence"),
            words=self._words(each["words"]),
            evidence=tuple(each["evidence"]),
        )

    def _gate(self, each: Json) -> Gate:
        return Gate(
            **_without(each, "value", "bound", "margin", "why", "remedy", "evidence"),
            value=self._ref(each["value"]),
            bound=self._ref(each["bound"]),
            why=self._words(each["why"]),
            remedy=self._words(each["remedy"]),
            evidence=tuple(each["evidence"]),
        )


def _presentation(found: Json) -> Presentation:
    if not found:
        return PLAIN
    return Presentation(
        templates=found["templates"],
        documents=tuple(OwnDocument(**each) for each in found["documents"]),
        left_out=tuple(found["left_out"]),
        look=Look(**found["look"]),
        notes=found["notes"],
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
    }
    return content if is_own else content | {"in_table": True}


def _read_fact(id: str, content: Mapping[str, Any]) -> Fact:
    value = content["value"]
    if isinstance(value, dict):
        value = datetime.date.fromisoformat(value["date"])
    around = Range(content["range"], content["level"])
    return Fact(**(_without(content, "in_table", "level") | {"id": id, "value": value, "range": around}))


def _without(content: Mapping[str, Any], *keys: str) -> Json:
    return {key: value for key, value in content.items() if key not in keys}
