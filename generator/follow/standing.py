"""Takes the results of a bundle, what its documents say and the approvals, gives who approved what, and the whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from generator.bundle.approvals import Approval
from generator.follow._conditions import open_of
from generator.records.approval import Decision
from generator.records.fact import Fact
from generator.records.journal import Record
from generator.records.results import Results
from generator.records.table import Cell

State: TypeAlias = Literal["approved", "approved with conditions", "rejected", "in review"]
POLICY, OWNER = "declared.people.self_approval", "declared.project.owner"
APPROVERS, ROLES = "declared.people.approvers", "declared.people.roles"
HOLDS = "launch"
"""What a condition holds back that stands against approving."""


@dataclass(frozen=True, kw_only=True)
class AskedRole:
    """A role whose approval is asked for, who fills it, and who may sign in their place."""

    role: str
    name: str
    deputy: str


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What a role has decided about a bundle: the newest that still stands for what its documents say."""

    role: str
    name: str
    decision: Decision | None
    approvals: tuple[Approval, ...]
    """Those that it rests on."""
    again: tuple[str, ...]
    """Documents that nobody in this role has decided about as they are now."""
    against: tuple[str, ...]
    """Why the approval does not count."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether a bundle is approved, and by whom."""

    state: State
    seats: tuple[Seat, ...]


def approvers(results: Results) -> tuple[AskedRole, ...]:
    """Return whose approval a bundle asks for, in the order of the lines of the block to sign."""
    people = results.records(ROLES)
    return tuple(
        AskedRole(
            role=str(row["role"]),
            name=_text(row["name"]),
            deputy=next((_text(each["deputy"]) for each in people if each["role"] == row["role"]), ""),
        )
        for row in results.records(APPROVERS)
    )


def contacts(results: Results) -> dict[str, str]:
    """Return by name how people are reached, where that is declared."""
    return {_text(row["name"]): _text(row["contact"]) for row in results.records(ROLES)}


def is_of(name: str, owner: str, mails: Iterable[str], results: Results) -> bool:
    """Say whether a certificate with this owner and these addresses is that of the person of a name."""
    return _plain(owner) == _plain(name) or contacts(results).get(name, "") in tuple(mails)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def standing(
    results: Results, contents: Mapping[str, str], approvals: Iterable[Approval], records: Sequence[Record]
) -> Standing:
    """Return where the approval of a bundle stands; `contents` has the digest of what each of its documents says."""
    known = tuple(approvals)
    seats = tuple(_seat(each, results, contents, known, records) for each in approvers(results))
    return Standing(state=_state(seats), seats=seats)


def objections(
    results: Results, who: tuple[str, str], decision: Decision, accepted: Iterable[str], records: Sequence[Record]
) -> Iterator[tuple[str, str]]:
    """Yield why nobody can decide so, and what would be right; `who` is a role and a name."""
    role, name = who
    seat = next((each for each in approvers(results) if each.role == role), None)
    if seat is None:
        listed = ", ".join(each.role for each in approvers(results)) or "none: declare people.approvers"
        yield f"the bundle asks for no approval by {role!r}", f"the roles it asks for: {listed}"
    elif seat.name and name not in (seat.name, seat.deputy):
        yield f"{name} does not sign as {role}", f"{seat.name} does{f', or {seat.deputy}' if seat.deputy else ''}"
    if decision == "reject":
        return
    if _forbids(results) and name == _text(results.facts.get(OWNER, "")).partition(",")[0]:
        yield f"{name} owns the project, and its policy forbids to approve one's own", "let a deputy sign"
    failing = {gate.id for gate in results.gates if gate.hard and gate.verdict == "fail"}
    for id in sorted(failing - set(accepted)):
        yield f"the hard gate {id} fails, and is not accepted", f"accept it by name: --accept {id}; or reject"
    if decision == "approve":
        for id in gaps(results, records):
            hint = f"approve with conditions, and say which: --decision conditions --conditions TEXT; or settle {id}"
            yield f"{id} is not settled", hint


def gaps(results: Results, records: Sequence[Record]) -> tuple[str, ...]:
    """Return what stands against approving without conditions, other than a failed hard gate: ids of conditions."""
    failing = {gate.id for gate in results.gates if gate.hard and gate.verdict == "fail"}
    untold = [gate.id for gate in results.gates if gate.hard and gate.verdict == "inconclusive"]
    held = [one.id for one in open_of(results, records) if one.blocks == HOLDS]
    return tuple(id for id in dict.fromkeys((*untold, *held)) if id not in failing)


def _seat(
    who: AskedRole,
    results: Results,
    contents: Mapping[str, str],
    approvals: Sequence[Approval],
    records: Sequence[Record],
) -> Seat:
    own = [one for one in approvals if one.statement.role == who.role]
    decided: dict[str, Approval] = {}
    for one in own:
        said = one.statement.documents
        decided |= {id: one for id, digest in contents.items() if said.get(id) == digest}
    used = tuple({id(one): one for one in decided.values()}.values())
    decisions = {one.statement.decision for one in used}
    again = tuple(id for id in contents if id not in decided)
    worst: Decision = "reject" if "reject" in decisions else "conditions" if "conditions" in decisions else "approve"
    against = tuple(dict.fromkeys(what for one in used for what in _against(results, one, records)))
    name = used[-1].statement.name if used else who.name
    decision = worst if used and (not again or worst == "reject") else None
    return Seat(role=who.role, name=name, decision=decision, approvals=used, again=again, against=against)


def _against(results: Results, one: Approval, records: Sequence[Record]) -> Iterator[str]:
    said = one.statement
    yield from (what for what, _ in objections(results, (said.role, said.name), said.decision, said.accepted, records))


def _state(seats: Sequence[Seat]) -> State:
    decisions = {seat.decision for seat in seats}
    if "reject" in decisions:
        return "rejected"
    if not seats or None in decisions or any(seat.against for seat in seats):
        return "in review"
    return "approved with conditions" if "conditions" in decisions else "approved"


def _forbids(results: Results) -> bool:
    fact = results.facts.get(POLICY)
    return fact is not None and fact.value is False


def _text(cell: Cell) -> str:
    """Return a cell as a text; empty where it holds none."""
    if isinstance(cell, Fact):
        return str(cell.value or "")
    return cell if isinstance(cell, str) else ""
