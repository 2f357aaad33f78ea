"""Which features have more missing values than in training, and whether rows with them err more."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.estimates.features import (
    NO_REFERENCE,
    STATUSES,
    Groups,
    adjusted,
    counted,
    critical,
    evidence,
    grade,
    groups_of,
    mark,
    part,
    share_of,
    table,
)
from generator.estimates.missing_rates import Rates, increase_fact, rates_of
from generator.records.evidence import Claim, Evidence, Finding, Scope, finding
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.records.plugin import Analysis
from generator.records.project import MissingPolicy, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import columns, quantities
from generator.subjects.missing._daily import daily_table, source_table
from generator.subjects.missing._errors import error_findings

QUANTITY = quantities(__file__)

POINTS, FEWEST_POINTS = 0.02, 0.005
"""A rise matters from two points on, or a doubling, if that is at least half a point (methods 1.4)."""
TOLD = 5
SIDES = ("reference", "production", "increase")
HEADS = columns(
    "feature: Feature",
    "reference: Training (share)",
    "production: Production (share)",
    "increase: Rise (points)",
    "flag: Declared limits",
    "status: Evidence",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Missing:
    """The missing rates of all features, what the declared limits and what the statistics say of them."""

    names: tuple[str, ...]
    groups: Groups
    rates: Rates
    grades: NDArray[np.int64]
    flags: tuple[Mark, ...]

    @property
    def order(self) -> list[int]:
        """Return the places of the features, the largest rise (without a reference: rate) first."""
        rise = self.rates.increase.value[: len(self.names)]
        by = np.where(np.isfinite(rise), rise, self.rates.production.value[: len(self.names)])
        return [int(j) for j in np.argsort(-np.nan_to_num(by, nan=-1.0), kind="stable")]


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return missing rates on both sides by feature and by day, and errors where values are missing."""
    missing = _missing(project, ledger)
    facts = {fact.id: fact for fact in _facts(missing)}
    tables = (
        _table("missing.all", "Missing values by feature", missing, facts, missing.order, "the model has no features"),
        _table(
            "missing.flagged",
            "Features with too many missing values",
            missing,
            facts,
            _flagged(missing),
            "no feature is over a declared limit or confirmed",
        ),
        daily_table(ledger, missing.rates, critical(project), project.settings.policies.missing),
        source_table(ledger, missing.rates, project.settings.data.features),
    )
    made = (*facts.values(), *_overall(missing), *_counts(missing, project.settings.policies.missing))
    return evidence(made, tables, (*_findings(missing, facts), *error_findings(ledger, missing.groups, project)))


def _missing(project: Project, ledger: Ledger) -> Missing:
    groups, names = groups_of(ledger), ledger.plan.features
    rates = rates_of(ledger, groups)
    return Missing(
        names=names,
        groups=groups,
        rates=rates,
        grades=_grades(rates, len(names), groups),
        flags=tuple(_flags(project, names, rates)),
    )


def _grades(rates: Rates, width: int, groups: Groups) -> NDArray[np.int64]:
    value, se = rates.increase.value[:width], rates.increase.se[:width]
    p = adjusted(groups.p_values(rates.increase)[:width])
    lower = value - groups.quantile(0.95) * se
    margin = np.clip(rates.reference.value[:width], FEWEST_POINTS, POINTS)
    level = grade(value / margin, lower / margin, p)
    return np.where((level == 3) & ~(lower >= 2.5 * POINTS), 2, level)


def _flags(project: Project, names: tuple[str, ...], rates: Rates) -> Iterator[Mark]:
    """Yield what the declared limits say: the policy's, and the feature's own."""
    policy = project.settings.policies.missing
    own = {feature.name: feature for feature in project.settings.data.features}
    for index, name in enumerate(names):
        feature = own.get(name)
        stop, alert = (feature.missing_stop, feature.missing_alert) if feature else (None, None)
        share, rise = rates.production.value[index], rates.increase.value[index]
        if _over(share, policy.red) or _over(share, stop):
            yield Mark(status="red", word="red (declared)")
        elif _over(rise, policy.flag_points) or _over(share, alert):
            yield Mark(status="yellow", word="flagged (declared)")
        else:
            declared = any(limit is not None for limit in (policy.red, policy.flag_points, stop, alert))
            yield Mark(status="ok", word="within limits") if declared else Mark(status="info", word="no limit declared")


def _over(value: float, limit: float | None) -> bool:
    return limit is not None and bool(value > limit)


def _facts(missing: Missing) -> Iterator[Fact]:
    rates, method = missing.rates, missing.groups.method
    for index, name in enumerate(missing.names):
        yield _share(
            f"missing.{part(name)}.reference", f"Missing values of {name} in training", rates, index, False, method
        )
        yield _share(
            f"missing.{part(name)}.production", f"Missing values of {name} in production", rates, index, True, method
        )
        yield increase_fact(name, rates, index, missing.groups)


def _share(id: str, label: str, rates: Rates, index: int, production: bool, method: str) -> Fact:
    side = rates.production if production else rates.reference
    return share_of(
        id,
        float(side.value[index]),
        float(side.se[index]),
        label=label,
        method=f"NULL and NaN; {method}",
        n=rates.rows1 if production else rates.rows0,
        reason="not computable: no rows" if production else rates.reason,
    )


def _overall(missing: Missing) -> Iterator[Fact]:
    for production, word in ((False, "reference"), (True, "production")):
        where = "production" if production else "training"
        yield _share(
            f"missing.overall.{word}",
            f"Missing values over all features in {where}",
            missing.rates,
            len(missing.names),
            production,
            missing.groups.method,
        )


def _counts(missing: Missing, policy: MissingPolicy) -> Iterator[Fact]:
    none = all(mark.status == "info" for mark in missing.flags)
    statuses = [mark.status for mark in missing.flags]
    over = sum(status in ("red", "yellow") for status in statuses)
    yield counted(
        QUANTITY("missing.count.flagged"), over, reason=lacking(UNDECLARED, "policies.missing") if none else ""
    )
    red = int((missing.rates.production.value[:-1] > (np.inf if policy.red is None else policy.red)).sum())
    yield counted(
        QUANTITY("missing.count.red"),
        red,
        reason=lacking(UNDECLARED, "policies.missing.red") if policy.red is None else "",
    )
    yield counted(
        QUANTITY("missing.count.confirmed"),
        int((missing.grades >= 2).sum()),
        reason="" if missing.rates.rows0 else NO_REFERENCE,
    )
    share = missing.rates.production.value[:-1]
    index = int(np.argmax(np.nan_to_num(share, nan=-1.0))) if share.size else -1
    why = "" if index >= 0 else "the model has no features"
    yield counted(QUANTITY("missing.largest.name"), missing.names[index] if not why else None, unit="", reason=why)
    label = "Missing values of the feature with the most of them"
    if why:
        yield counted("missing.largest.production", None, label=label, unit="share", reason=why)
    else:
        yield _share("missing.largest.production", label, missing.rates, index, True, missing.groups.method)


def _flagged(missing: Missing) -> list[int]:
    return [j for j in missing.order if missing.flags[j].status in ("red", "yellow") or missing.grades[j] >= 2]


def _table(id: str, title: str, missing: Missing, facts: dict[str, Fact], order: list[int], reason: str) -> Table:
    rows: Iterator[tuple[Cell, ...]] = (
        (
            missing.names[j],
            *(facts[f"missing.{part(missing.names[j])}.{key}"] for key in SIDES),
            missing.flags[j],
            mark(missing.grades[j]),
        )
        for j in order
    )
    return table(id, title, HEADS, rows, reason=reason)


def _findings(missing: Missing, facts: dict[str, Fact]) -> Iterator[Finding]:
    """Yield the features whose missing rate rose most, and how many others there are."""
    order = [j for j in missing.order if missing.grades[j] >= 2]
    shown = order if len(order) <= TOLD + 1 else order[:TOLD]
    for j in shown:
        id, name = f"missing.{part(missing.names[j])}", missing.names[j]
        before, now, rise = (facts[f"{id}.{key}"] for key in SIDES)
        yield finding(
            id,
            "missing",
            "severe" if missing.grades[j] == 3 else "confirmed",
            name,
            (f"{name} is missing in ", now, " of the rows, against ", before, " in training."),
            Claim(what="missing", relation="above", value=now, baseline=before, scope=Scope(feature=name)),
            rise,
        )
    rest = order[len(shown) :]
    if rest:
        number = counted(QUANTITY("missing.count.others"), len(rest))
        worst = max(int(missing.grades[j]) for j in rest)
        yield finding(
            "missing.others",
            "missing",
            "severe" if worst == 3 else "confirmed",
            "other features",
            ("The missing rate of ", number, f" more features has surely risen, {STATUSES[worst]} at the most."),
            Claim(what="missing", relation="above", value=number),
        )


ANALYSIS = Analysis(id="missing", title="Missing values", run=run)
