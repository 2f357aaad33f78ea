"""`dossier verify`: a bundle → whether every file of it is what was built, who approved it, and if it still holds."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.options import AsJson, BundlePath, Jobs, ProjectOf, Quiet, present, processors
from generator.cli.progress import progress
from generator.cli.report import plain_text, working
from generator.errors import InputError, Problem, Unverified
from generator.records.address import is_address
from generator.records.named import is_project
from generator.records.watch import Progress

if TYPE_CHECKING:
    from generator.follow.newer import JudgedLimit, Newer
    from generator.follow.verify import ApprovalsFound
    from generator.pipeline import Verified

VALID = "calendar.valid_until"
BREACHED = 1


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
    data: Annotated[
        str | None,
        typer.Option(
            metavar="PROJECT|FILE",
            help="Newer rows: a file of them, or the project, for its own.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOf = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell whether a bundle is what was built, and if it still holds.

    Nothing may be changed, added, removed or forged: every file is held against the manifest, every document against
    what results.json gives when it is made again, every approval against its record and its signature. Exit code 4
    names all that is not in order. That the papers have run out is said, and is no failure. With --data the newest rows
    are held against the limits of the bundle, its gates, alerts and triggers: exit code 1 if they breach one.
    """
    with working(as_json, quiet):
        if data and not is_address(data):
            present(Path(data))
        from generator import pipeline
        from generator.catalog import CATALOG
        from generator.follow.verify import Keys
        from generator.follow.verify import verify as approvals

        problems: tuple[Problem, ...] = ()
        try:
            found = pipeline.verify(bundle, CATALOG, progress(quiet), jobs=jobs or processors())
        except Unverified as error:
            problems = error.problems
        named = project or (Path(data) if data and is_project(Path(data)) else None)
        told = approvals(bundle, Keys(allowed=allowed, roots=tuple(trust or ())), named)
        if problems := (*problems, *told.problems):
            raise Unverified(problems[0].what, problems=problems)
        more = _newest(found, data, told.project, progress(quiet), jobs or processors()) if data else None
        plain = _plain(found) | _approved(told) | ({"newer": _plain_newer(more)} if more else {})
        lines = (*_lines(found), *(_newer(more, found) if more else ()), *_approvals(told))
        typer.echo(json.dumps(plain, indent=2) if as_json else plain_text(lines))
        if more and more.breached:
            raise typer.Exit(BREACHED)


def _newest(found: "Verified", data: str, project: Path | None, told: Progress, jobs: int) -> "Newer":
    """Return what the newest rows say of the limits of a bundle."""
    if project is None:
        raise InputError("its project was not found, which says what the rows are", hint="name it: --project DIR")
    from generator import pipeline
    from generator.catalog import CATALOG
    from generator.follow.newer import BY_DAY, newer

    own = is_project(Path(data))
    place = data if is_address(data) else str(Path(data).absolute())
    changes = () if own else (f"data.production={json.dumps(place, ensure_ascii=False)}",)
    day = None if found.results.records(BY_DAY) else found.results.header.as_of
    now = pipeline.judge(Path(data) if own else project, CATALOG, day, told, changes=changes, jobs=jobs)
    return newer(found.results, now)


def _plain(found: "Verified") -> dict[str, Any]:
    until = _until(found)
    return {
        "files": found.files,
        "documents": found.documents,
        "verdict": found.results.verdict,
        "valid_until": until.isoformat() if until else None,
        "stale": until is not None and until < date.today(),
    }


def _approved(told: "ApprovalsFound") -> dict[str, Any]:
    approvals = [{"folder": one.approval.name, **_said(one.approval), "by": one.how} for one in told.checked]
    return {"approval": told.standing.state if told.standing else None, "approvals": approvals}


def _said(one: Any) -> dict[str, str]:
    said = one.statement
    return {"role": said.role, "name": said.name, "decision": said.decision, "day": said.time[:10]}


def _lines(found: "Verified") -> Iterator[str]:
    yield f"files: {found.files} of {found.files} are what the manifest lists, and there is no other"
    yield f"documents: {found.documents} of {found.documents} are what results.json gives"
    if (until := _until(found)) is None:
        yield "valid until: not said"
    elif (late := (date.today() - until).days) > 0:
        yield f"valid until: {until.isoformat()}, {late} days ago: build it again on newer rows"
    else:
        yield f"valid until: {until.isoformat()}"


def _newer(more: "Newer", found: "Verified") -> Iterator[str]:
    head = found.results.header
    if not more.rows:
        yield f"newer data: none, the last day is {more.until}"
        return
    days = (
        f" of {len(more.days)} days after {head.as_of}, to {more.until}"
        if more.days
        else ", of which nobody knows the day"
    )
    yield f"newer data: {more.rows:,} rows{days}"
    untold = [f"{one.kind} {one.id}" for one in more.judged if one.breached is None]
    judged = len(more.judged) - len(untold)
    if more.breached:
        fresh = sum(not one.before for one in more.breached)
        of = f"{judged} limits of the bundle, {fresh} of which held when it was built"
        yield f"they breach {len(more.breached)} of {of}:"
        yield from (f"  {one.kind}: {_breach(one, more, head.currency)}" for one in more.breached)
    else:
        yield f"they breach none of {judged} limits of the bundle"
    if untold:
        yield f"not judged: {', '.join(untold)}"


def _breach(one: "JudgedLimit", more: "Newer", currency: str) -> str:
    """Say which value breaches a limit, on how many of the newer days, and whether it was so before."""
    from generator.records.notation import spell

    days = f", on {len(one.days)} of {len(more.days)} days, last on {one.days[-1]}" if one.days else ""
    words = spell((f"{one.title}: ", one.value, ", limit ", one.bound), currency=currency)
    return f"{words}{days}{', as when it was built' * one.before}"


def _plain_newer(more: "Newer") -> dict[str, Any]:
    return {
        "rows": more.rows,
        "days": len(more.days),
        "until": more.until.isoformat(),
        "breached": [_plain_breach(one) for one in more.breached],
        "held": sum(one.breached is False for one in more.judged),
        "not_judged": [f"{one.kind} {one.id}" for one in more.judged if one.breached is None],
    }


def _plain_breach(one: "JudgedLimit") -> dict[str, Any]:
    plain = {"kind": one.kind, "id": one.id, "value": one.value.number, "limit": one.bound.number, "before": one.before}
    if one.days:
        plain |= {"days": len(one.days), "first": one.days[0].isoformat(), "last": one.days[-1].isoformat()}
    return plain


def _approvals(told: "ApprovalsFound") -> Iterator[str]:
    if told.standing is None:
        yield "approvals: not looked at, since its project was not found: --project DIR"
        return
    yield f"approvals: {told.standing.state}"
    for one in told.checked:
        said = _said(one.approval)
        yield f"  {one.approval.name}: {said['role']}, {said['name']}, {said['decision']}, {said['day']}; by {one.how}"


def _until(found: "Verified") -> date | None:
    fact = found.results.facts.get(VALID)
    return fact.value if fact and isinstance(fact.value, date) else None
