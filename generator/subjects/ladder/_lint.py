"""Takes every rule, trigger and condition, gives those that double each other or do not compare."""

from collections.abc import Iterator
from itertools import combinations, groupby

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project
from generator.subjects.kit.facts import declared
from generator.subjects.kit.known import Known
from generator.subjects.ladder._issue import Issue
from generator.subjects.limits.quantities import NAMES, SIGNS, Limit, in_words, population
from generator.subjects.limits.rules import RuleLevel, rule_levels
from generator.subjects.limits.steps import COUNTS, ScoredLess, scored_less
from generator.subjects.rollback import ROLLBACK, Stated, stated


def lint(at: Known, project: Project) -> Iterator[Issue]:
    """Yield what is wrong with single thresholds and with pairs of them, beyond their order."""
    every = [one for one in stated(at, project) if one.condition is None or one.condition.action == "roll back"]
    yield from _doubled(project)
    yield from _short(at, project)
    yield from _pairs(every)


def _short(at: Known, project: Project) -> Iterator[Issue]:
    """The limits on rows scored that lie above what the contract leaves, with the service levels that do too."""
    for id, own in groupby(rule_levels(project), key=lambda level: level.rule.id):
        less = scored_less(own, at)
        if less is None:
            continue
        side: Sentence = (f"{less.level.title}: ", *in_words(less.level.limit))
        rest = _promised(less, project)
        yield Issue(
            id=f"ladder.contract.{segment_of(id)}",
            subject=NAMES["rows"],
            first=side,
            second=("Feature contract: it keeps ", less.rejected, " of the rows of the last day from the model"),
            problem=(less.left, " are left of ", less.per_day, *rest, "."),
            told=(*side, ", yet ", *less.words, " are left of ", less.per_day, *rest, "."),
            consequence=f"Until one of them is changed {COUNTS}.",
        )


def _promised(less: ScoredLess, project: Project) -> Sentence:
    """Service levels in rows that such a day cannot keep."""
    words: list[str | Fact] = []
    for index, one in enumerate(project.settings.services):
        if one.unit == "rows" and one.operator in (">", ">=") and less.asks(one.objective):
            path = f"services.{index}.objective"
            words += [
                f"; also service level “{one.title}” {SIGNS[one.operator]} ",
                declared(project, f"services.{segment_of(one.id)}.objective", one.objective, path, unit=one.unit),
            ]
    return tuple(words)


def _doubled(project: Project) -> Iterator[Issue]:
    """Levels of two rules that fire together always, and a rule whose two levels are one."""
    for first, second in combinations(rule_levels(project), 2):
        if _key(first) != _key(second):
            continue
        one = first.rule is second.rule
        names = [f"{level.title}: " for level in (first, second)]
        sides: list[Sentence] = [
            (name, *in_words(level.limit)) for name, level in zip(names, (first, second), strict=True)
        ]
        yield Issue(
            id=f"ladder.double.{segment_of(first.rule.id)}.{first.name}.{segment_of(second.rule.id)}.{second.name}",
            subject=NAMES.get(first.rule.metric, first.rule.metric),
            first=sides[0],
            second=sides[1],
            problem=("both hold on the same days.",),
            severity="watch",
            told=(*sides[0], " holds on the same days as ", *sides[1], "."),
            consequence="The lesser level can never come alone." if one else "One event calls people twice.",
        )


def _key(level: RuleLevel) -> tuple[object, ...]:
    limit = level.limit
    return (
        limit.metric,
        population(limit.metric, limit.features),
        limit.operator,
        limit.threshold.value,
        limit.window_days,
        limit.consecutive,
    )


def _pairs(every: list[Stated]) -> Iterator[Issue]:
    """Pairs of one metric: a graver step that looks at fewer days, one limit over two windows, two baselines."""
    for lower, upper in combinations(sorted(every, key=lambda one: one.rank), 2):
        if _population(lower) != _population(upper) or lower.rank == upper.rank:
            continue
        if upper.rank == ROLLBACK and upper.limit.window_days < lower.limit.window_days:
            yield _pair(
                lower,
                upper,
                "window",
                "looks at fewer days than",
                "A short burst passes the graver step while the lesser one is still averaging it away.",
            )
        if _bound(lower.limit) == _bound(upper.limit) and lower.limit.window_days != upper.limit.window_days:
            yield _pair(
                lower,
                upper,
                "days",
                "has the same limit over other days than",
                "On a day one holds and the other does not: one limit needs one window.",
            )
        if {lower.baseline, upper.baseline} == {"validation", "previous"}:
            yield _pair(
                lower,
                upper,
                "baseline",
                "is measured against another level than",
                "Their order changes with the previous version: it has to be looked at again at each release.",
            )


def _population(one: Stated) -> tuple[str, str, bool]:
    """Return metric, features and direction: only limits of the same are compared."""
    return one.limit.metric, population(one.limit.metric, one.limit.features), one.limit.upward


def _bound(limit: Limit) -> tuple[object, ...]:
    return limit.operator, limit.threshold.value


def _pair(lower: Stated, upper: Stated, key: str, words: str, consequence: str) -> Issue:
    first, second = ((f"{one.name}: ", *one.words) for one in (upper, lower))
    return Issue(
        id=f"ladder.{key}.{lower.id}.{upper.id}",
        subject=NAMES.get(upper.limit.metric, upper.limit.metric),
        first=first,
        second=second,
        problem=(f"the first {words} the second.",),
        told=(*first, f": it {words} ", *second, "."),
        consequence=consequence,
        severity="watch",
    )
