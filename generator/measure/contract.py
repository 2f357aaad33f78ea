"""Takes the declared rules of the features and a batch, gives by day the rows on which each declared action falls."""

import numpy as np

from generator.measure.align import add_rows
from generator.measure.frame import Bools
from generator.measure.lens import Rows
from generator.records.aggregates import FloatArray, IntArray
from generator.records.cells import ContractSums, is_rejection
from generator.records.ledger import Plan
from generator.records.project import Feature

Rules = tuple[Feature, ...]


def actions_of(features: Rules) -> tuple[str, ...]:
    """Return every action that the project declares for a row that breaks a rule, each once."""
    said = (
        text
        for one in features
        for text in (one.when_missing, one.when_unseen, one.when_out_of_range)
        if text is not None
    )
    return tuple(dict.fromkeys(said))


def contract_sums(rows: Rows, plan: Plan, features: Rules, day: tuple[int, IntArray]) -> ContractSums | None:
    """Return by day and action the rows with at least one broken rule that has it, (D, A); None without actions."""
    actions = actions_of(features)
    if not actions:
        return None
    broken = np.zeros((len(actions), rows.count), dtype=np.bool_)
    known = {feature.name: feature for feature in features}
    for name, values in zip(plan.numeric, rows.given, strict=False):
        if name in known:
            missing, one = np.isnan(values), known[name]
            _mark(broken, actions, one.when_missing, missing)
            _mark(broken, actions, one.when_out_of_range, outside(values, one.low, one.high))
    for name, codes, levels in zip(plan.categorical, rows.slots, plan.levels, strict=True):
        if name in known:
            _mark(broken, actions, known[name].when_missing, codes == len(levels) + 1)
            _mark(broken, actions, known[name].when_unseen, codes == len(levels))
    unscored = broken[[is_rejection(action) for action in actions]].any(axis=0)
    by_action = [np.bincount(day[1][one], minlength=day[0]).astype(np.float64) for one in (*broken, unscored)]
    return ContractSums(actions=actions, day=np.stack(by_action[:-1], axis=1), unscored=by_action[-1])


def outside(values: FloatArray, low: float | None, high: float | None) -> Bools:
    """Return where values lie beyond the ends of a range, which belong to it; None is no end."""
    beyond: Bools = (values < (-np.inf if low is None else low)) | (values > (np.inf if high is None else high))
    return beyond


def merge_contract(
    a: ContractSums | None, b: ContractSums | None, from_a: IntArray, from_b: IntArray, size: int
) -> ContractSums | None:
    """Return the sums of both on the union of their days."""
    if a is None or b is None:
        return None
    return ContractSums(
        actions=a.actions,
        day=add_rows(a.day, from_a, size) + add_rows(b.day, from_b, size),
        unscored=add_rows(a.unscored, from_a, size) + add_rows(b.unscored, from_b, size),
    )


def _mark(broken: Bools, actions: tuple[str, ...], action: str | None, where: Bools) -> None:
    if action is not None:
        broken[actions.index(action)] |= where
