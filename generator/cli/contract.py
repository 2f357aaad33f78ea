"""`dossier contract check`: a project and a file of rows → how often each rule of the inputs is broken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import AsJson, EngineName, Jobs, Quiet, found, present, processors
from generator.cli.progress import progress
from generator.cli.report import plain_text, working
from generator.records.address import is_address
from generator.records.named import PROJECT

if TYPE_CHECKING:
    from generator.records.rules import FileCounts, RuleCount

BROKEN = 1
FAILING = {"never": (), "warning": ("warning", "error"), "error": ("error",)}
SEVERITIES = ("error", "warning", "info")
EXAMPLE = "Example: dossier contract check my-model new.csv"

contract = typer.Typer(no_args_is_help=True, rich_markup_mode=None, epilog=EXAMPLE)


@contract.callback()
def start() -> None:
    """Hold new rows against the contract of the inputs."""


@contract.command(epilog=EXAMPLE)
def check(
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help=f"A folder with a {PROJECT}, or the file.", show_default=False)
    ],
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Rows: whatever data.production may be.", show_default=False),
    ],
    fail_on: Annotated[
        Literal["never", "warning", "error"],
        typer.Option(help="The least severity of a broken rule that makes the exit code 1."),
    ] = "warning",
    engine: EngineName = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Hold new rows against the contract of the inputs.

    Each rule of the feature specification is counted under its id, in one pass and without keeping a row. Exit code 1
    if one is broken: an error keeps a row from the model or stops an input for a day, a warning does neither. A range
    that nobody declared is only told.
    """
    with working(as_json, quiet):
        place, catalog = found(project), catalog_with(engine)
        present(*([] if is_address(file) else [Path(file)]))
        from generator import pipeline

        name = file if is_address(file) else str(Path(file).absolute())
        counts = pipeline.contract(place, catalog, name, progress(quiet), jobs=jobs or processors())
        plain = json.dumps(_plain(counts), indent=2, allow_nan=False) if as_json else plain_text(_lines(counts))
        typer.echo(plain)
        if counts.worst() in FAILING[fail_on]:
            raise typer.Exit(BROKEN)


def _plain(counts: "FileCounts") -> dict[str, Any]:
    return {
        "file": counts.name,
        "rows": counts.rows,
        "days": [day.isoformat() for day in counts.days],
        "undated": counts.undated,
        "worst": counts.worst() or None,
        "rules": [_rule(count) for count in counts.rules],
        "actions": dict(counts.actions),
        "rejected": counts.rejected,
        "absent": list(counts.absent),
        "unreadable": dict(counts.unreadable),
    }


def _rule(count: "RuleCount") -> dict[str, Any]:
    rule = count.rule
    plain: dict[str, Any] = {key: getattr(rule, key) for key in ("id", "feature", "kind", "severity", "on_breach")}
    plain |= {"broken": count.broken, "of": count.of, "holds": None if count.broken is None else count.holds}
    return plain | {"largest": count.largest, "why": count.why or None}


def _lines(counts: "FileCounts") -> Iterator[str]:
    days = f", {len(counts.days)} days" if len(counts.days) > 1 else ""
    span = f" from {counts.days[0]} to {counts.days[-1]}" if days else "".join(f" of {day}" for day in counts.days)
    yield f"{counts.name}: {counts.rows:,} rows{days}{span}"
    told = [count for count in counts.rules if count.broken]
    width = max((len(count.rule.id) for count in told), default=0)
    for count in sorted(told, key=lambda one: SEVERITIES.index(one.rule.severity)):
        yield f"{count.rule.severity:<7}  {count.rule.id:<{width}}  {_said(count)}  {count.rule.on_breach}"
    yield from (f"error    {name}: the file has no such column" for name in counts.absent)
    yield from (f"warning  {name}: {n:,} values do not read as its type" for name, n in counts.unreadable.items())
    judged = [count for count in counts.rules if count.broken is not None]
    yield f"rules: {sum(not count.broken for count in judged)} of {len(judged)} hold" + _unjudged(counts)
    if counts.rejected:
        yield f"kept from the model: {counts.rejected:,} of {counts.rows:,} rows"


def _said(count: "RuleCount") -> str:
    if count.largest is None:
        return f"{count.broken:,} of {count.of:,} rows"
    return f"{count.broken:,} of {count.of:,} days, at most {count.largest:.1%} missing"


def _unjudged(counts: "FileCounts") -> str:
    reasons = [count.why for count in counts.rules if count.why]
    parts = [f"{reasons.count(why)} because {why}" for why in dict.fromkeys(reasons)]
    return f"; not judged: {', '.join(parts)}" if parts else ""
