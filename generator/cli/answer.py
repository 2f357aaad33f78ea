"""A finished build → what is printed of it, and whether the exit code says no."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from generator.pipeline import Built
    from generator.records.decision import Gate
    from generator.records.evidence import Finding
    from generator.records.fact import Value


def refused(built: Built, fail_on: str) -> bool:
    """Say whether the outcome is as bad as `fail_on`: a warning is any condition or confirmed finding."""
    severities = {finding.severity for finding in built.results.findings}
    error = built.results.verdict == "delay" or "severe" in severities
    warning = error or built.results.verdict != "proceed" or "confirmed" in severities
    return {"never": False, "warning": warning, "error": error}[fail_on]


def print_built(built: Built, as_json: bool) -> None:
    """Print the bundle's path, or the verdict with gates and findings as JSON."""
    if not as_json:
        typer.echo(built.bundle)
        return
    results = built.results
    plain = {
        "bundle": str(built.bundle),
        "verdict": results.verdict,
        "gaps": built.gaps,
        "gates": [_gate(gate) for gate in results.gates],
        "findings": [_finding(finding, results.header.currency) for finding in results.findings],
    }
    typer.echo(json.dumps(plain, indent=2, allow_nan=False))


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "id": gate.id,
        "verdict": gate.verdict,
        "hard": gate.hard,
        "value": _plain(gate.value.value),
        "bound": _plain(gate.bound.value),
        "evidence": gate.evidence,
    }


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _finding(finding: Finding, currency: str) -> dict[str, Any]:
    from generator.records.notation import spell

    text = spell(finding.words, currency=currency)
    return {
        "id": finding.id,
        "kind": finding.kind,
        "severity": finding.severity,
        "subject": finding.subject,
        "evidence": finding.evidence,
        "text": text,
    }
