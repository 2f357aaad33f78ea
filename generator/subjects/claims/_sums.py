"""Takes the figures, gives what comes of recomputing them: formulas, rules, changes, and what a build measures."""

import math
from collections.abc import Iterator

from generator.records.fact import Fact, Sentence
from generator.records.project import ClaimRule
from generator.results.words import quantities
from generator.stats import rounded, stated
from generator.stats.formula import Comparison, Node, names, parse, parse_comparison
from generator.stats.rounded import DATE, ArithmeticRefusal, Rounded, agree
from generator.subjects.claims._book import Book, Checked, Entry, bare, number_fact, number_in
from generator.subjects.claims._causes import cause, would_need
from generator.subjects.kit.facts import derived

QUANTITY = quantities(__file__)

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}
SPOKEN = {"<=": "at most ", ">=": "at least ", "<": "less than ", ">": "more than "}
MANY_TIMES = 10.0
"""From which ratio on a difference is told as so many times, not in per cent."""
IN_POINTS = ("share", "points", "probability")
DIFFERENT_UNITS = "The two sides are in units that cannot be compared"


def recomputed(book: Book) -> Iterator[Checked]:
    """Yield a check for every stated figure with a formula."""
    for entry in book.entries.values():
        if entry.figure.stated is not None and entry.figure.formula is not None and entry.number is not None:
            node = parse(entry.figure.formula)
            yield _equal(book, entry.id, entry, node, why=entry.figure.why or "", solve_for=entry.figure.solve_for)


def ruled(book: Book) -> Iterator[Checked]:
    """Yield a check for every rule."""
    for rule in book.project.settings.claims.rules:
        both = parse_comparison(rule.rule)
        if not bare(both.left) and bare(both.right):
            both = Comparison(TURNED[both.sign], both.right, both.left)
        values = [stated.attempt(side, book.values) for side in (both.left, both.right)]
        reason = next((value for value in values if isinstance(value, str)), "")
        if reason:
            yield _unverifiable(rule.id, _title(rule), rule.where or "", reason, _named(both))
        else:
            yield _rule(book, rule, both, *(value for value in values if isinstance(value, Rounded)))


def measured(book: Book) -> Iterator[Checked]:
    """Yield a check for every stated figure that this build measures too."""
    for entry in book.entries.values():
        if entry.figure.stated is None or entry.figure.measured_by is None or entry.number is None:
            continue
        fact = book.at.fact(entry.figure.measured_by)
        number = number_in(fact)
        id = f"{entry.id}.measured"
        if number is None:
            reason = f"this build does not measure {entry.figure.measured_by}: {fact.reason}"
            yield _unverifiable(id, entry.title, entry.where, reason, (entry.id,))
            continue
        fits = agree(entry.number, number)
        words: Sentence = (*entry.named, "; this build measures ", fact, ".")
        yield Checked(
            id=id,
            kind="measured here",
            subject=entry.title,
            where=entry.where,
            figures=(entry.id,),
            status="ok" if fits else "conflict",
            stated=entry.shown,
            recomputed=fact,
            words=words,
            difference=difference(id, entry.number, number, entry.unit),
            weight=_apart(entry.number, number),
        )


def _title(rule: ClaimRule) -> str:
    title = rule.title or rule.id.replace("_", " ")
    return title[:1].upper() + title[1:]


def _named(node: Node | Comparison) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.name for name in names(node)))


def _unverifiable(id: str, title: str, where: str, reason: str, figures: tuple[str, ...]) -> Checked:
    return Checked(
        id=id,
        kind="recomputed",
        subject=title,
        where=where,
        status="unverifiable",
        figures=figures,
        words=(f"{title} cannot be checked: {reason}.",),
    )


def _equal(book: Book, id: str, entry: Entry, node: Node, *, why: str, solve_for: str | None) -> Checked:
    value = stated.attempt(node, book.values)
    assert entry.number is not None
    figures = (entry.id, *_named(node))
    if isinstance(value, str):
        return _unverifiable(id, entry.title, entry.where, value, figures)
    return _compared(
        book,
        id,
        entry.title,
        entry.where,
        entry.named,
        entry.shown,
        entry.number,
        value,
        entry.unit,
        node,
        figures,
        why=why,
        solve_for=solve_for,
    )


def _compared(
    book: Book,
    id: str,
    title: str,
    where: str,
    named: Sentence,
    shown: Fact,
    claimed: Rounded,
    value: Rounded,
    unit: str,
    node: Node,
    figures: tuple[str, ...],
    *,
    why: str,
    solve_for: str | None,
    assuming: str = "",
) -> Checked:
    try:
        found = rounded.in_unit(value, claimed.unit)
        fits = agree(claimed, found)
    except ArithmeticRefusal:
        return _unverifiable(id, title, where, DIFFERENT_UNITS, figures)
    result = number_fact(f"claims.{id}.recomputed", found, unit, label=f"{title}, recomputed", source=why)
    apart = difference(id, claimed, found, unit)
    slip: Sentence = () if fits or claimed.unit == DATE else cause(book, node, claimed, found)
    needs: Sentence = () if fits or claimed.unit == DATE else would_need(book, id, node, solve_for, claimed)
    told: Sentence = (*named, "; ", *_other_side(book, bare(node), why, result))
    told = (*told, "." if fits else " (a difference of ", *(() if fits else (apart, ").")))
    return Checked(
        id=id,
        kind="recomputed",
        subject=title,
        where=where,
        status="ok" if fits else "watch" if assuming else "conflict",
        figures=figures,
        stated=shown,
        recomputed=result,
        difference=apart,
        cause=(*slip, *((" ",) if slip and needs else ()), *needs, *_either(assuming, fits=fits)),
        assuming=assuming,
        words=(f"Assuming {assuming}: " if assuming else "", *told),
        weight=0.0 if assuming else _apart(claimed, found),
        facts=(
            number_fact(f"claims.{id}.stated", claimed, unit, label=f"{title}, stated as {id}", method="as printed"),
        ),
    )


def _other_side(book: Book, name: str, why: str, result: Fact) -> Sentence:
    """Return what a figure is held against: another stated one, or what was recomputed."""
    if name in book.entries:
        return ("held against ", *book.name(name))
    return (f"recomputed{f' ({why})' if why else ''}: ", result)


def _rule(book: Book, rule: ClaimRule, both: Comparison, left: Rounded, right: Rounded) -> Checked:
    title, where, figures = _title(rule), rule.where or "", _named(both)
    name = bare(both.left)
    unit = rule.unit or (book.unit_of(name) if name else "") or left.unit
    shown = book.name(name)[-1] if name else number_fact(f"claims.{rule.id}.left", left, unit, label=title)
    assert isinstance(shown, Fact)
    entry = book.entries.get(name)
    where = where or (entry.where if entry else "")
    if both.sign == "==":
        named: Sentence = (f"{title}: ", shown)
        return _compared(
            book,
            rule.id,
            title,
            where,
            named,
            shown,
            left,
            right,
            unit,
            both.right,
            figures,
            why=rule.why or "",
            solve_for=rule.solve_for,
            assuming=rule.assuming or "",
        )
    try:
        right = rounded.in_unit(right, left.unit)
    except ArithmeticRefusal:
        return _unverifiable(rule.id, title, where, DIFFERENT_UNITS, figures)
    status = kept(both.sign, left, right)
    other = book.name(bare(both.right))[-1] if bare(both.right) else None
    limit = (
        other
        if isinstance(other, Fact)
        else number_fact(f"claims.{rule.id}.recomputed", right, unit, label=f"{title}, limit", source=rule.why or "")
    )
    return _bounded(rule, both.sign, title, where, shown, limit, left, right, unit, status, figures)


def _bounded(
    rule: ClaimRule,
    sign: str,
    title: str,
    where: str,
    shown: Fact,
    limit: Fact,
    left: Rounded,
    right: Rounded,
    unit: str,
    status: str,
    figures: tuple[str, ...],
) -> Checked:
    must = "it can only be " if status == "ok" else "it has to be "
    alone = rule.assuming and status == "conflict"
    told: Sentence = (
        f"{title}: ",
        shown,
        f", where {must}{SPOKEN[sign]}",
        limit,
        f" ({rule.why})." if rule.why else ".",
    )
    note = " Only the rounding decides whether it holds." if status == "watch" else ""
    return Checked(
        id=rule.id,
        kind="limit",
        subject=title,
        where=where,
        status="watch" if alone else status,
        figures=figures,
        stated=shown,
        recomputed=limit,
        difference=difference(rule.id, left, right, unit),
        weight=0.0 if rule.assuming else _apart(left, right),
        words=(f"Assuming {rule.assuming}: " if rule.assuming else "", *told, note),
        cause=_either(rule.assuming or "", fits=not alone),
        assuming=rule.assuming or "",
    )


def _either(assuming: str, *, fits: bool) -> Sentence:
    """What a check that fails under an assumption leaves open."""
    return ("Either a figure or the assumption is wrong.",) if assuming and not fits else ()


def kept(sign: str, left: Rounded, right: Rounded) -> str:
    """Return whether `left sign right` holds: ok, conflict whatever the rounding, or watch where that decides."""
    if sign in (">", ">="):
        left, right = rounded.negative(left), rounded.negative(right)
    strict = sign in ("<", ">")
    slack = rounded.SLACK * max(abs(left.value), abs(right.value))

    def broken(a: float, b: float) -> bool:
        return a >= b - slack if strict else a > b + slack

    if broken(left.low, right.high):
        return "conflict"
    return "watch" if broken(left.value, right.value) else "ok"


def difference(id: str, claimed: Rounded, found: Rounded, unit: str) -> Fact:
    """Return stated against recomputed: in points for shares, in days for dates, else relative."""
    label, method = "Stated against recomputed", "stated − recomputed"
    if claimed.unit == DATE:
        return derived(
            f"claims.{id}.difference", int(claimed.value - found.value), unit="days", label=label, method=method
        )
    found = rounded.in_unit(found, claimed.unit)
    if unit in IN_POINTS or unit == "change":
        return derived(
            f"claims.{id}.difference", claimed.value - found.value, unit="points", label=label, method=method
        )
    if found.value and claimed.value / found.value >= MANY_TIMES:
        return derived(
            f"claims.{id}.difference",
            claimed.value / found.value,
            unit="times",
            label=label,
            method="stated / recomputed",
        )
    relative = claimed.value / found.value - 1 if found.value else None
    return derived(QUANTITY("claims.{id}.difference", id=id), relative, label=label)


def _apart(claimed: Rounded, found: Rounded) -> float:
    if claimed.unit == DATE or claimed.value * found.value <= 0:
        return 0.0
    return abs(math.log(claimed.value / rounded.in_unit(found, claimed.unit).value))
