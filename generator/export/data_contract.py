"""The contract of the inputs as an Open Data Contract Standard file (3.2.0), by the rules of the specification."""

import re
from collections.abc import Iterator, Mapping

from generator.export._yaml import written
from generator.records.artifact import Artifact
from generator.records.fact import Fact
from generator.records.plugin import Companion
from generator.records.results import Header, Results
from generator.records.rules import OF_DAYS, OF_KEYS, FeatureRule, least_rows, rules_of
from generator.records.table import Cell

STANDARD = "v3.2.0"
STABLE = re.compile(r"[A-Za-z0-9_-]+")
INPUTS, OUTPUTS = "inputs", "predictions"
TYPES, UNKNOWN = {"numeric": "number", "categorical": "string"}, "string"
"""The standard asks for a type of each column; what nothing is known of comes as a text."""
OWN = ("unit", "owner", "source", "basis", "imputation", "transformation")
NONE: tuple[str | None, ...] = (None, "", "NaN")
THERE = "CAST(${property} AS DOUBLE PRECISION) <> CAST('NaN' AS DOUBLE PRECISION)"
"""DuckDB and PostgreSQL sort `NaN` above every number: it is missing, and beyond no range."""
ABSENT = ("", "not declared", "not known")
Row = Mapping[str, Cell]
Plain = dict[str, object]


def export(results: Results) -> Artifact | None:
    """Return `data-contract.yaml`; None where no feature is specified."""
    table = results.tables.get("features.spec")
    if table is None or not table.rows:
        return None
    content = _contract(results, table.records, rules_of(results.tables.get("features.rules")))
    text = written(content, 120)
    return Artifact(path="data-contract.yaml", content=text.encode())


def _contract(results: Results, rows: tuple[Row, ...], rules: tuple[FeatureRule, ...]) -> Plain:
    head = results.header
    none = _markers(results)
    inputs = {
        "name": INPUTS,
        "logicalType": "object",
        "physicalType": "table",
        "description": f"What {head.model} {head.version} reads",
        "dataGranularityDescription": "One row is one request",
        "properties": [_property(row, [rule for rule in rules if rule.feature == row["name"]], none) for row in rows],
        "quality": [_of_keys(rule) for rule in rules if rule.kind == OF_KEYS],
    }
    levels = [entry for row in rows for entry in _levels(row)]
    return _filled(
        {
            "apiVersion": STANDARD,
            "kind": "DataContract",
            "id": f"{head.project}-{INPUTS}",
            "name": f"Inputs of {head.title or head.project}",
            "version": head.version,
            "status": "draft",
            "description": _filled({"purpose": _told(results, "context.purpose")}),
            "schema": [inputs, *_output(results, rules)],
            "slaProperties": levels,
            "team": _team(results, rows),
            "customProperties": _custom(_about(head)),
        }
    )


def _about(head: Header) -> Plain:
    return {"model": head.model, "asOf": head.as_of.isoformat(), "classification": head.classification}


def _output(results: Results, rules: tuple[FeatureRule, ...]) -> Iterator[Plain]:
    own = [rule for rule in rules if rule.kind == "output"]
    if not own:
        return
    column = {
        "name": _told(results, "data.prediction") or "prediction",
        "logicalType": "number",
        "logicalTypeOptions": _ends(own[0]),
        "quality": [_quality(rule, []) for rule in own],
    }
    yield {"name": OUTPUTS, "logicalType": "object", "physicalType": "table", "properties": [column]}


def _markers(results: Results) -> list[str | None]:
    """Return what stands for no value: what the specification calls missing, and the texts that the team declares."""
    return [*NONE, *(str(row["item"]) for row in results.records("declared.data.missing_markers"))]


def _property(row: Row, rules: list[FeatureRule], none: list[str | None]) -> Plain:
    kind = str(row["type"])
    promised = [rule for rule in rules if rule.severity != "info"]
    ends = [_ends(rule) for rule in promised if rule.kind == "range"]
    levels = [level for rule in promised for level in rule.levels]
    own: Plain = {key: _value(row[key]) for key in OWN}
    own |= {"missingExpected": _value(row["missing_expected"]), "onMissing": _value(row["on_missing"])}
    return _filled(
        {
            "name": row["name"],
            "description": _value(row["meaning"]),
            "logicalType": TYPES.get(kind, UNKNOWN),
            "logicalTypeOptions": ends[0] if ends else {},
            "enum": [{"value": level} for level in levels],
            "required": any(rule.kind == "missing" and rule.severity == "error" for rule in rules),
            "classification": _value(row["sensitivity"]),
            "criticalDataElement": _word(row["criticality"]).startswith("critical"),
            "quality": [_quality(rule, none) for rule in rules if rule.judged],
            "customProperties": _custom(own),
        }
    )


def _head(rule: FeatureRule, *words: str) -> Plain:
    told = [*words, *([] if rule.on_breach in ABSENT else [f"When broken: {rule.on_breach}"])]
    return {"id": rule.id if STABLE.fullmatch(rule.id) else "", "name": rule.id, "description": ". ".join(told)}


def _of_keys(rule: FeatureRule) -> Plain:
    """Return a rule on the keys of a request, in words: a table keeps nothing to count."""
    return {
        "type": "text",
        **_head(rule, rule.words.capitalize()),
        "dimension": "conformity",
        "severity": rule.severity,
    }


def _quality(rule: FeatureRule, none: list[str | None]) -> Plain:
    """Return a rule as a check: a rate as the share of a day with enough rows, all others as rows: none may.

    What counts as missing is listed in `none`: an absent value, an empty text, `NaN`, the declared texts.
    """
    head = _head(rule)
    tail: Plain = {"severity": rule.severity}
    if rule.kind in OF_DAYS:
        most = {**_missing(none), "mustBeLessOrEqualTo": _percent(rule.high), "unit": "percent"}
        judged = _custom({"per": "day", "fromRows": least_rows(rule.high or 0.0)})
        return _filled({**head, **most, "dimension": "completeness", **tail, "customProperties": judged})
    return _filled({**head, **_check(rule, none), "mustBe": 0, "unit": "rows", **tail})


def _missing(none: list[str | None]) -> Plain:
    return {"metric": "missingValues", "arguments": {"missingValues": none}}


def _check(rule: FeatureRule, none: list[str | None]) -> Plain:
    if rule.kind == "missing":
        return {**_missing(none), "dimension": "completeness"}
    if rule.levels:
        return {
            "metric": "invalidValues",
            "arguments": {"validValues": list(rule.levels)},
            "dimension": "conformity",
        }
    sides = [f"${{property}} {sign} {end:.12g}" for sign, end in (("<", rule.low), (">", rule.high)) if end is not None]
    query = f"SELECT COUNT(*) FROM ${{object}} WHERE ({' OR '.join(sides)}) AND {THERE}"
    return {"type": "sql", "query": query, "dimension": "conformity"}


def _ends(rule: FeatureRule) -> Plain:
    ends = {"minimum": rule.low, "maximum": rule.high}
    return {key: _whole(end) for key, end in ends.items() if end is not None}


def _percent(share: float | None) -> float | int:
    return _whole(round(100 * (share or 0.0), 9))


def _whole(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _levels(row: Row) -> Iterator[Plain]:
    """Yield what is promised of how fresh and how fast a feature is."""
    for name, key, unit in (("freshness", "freshness", "minutes"), ("latency", "latency", "ms")):
        value = _value(row[key])
        if value is not None:
            yield {"property": name, "value": value, "unit": unit, "element": f"{INPUTS}.{row['name']}"}


def _team(results: Results, rows: tuple[Row, ...]) -> Plain:
    owned = dict[str, list[str]]()
    for row in rows:
        if owner := _value(row["owner"]):
            owned.setdefault(str(owner), []).append(str(row["name"]))
    members = [
        {"username": owner, "role": "data owner", "description": f"Delivers {', '.join(names)}"}
        for owner, names in owned.items()
    ]
    consumer = _told(results, "project.owner")
    members += [{"username": consumer, "role": "consumer", "description": "Owns the model"}] if consumer else []
    return _filled({"members": members})


def _told(results: Results, key: str) -> str:
    fact = results.facts.get(f"declared.{key}")
    return str(fact.value) if fact is not None and fact.value is not None else ""


def _custom(values: Plain) -> list[Plain]:
    return [{"property": key, "value": value} for key, value in values.items() if value not in (None, "")]


def _value(cell: Cell) -> object:
    """Return a cell as YAML has it; None for what is not declared."""
    if isinstance(cell, Fact):
        return _whole(cell.value) if isinstance(cell.value, float) else cell.value
    return cell if isinstance(cell, str) and cell not in ABSENT else None


def _word(cell: Cell) -> str:
    first = cell[0] if isinstance(cell, tuple) and cell else ""
    return first if isinstance(first, str) else ""


def _filled(content: Plain) -> Plain:
    """Return what says something: no empty text, list or mapping, and nothing that is false by default."""
    return {key: value for key, value in content.items() if value not in (None, "", [], {}) and value is not False}


COMPANION = Companion(id="data-contract", title="Contract of the inputs (data-contract.yaml)", export=export)
