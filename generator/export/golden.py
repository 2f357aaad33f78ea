"""The golden requests as JSON: inputs and the answers both versions must give, for a script to send."""

import json
from collections.abc import Mapping

from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results
from generator.records.table import Cell, value_of


def export(results: Results) -> Artifact | None:
    """Return `golden.json`; None where no request was scored."""
    table = results.tables.get("rollback.golden")
    if table is None or not table.rows:
        return None
    requests = [_request(row) for row in table.records]
    head = results.header
    content = {"model": head.model, "version": head.version, "as_of": head.as_of.isoformat(), "requests": requests}
    return Artifact(path="golden.json", content=f"{json.dumps(content, indent=1, ensure_ascii=False)}\n".encode())


def _request(row: Mapping[str, Cell]) -> dict[str, object]:
    inputs = row["request"]
    return {
        "id": row["id"],
        "inputs": json.loads(inputs) if isinstance(inputs, str) else {},
        **{key: value_of(row[key]) for key in ("expected", "previous", "tolerance")},
    }


COMPANION = Companion(id="golden", title="Golden requests with their answers (golden.json)", export=export)
