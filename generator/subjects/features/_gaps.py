"""Takes the described features, gives whose computation is not declared, and which alerts tell of a stop limit."""

from collections import Counter
from collections.abc import Iterator

from generator.records.fact import Fact, missing
from generator.records.project import Feature, Project, Rule
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Table
from generator.results.words import quantities, tables
from generator.subjects.features._spec import Described, owner_of
from generator.subjects.kit.facts import derived, flag
from generator.subjects.limits.quantities import population
from generator.subjects.limits.rules import SILENT, RuleLevel, rule_levels

QUANTITY, TABLE = quantities(__file__), tables(__file__)

EVERY, NONE = "every feature has its computation declared", "no alert fires at or below a stop limit"
COMPUTED = "data.features.transformation"
HEARD, NAMED = "every stop limit has an alert at or below it", 12
"""Why no feature is named, and how many are named at most."""


def gap_facts(every: tuple[Described, ...], project: Project) -> Iterator[Fact]:
    """Yield how many computations are not declared, the gap that this is, and the stop limits without an alert."""
    untold, limited = _untold(every), _limited(every)
    heard = {one.feature.name for one in limited for level in rule_levels(project) if _tells(level, one)}
    if every:
        yield derived(QUANTITY("features.computed.undeclared"), len(untold), n=len(every))
    if untold:
        why = lacking(f"{UNDECLARED} for {len(untold)} of {len(every)} features", COMPUTED)
        yield missing("features.computed.all", why, label="How each feature is computed")
    if limited:
        quiet = [one.feature.name for one in limited if one.feature.name not in heard]
        more = f" and {len(quiet) - NAMED} more" if len(quiet) > NAMED else ""
        yield derived(QUANTITY("features.stop.unwatched"), len(quiet), n=len(limited))
        yield derived(QUANTITY("features.stop.unheard"), ", ".join(quiet[:NAMED]) + more or None, reason=HEARD)
        yield flag(QUANTITY("features.stop.heard"), len(heard) == len(limited))


def gap_tables(every: tuple[Described, ...], project: Project) -> tuple[Table, Table]:
    """Return by owner the computations not declared; by alert the stop limits at or below which it fires."""
    owners = Counter(owner_of(one) for one in _untold(every)).most_common()
    told = [(level.alert, sum(_tells(level, one) for one in _limited(every))) for level in rule_levels(project)]
    return (
        TABLE("features.undeclared", [(owner, str(count)) for owner, count in owners], reason=EVERY),
        TABLE("features.stop_alerts", [(id, str(count)) for id, count in told if count], reason=NONE),
    )


def _untold(every: tuple[Described, ...]) -> tuple[Described, ...]:
    return tuple(one for one in every if not one.feature.transformation)


def _limited(every: tuple[Described, ...]) -> tuple[Described, ...]:
    return tuple(one for one in every if one.feature.missing_stop is not None)


def _tells(level: RuleLevel, one: Described) -> bool:
    """Return whether somebody gets a message of a level before, or when, a feature passes its stop limit."""
    rule, feature, limit = level.rule, one.feature, level.limit.threshold.number or 0.0
    if level.aside or level.severity in SILENT or not _watches(rule, feature) or rule.window_days > 1:
        return False
    if rule.metric == "missing_points":
        limit += feature.missing_expected or 0.0
    return limit <= (feature.missing_stop or 0.0) + 1e-12


def _watches(rule: Rule, feature: Feature) -> bool:
    if rule.metric not in ("missing", "missing_points"):
        return False
    over = population(rule.metric, rule.features)
    return over == "each" or (over == "critical" and feature.critical)
