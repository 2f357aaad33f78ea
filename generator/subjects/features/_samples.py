"""Takes the first golden request, gives it as the JSON that is sent, with the answer and a rejection to expect."""

import json
from collections.abc import Iterable

from generator.records.project import Project
from generator.records.table import Table
from generator.results.words import tables
from generator.subjects.kit.known import Known, number_of, text_of

TABLE = tables(__file__)

WIDTH = 100
"""Characters of a printed line."""
NONE = "no request was scored in this build"


def samples_table(at: Known, project: Project, rule: str) -> Table:
    """Return request, answer and rejection; `rule` is the id of the rule that the rejected request breaks."""
    rows = []
    golden = next(iter(at.rows("rollback.golden")), {})
    expected, inputs = number_of(golden.get("expected")), _inputs(text_of(golden.get("request")))
    if expected is not None and inputs:
        rows = [
            ("request", _object(inputs)),
            ("answer", _object(_answer(project, float(f"{expected:.6g}"), []))),
            ("rejection", _object(_answer(project, None, [rule] if rule else []))),
        ]
    return TABLE("features.samples", rows, reason=NONE)


def _answer(project: Project, value: float | None, reasons: list[str]) -> dict[str, object]:
    """Return an answer under the names that the log has: the prediction, its tier where tiers are declared."""
    settings = project.settings
    logged = settings.alerts.tables.prediction if settings.alerts.tables else None
    below = [tier for tier in settings.decision.tiers if value is not None and tier.above <= value]
    named = {"tier": max(below, key=lambda tier: tier.above).name if below else None}
    return {
        logged or settings.data.prediction or "prediction": value,
        **(named if settings.decision.tiers else {}),
        "model_version": settings.model.version,
        "rejected": value is None,
        "reasons": reasons,
    }


def _inputs(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _object(items: dict[str, object]) -> str:
    """Return a JSON object with as many items on a line as fit."""
    return (
        "{"
        + ",\n ".join(
            _lines(
                f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}" for k, v in items.items()
            )
        )
        + "}"
    )


def _lines(parts: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 2 <= WIDTH:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines
