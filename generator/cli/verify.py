"""`dossier verify`: a bundle → whether every file of it is what was built, who approved it, and if it still holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.options import AsJson, BundlePath, Jobs, ProjectOf, Quiet, processors
from generator.cli.progress import progress
from generator.cli.report import plain_text, working
from generator.errors import Problem, Unverified

if TYPE_CHECKING:
    from generator.follow.verify import Told
    from generator.pipeline import Verified

VALID = "calendar.valid_until"


def verify(
    bundle: BundlePath,
    allowed: Annotated[
        Path | None,
        typer.Option("--allowed-signers", metavar="FILE", help="Your own list of keys of SSH.", show_default=False),
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A certificate that vouches for others; repeatable.", show_default=False),
    ] = None,
    project: ProjectOf = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell whether a bundle is what was built, and who approved it.

    Nothing may be changed, added, removed or forged: every file is held against the manifest, every document against
    what results.json gives when it is made again, every approval against its record and its signature. Exit code 4
    names all that is not in order. That the papers have run out is said, and is no failure.
    """
    with working(as_json, quiet):
        from generator import pipeline
        from generator.catalog import CATALOG
        from generator.follow.verify import Keys
        from generator.follow.verify import verify as approvals

        problems: tuple[Problem, ...] = ()
        try:
            found = pipeline.verify(bundle, CATALOG, progress(quiet), jobs=jobs or processors())
        except Unverified as error:
            problems = error.problems
        told = approvals(bundle, Keys(allowed=allowed, roots=tuple(trust or ())), project)
        if problems := (*problems, *told.problems):
            raise Unverified(problems[0].what, problems=problems)
        plain = _plain(found) | _approved(told)
        typer.echo(json.dumps(plain, indent=2) if as_json else plain_text((*_lines(found), *_approvals(told))))


def _plain(found: Verified) -> dict[str, Any]:
    until = _until(found)
    return {
        "files": found.files,
        "documents": found.documents,
        "verdict": found.results.verdict,
        "valid_until": until.isoformat() if until else None,
        "stale": until is not None and until < date.today(),
    }


def _approved(told: Told) -> dict[str, Any]:
    approvals = [{"folder": one.approval.name, **_said(one.approval), "by": one.how} for one in told.checked]
    return {"approval": told.standing.state if told.standing else None, "approvals": approvals}


def _said(one: Any) -> dict[str, str]:
    said = one.statement
    return {"role": said.role, "name": said.name, "decision": said.decision, "day": said.time[:10]}


def _lines(found: Verified) -> Iterator[str]:
    yield f"files: {found.files} of {found.files} are what the manifest lists, and there is no other"
    yield f"documents: {found.documents} of {found.documents} are what results.json gives"
    if (until := _until(found)) is None:
        yield "valid until: not said"
    elif (late := (date.today() - until).days) > 0:
        yield f"valid until: {until.isoformat()}, {late} days ago: build it again on newer rows"
    else:
        yield f"valid until: {until.isoformat()}"


def _approvals(told: Told) -> Iterator[str]:
    if told.standing is None:
        yield "approvals: not looked at, since its project was not found: --project DIR"
        return
    yield f"approvals: {told.standing.state}"
    for one in told.checked:
        said = _said(one.approval)
        yield f"  {one.approval.name}: {said['role']}, {said['name']}, {said['decision']}, {said['day']}; by {one.how}"


def _until(found: Verified) -> date | None:
    fact = found.results.facts.get(VALID)
    return fact.value if fact and isinstance(fact.value, date) else None
