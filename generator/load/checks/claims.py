"""Settings → stated figures that cannot be read, formulas that cannot be worked out, and names that lead nowhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from generator.load.complaint import Complaint, Path, repeated
from generator.load.keys import nearest
from generator.records.project import Claims, Settings
from generator.records.project.leaves import numbers_of
from generator.stats import printed
from generator.stats.formula import Comparison, FormulaError, Node, names, parse, parse_comparison
from generator.stats.rounded import Rounded
from generator.stats.stated import attempt, circle, declared, lacking, work_out

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
RESERVED = ("count", "worst")
FIGURES: Path = ("claims", "figures")
RULES: Path = ("claims", "rules")
Tree = Node | Comparison


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every stated figure and rule that cannot be checked."""
    claims = settings.claims
    yield from _ids(claims)
    yield from _figures(claims)
    values = _values(settings)
    known = {*values, *(figure.id for figure in claims.figures)}
    trees, broken = _trees(claims)
    yield from broken
    yield from _names(trees, known)
    yield from _references(claims, known)
    yield from _arithmetic(claims, trees, values, known)
    yield from _history(settings)


def _ids(claims: Claims) -> Iterator[Complaint]:
    ids = [figure.id for figure in claims.figures]
    yield from repeated(FIGURES, "id", ids)
    yield from repeated(RULES, "id", (rule.id for rule in claims.rules))
    for path, id in [*_paths(FIGURES, ids), *_paths(RULES, [rule.id for rule in claims.rules])]:
        if not IDENTIFIER.fullmatch(id) or id in RESERVED:
            yield Complaint((*path, "id"), f"is {id[:80]!r}, which no formula can name", "use letters, digits and `_`")
        elif path[:2] == RULES and id in ids:
            yield Complaint((*path, "id"), f"is {id!r}, as a figure is called too", "give each its own")


def _paths(path: Path, items: Iterable[str]) -> Iterator[tuple[Path, str]]:
    return (((*path, number), item) for number, item in enumerate(items))


def _figures(claims: Claims) -> Iterator[Complaint]:
    for number, figure in enumerate(claims.figures):
        path = (*FIGURES, number)
        if figure.stated is None and figure.formula is None and figure.measured_by is None:
            what = f"({figure.id[:60]}) says no figure"
            yield Complaint(path, what, "write `stated:` as printed, or `formula:`", ((*path, "stated"),))
        elif figure.stated is not None and _read(figure.stated, counted=figure.counted) is None:
            yield Complaint(
                (*path, "stated"),
                f"is {figure.stated[:60]!r}, which shows no figure",
                'write it as printed: "$248.2M", "12.3 %", "+1.3 pp", "361:1", "< 200 ms" or "2024-12-01"',
            )


def _read(text: str, *, counted: bool) -> Rounded | None:
    try:
        return printed.read(text, counted=counted).number
    except printed.NotPrinted:
        return None


def _values(settings: Settings) -> dict[str, Rounded]:
    """Return all numbers that are known without looking at data, by the names of formulas."""
    values = {}
    for leaf in numbers_of(settings):
        values[leaf.path] = values[leaf.alias] = declared(leaf.value, leaf.unit)
    for figure in settings.claims.figures:
        number = _read(figure.stated, counted=figure.counted) if figure.stated is not None else None
        if number is not None:
            values[figure.id] = number
    return values


def _trees(claims: Claims) -> tuple[dict[Path, Tree], list[Complaint]]:
    trees: dict[Path, Tree] = {}
    broken = []
    texts = [
        *(((*FIGURES, i, "formula"), one.formula, parse) for i, one in enumerate(claims.figures) if one.formula),
        *(((*RULES, i, "rule"), one.rule, parse_comparison) for i, one in enumerate(claims.rules)),
    ]
    for path, text, reader in texts:
        read: Callable[[str], Tree] = reader
        try:
            trees[path] = read(text)
        except FormulaError as error:
            broken.append(Complaint(path, f"{error.what} (character {error.column})", error.hint))
    return trees, broken


def _names(trees: Mapping[Path, Tree], known: set[str]) -> Iterator[Complaint]:
    for path, tree in trees.items():
        for name in names(tree):
            if name.name not in known:
                yield _unknown(path, f"names `{name.name[:60]}` (character {name.column})", name.name, known)
                break


def _unknown(path: Path, what: str, name: str, known: set[str]) -> Complaint:
    near = nearest(name, known)
    hint = f"did you mean {near}?" if near else "declare it under `claims.figures`, or name a number of this file"
    return Complaint(path, f"{what}, which is neither a stated figure nor a number of this file", hint, (FIGURES,))


def _references(claims: Claims, known: set[str]) -> Iterator[Complaint]:
    for number, figure in enumerate(claims.figures):
        for key in ("change_from", "change_to"):
            name = getattr(figure, key)
            if name is not None and name not in known:
                yield _unknown((*FIGURES, number, key), f"is {name[:60]!r}", name, known)
        if figure.solve_for is not None:
            yield from _solved((*FIGURES, number), figure.solve_for, figure.formula)
    for number, rule in enumerate(claims.rules):
        if rule.solve_for is not None:
            yield from _solved((*RULES, number), rule.solve_for, rule.rule)


def _solved(path: Path, name: str, text: str | None) -> Iterator[Complaint]:
    if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text or ""):
        yield Complaint((*path, "solve_for"), f"is {name[:60]!r}, which the formula does not name", "name one in it")


def _arithmetic(
    claims: Claims, trees: Mapping[Path, Tree], values: Mapping[str, Rounded], known: set[str]
) -> Iterator[Complaint]:
    """Yield circles, and what has no value although everything in it is known."""
    defining = {
        figure.id: trees[(*FIGURES, i, "formula")]
        for i, figure in enumerate(claims.figures)
        if figure.stated is None and figure.measured_by is None and (*FIGURES, i, "formula") in trees
    }
    nodes = {id: tree for id, tree in defining.items() if not isinstance(tree, Comparison)}
    if round_trip := circle(nodes):
        number = next(i for i, figure in enumerate(claims.figures) if figure.id == round_trip[0])
        what = f"defines {' by '.join(round_trip)}: a circle"
        yield Complaint((*FIGURES, number, "formula"), what, "state one of them")
        return
    worked_out, _ = work_out(values, {id: node for id, node in nodes.items() if not lacking(node, known)})
    for path, tree in trees.items():
        sides = (tree.left, tree.right) if isinstance(tree, Comparison) else (tree,)
        for side in sides:
            reason = attempt(side, worked_out)
            if isinstance(reason, str) and not lacking(side, worked_out):
                yield Complaint(path, reason.removeprefix("the formula "), "correct the formula or the figures in it")


def _history(settings: Settings) -> Iterator[Complaint]:
    ids = [trigger.id for trigger in settings.retraining.triggers]
    for number, version in enumerate(settings.retraining.history):
        if version.trigger_id is not None and version.trigger_id not in ids:
            near = nearest(version.trigger_id, ids)
            yield Complaint(
                ("retraining", "history", number, "trigger_id"),
                f"is {version.trigger_id[:80]!r}, which is no id under `retraining.triggers`",
                f"did you mean {near}?" if near else "declare it under `retraining.triggers`",
                (("retraining", "triggers"),),
            )
