"""What the model listens to: standardised coefficients of a linear model, and the same refitted on production."""

import math

import numpy as np

from generator.estimates.facts import effect_unit, not_told, number, target_unit
from generator.estimates.headline import head_of
from generator.estimates.intervals import COLUMN
from generator.records.aggregates import CoMoments, FloatArray
from generator.records.evidence import Evidence
from generator.records.fact import Fact, facts_of, missing, segment_of
from generator.records.ledger import Ledger, Linear
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import quantities
from generator.stats.arrays import floats
from generator.stats.comoments import covariance, pool_co
from generator.subjects.importance import _shuffled as shuffled

QUANTITY = quantities(__file__)

TOP = 10
NOT_LINEAR = "the model is not linear, so it has no coefficients, and too few rows have outcomes to shuffle its inputs"
NOT_OPENED = lacking("no model was opened in this build", "model.path", file=PROJECT)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return the importance of every feature: the spread of its part of the prediction in the reference."""
    reference, production, linear = ledger.reference, ledger.production.design, ledger.linear
    if linear is None:
        return _of_any(project, ledger)
    if reference is None or reference.design is None or production is None:
        return _absent(not_told(ledger))
    then, now = pool_co(reference.design), pool_co(production)
    deployed = _parts(linear, linear.coefficients, then)
    refitted = dict.fromkeys(deployed, math.nan)
    if linear.link == "identity":
        refitted = _parts(linear, _refit(now, linear), then)
    order = sorted(deployed, key=lambda name: (-abs(deployed[name]), name))
    unit, total = effect_unit(project, linear), sum(abs(value) for value in deployed.values())
    rows = [_row(project, name, rank, deployed, refitted, total, unit) for rank, name in enumerate(order, start=1)]
    log_odds = Fact(
        id="importance.log_odds", value=linear.link == "logit", label="Effects are counted in log-odds", source="model"
    )
    facts = tuple(fact for fact in facts_of(tuple(rows)) if not fact.id.endswith(".rank"))
    return Evidence(facts=(log_odds, *facts), tables=(_table("top", rows[:TOP], unit), _table("all", rows, unit)))


def _of_any(project: Project, ledger: Ledger) -> Evidence:
    """Return what shuffling each input costs a model without coefficients."""
    losses = ledger.production.losses
    if ledger.shuffled is None or losses is None:
        return _absent(NOT_LINEAR if ledger.scored else NOT_OPENED)
    e2, n = (float(losses.group[:, COLUMN[name]].sum()) for name in ("e2", "n"))
    unit = target_unit(project)
    return shuffled.told(project, ledger.shuffled, e2 / n, head_of(ledger, unit), unit, entities=ledger.entity_groups)


def _parts(linear: Linear, coefficients: FloatArray, then: CoMoments) -> dict[str, float]:
    """Return, by raw feature, the reference spread of its part of the prediction, signed by its effect.

    A feature with several design columns (levels) has no sign.
    """
    spread = covariance(then)
    parts = {}
    for feature in dict.fromkeys(linear.features):
        place = [i for i, name in enumerate(linear.features) if name == feature]
        b = coefficients[place]
        size = math.sqrt(max(float(b @ spread[np.ix_(place, place)] @ b), 0.0))
        parts[feature] = math.copysign(size, float(b[0])) if len(place) == 1 else size
    return parts


def _refit(now: CoMoments, linear: Linear) -> FloatArray:
    """Return least-squares coefficients on production in the deployed design space, lightly ridged."""
    k = len(linear.columns)
    xx, xy = now.comoment[:k, :k], now.comoment[:k, k + 1]
    ridge = 1e-6 * float(np.trace(xx)) / k if k else 0.0
    return floats(np.linalg.solve(xx + ridge * np.eye(k), xy))


def _row(
    project: Project,
    name: str,
    rank: int,
    deployed: dict[str, float],
    refitted: dict[str, float],
    total: float,
    unit: str,
) -> tuple[Cell, ...]:
    id = f"importance.{segment_of(name)}"
    source = next((f.source or "" for f in project.settings.data.features if f.name == name), "")
    return (
        number(QUANTITY("{id}.rank", id=id), rank),
        name,
        number(
            QUANTITY("{id}.standardised", id=id, name=name),
            deployed[name],
            unit=unit,
            source="model and training statistics",
        ),
        number(QUANTITY("{id}.today", id=id, name=name), refitted[name], unit=unit, source="ledger: production design"),
        _stability(deployed[name], refitted[name], total),
        number(QUANTITY("{id}.share", id=id, name=name), abs(deployed[name]) / total if total else math.nan),
        source,
    )


def _stability(deployed: float, refitted: float, total: float) -> Mark:
    """Return whether the refitted effect is still the deployed one: a change counts from a tenth of it and of all."""
    if math.isnan(refitted):
        return Mark(status="info", word="not refitted")
    if abs(refitted - deployed) <= max(0.1 * abs(deployed), 0.002 * total):
        return Mark(status="ok", word="stable")
    if refitted * deployed < 0 and abs(refitted) > 0.002 * total:
        return Mark(status="confirmed", word="changed sign")
    if abs(refitted - deployed) <= 0.5 * abs(deployed):
        return Mark(status="info", word="shifted")
    return Mark(status="watch", word="stronger" if abs(refitted) > abs(deployed) else "weaker")


def _columns(unit: str) -> tuple[Column, ...]:
    return (
        Column(key="rank", label="Rank"),
        Column(key="feature", label="Feature"),
        Column(key="standardised", label="Effect of one usual step", unit=unit),
        Column(key="today", label="Refitted today", unit=unit),
        Column(key="stability", label="Stability"),
        Column(key="share", label="Share", unit="share"),
        Column(key="source", label="Source"),
    )


def _table(name: str, rows: list[tuple[Cell, ...]], unit: str, reason: str = "") -> Table:
    titles = {"top": "The ten features the model listens to most", "all": "All features by importance"}
    return Table(id=f"importance.{name}", title=titles[name], columns=_columns(unit), rows=tuple(rows), reason=reason)


def _absent(reason: str) -> Evidence:
    log_odds = missing("importance.log_odds", reason, label="Effects are counted in log-odds")
    return Evidence(facts=(log_odds,), tables=(_table("top", [], "", reason), _table("all", [], "", reason)))


ANALYSIS = Analysis(id="importance", title="What the model listens to", run=run)
