"""`dossier status`: a project → where its version stands today: state, controls, conditions, dates, what is stale."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.options import AsJson, ProjectPath, found, places
from generator.cli.report import plain_text, reported

if TYPE_CHECKING:
    from generator.follow._conditions import Open
    from generator.follow.standing import Seat
    from generator.follow.status import Stand, Status


def status(
    project: ProjectPath = None,
    bundle: Annotated[
        Path | None,
        typer.Argument(metavar="BUNDLE", help="A bundle's folder; else the newest of the version.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell where the version of a project stands today.

    Its state and its controls by the records; who approved its newest bundle; the conditions that are open, with owner
    and day; the next dates; and what is stale: papers that ran out, records that are newer than they, inputs and
    evidence that have changed.
    """
    with reported(as_json):
        place = found(project)
        from generator.follow.status import status

        told = status(place, bundle, date.today(), places(place))
        typer.echo(json.dumps(_plain(told), indent=2) if as_json else plain_text(_lines(told)))


def _plain(told: "Status") -> dict[str, Any]:
    plain = asdict(replace(told, approval=None)) | {
        "bundle": None,
        "stale": [{"kind": kind, "what": what} for kind, what in told.stale],
    }
    del plain["results"]
    plain["approval"] = told.approval and {
        "state": told.approval.state,
        "roles": [_seat(seat, told.manifest) for seat in told.approval.seats],
    }
    if told.results:
        plain["bundle"] = {
            "path": str(told.bundle),
            "as_of": told.results.header.as_of,
            "verdict": told.results.verdict,
        }
    dated: dict[str, Any] = json.loads(json.dumps(plain, default=date.isoformat))
    return dated


def _lines(told: "Status") -> Iterator[str]:
    yield f"{told.project}, {told.model} {told.version.name}: {_stood(told.version)}"
    yield f"controls allow: {told.stage}" + (f"; the next stage needs {', '.join(told.lacks)}" if told.lacks else "")
    yield from (f"  {one.name.replace('_', ' '):<10}  {_stood(one)}" for one in told.controls)
    if told.results is None:
        yield "bundle: none of this version was found; build one, or name it"
    else:
        yield f"bundle: {told.bundle}, {told.results.verdict.replace('_', ' ')}" + (
            f", valid until {told.valid_until}" if told.valid_until else ""
        )
        if told.approval:
            yield f"approval: {told.approval.state}"
            yield from (f"  {_sat(seat, told.manifest)}" for seat in told.approval.seats)
        yield from _listed("open conditions", [f"{one.id}: {one.words} ({_terms(one)})" for one in told.conditions])
        yield from _listed("next dates", [f"{one.day}  {one.activity} ({one.owner})" for one in told.dates])
    yield from _listed("stale", [what for _, what in told.stale])
    if told.unchecked:
        yield f"not looked at again: {', '.join(told.unchecked)}"


def _seat(seat: "Seat", manifest: str) -> dict[str, Any]:
    newest = seat.approvals[-1] if seat.approvals else None
    return {
        "role": seat.role,
        "name": seat.name,
        "decision": seat.decision,
        "day": newest.statement.time[:10] if newest else None,
        "conditions": [one.statement.conditions for one in seat.approvals if one.statement.conditions],
        "approvals": [one.name for one in seat.approvals],
        "of_this_build": all(one.statement.manifest == manifest for one in seat.approvals),
        "read_again": list(seat.again),
        "against": list(seat.against),
    }


def _sat(seat: "Seat", manifest: str) -> str:
    """Say what a role has decided, and what it has still to read."""
    plain = _seat(seat, manifest)
    who = f"{seat.role}{f', {seat.name}' if seat.name else ''}"
    if seat.against:
        return f"{who}: does not count, since {'; '.join(seat.against)}"
    if seat.decision is None:
        return f"{who}: to read again: {', '.join(seat.again)}" if seat.approvals else f"{who}: not yet"
    terms = f" ({'; '.join(plain['conditions'])})" if plain["conditions"] else ""
    build = "" if plain["of_this_build"] else ", of another build that says the same"
    return f"{who}: {seat.decision}{terms}, {plain['day']}, {', '.join(plain['approvals'])}{build}"


def _stood(one: "Stand") -> str:
    since = f" since {one.since}" if one.since else ""
    return f"{one.state.replace('_', ' ')}{since}" + (f" ({one.place})" if one.place else "")


def _terms(one: "Open") -> str:
    blocks = "" if one.blocks == "no" else f", holds back {one.blocks}"
    return f"{one.owner}, due {one.due or 'on no day'}{blocks}"


def _listed(head: str, texts: list[str]) -> Iterator[str]:
    yield f"{head}: {'' if texts else 'none'}".rstrip()
    yield from (f"  {text}" for text in texts)
