"""A finished build → what is printed of it, and why the exit code says no."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from generator.cli.report import plain_text

if TYPE_CHECKING:
    from generator.pipeline import Built
    from generator.records.decision import Gate
    from generator.records.evidence import Finding, Severity
    from generator.records.fact import Value
    from generator.records.results import Results


NAMED = 5
"""Signs without a font that are named."""


def refusal(built: "Built", fail_on: str, strict: bool) -> str:
    """Say why the outcome is refused, or nothing: a warning is any condition or confirmed finding."""
    results = built.results
    severities = {finding.severity for finding in results.findings}
    error = results.verdict == "delay" or "severe" in severities
    warning = error or results.verdict != "proceed" or "confirmed" in severities
    if {"never": False, "warning": warning, "error": error}[fail_on]:
        return f"--fail-on {fail_on}, and the verdict is {_words(results.verdict)}, with {_by_severity(results)}"
    if strict and built.gaps:
        return f"--strict, and facts without a value: {built.gaps:,}"
    return ""


def print_outcome(built: "Built", seconds: float) -> None:
    """Print on stderr how a build ended: the verdict, gates, findings by severity, gaps, and the time it took."""
    results = built.results
    lines = (
        f"verdict: {_words(results.verdict)}",
        f"gates: {_gates(results)}",
        f"findings: {_by_severity(results)}",
        f"gaps: {built.gaps:,} of {len(results.facts):,} facts have no value",
        f"time: {seconds:.0f} s",
    )
    typer.echo(plain_text((*_undrawn(built.undrawn), *lines)), err=True)
    print_left(built)


def print_left(built: "Built") -> None:
    """Print on stderr which bundle a build follows, and what it leaves untrue there or takes away here."""
    if lines := tuple(_left(built)):
        typer.echo(plain_text(lines), err=True)


def _left(built: "Built") -> Iterator[str]:
    if built.before:
        yield f"compared with: {built.before}"
    if built.stale:
        yield f"warning: not made again, and no longer true in {built.before}: {', '.join(built.stale)}"
    if built.gone:
        yield f"warning: gone with the bundle that stood in {built.bundle}: {', '.join(_first(built.gone))}"


def _first(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the documents among files, and how many others there are."""
    documents = tuple(path for path in paths if "/" not in path)
    rest = len(paths) - len(documents)
    return (*documents, f"{rest} more below folders") if rest else documents


def _undrawn(signs: tuple[str, ...]) -> Iterator[str]:
    if signs:
        some = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs[:NAMED])
        more = f" and {len(signs) - NAMED} more" if len(signs) > NAMED else ""
        yield f"warning: the PDFs show {some}{more} by code point: no font here has them; Markdown and HTML are whole"


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _gates(results: "Results") -> str:
    """Return how many gates ended how; those that do not pass by their titles, a hard one as such."""
    parts = []
    for outcome in ("pass", "fail", "inconclusive"):
        met = [gate for gate in results.gates if gate.verdict == outcome]
        titles = "; ".join(f"{gate.title}, hard" if gate.hard else gate.title for gate in met)
        parts.append(f"{len(met)} {outcome}" + (f" ({titles})" if titles and outcome != "pass" else ""))
    return ", ".join(parts)


def _by_severity(results: "Results") -> str:
    count = Counter(finding.severity for finding in results.findings)
    severities: tuple[Severity, ...] = ("severe", "confirmed", "watch")
    return ", ".join(f"{count[severity]} {severity}" for severity in severities)


def print_built(built: "Built", as_json: bool) -> None:
    """Print the bundle's path, or the verdict with gates and findings as JSON."""
    if not as_json:
        typer.echo(built.bundle)
        return
    results = built.results
    plain = {
        "bundle": str(built.bundle),
        "verdict": results.verdict,
        "gaps": built.gaps,
        "previous": str(built.before) if built.before else None,
        "stale": list(built.stale),
        "gone": list(built.gone),
        "gates": [_gate(gate) for gate in results.gates],
        "findings": [_finding(finding, results.header.currency) for finding in results.findings],
    }
    typer.echo(json.dumps(plain, indent=2, allow_nan=False))


def _gate(gate: "Gate") -> dict[str, Any]:
    return {
        "id": gate.id,
        "verdict": gate.verdict,
        "hard": gate.hard,
        "value": _plain(gate.value.value),
        "bound": _plain(gate.bound.value),
        "evidence": gate.evidence,
    }


def _plain(value: "Value") -> "Value":
    return value.isoformat() if isinstance(value, date) else value


def _finding(finding: "Finding", currency: str) -> dict[str, Any]:
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
