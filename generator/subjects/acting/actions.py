"""Takes errors and their price, gives what each action would cost beside deploying; do money and gates agree?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import SAMPLING, Fact, Sentence
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Mark, Table
from generator.results.words import quantities, tables
from generator.stats.distributions import normal_quantile, normal_tail
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known, known
from generator.subjects.limits.measured import previous, production
from generator.subjects.performance.found import Performance

QUANTITY, TABLE = quantities(__file__), tables(__file__)

Z = normal_quantile(0.975)
NO_PRICE = lacking("no price of an error is declared", "business.loss_per_unit_error", "decision.costs")


@dataclass(frozen=True, kw_only=True)
class OtherWay:
    """Something to do instead of deploying now: what it costs more a month by the rows, and how that is known."""

    id: str
    title: str
    more: Fact
    basis: Sentence
    deploys: bool = False
    """True for deploying in another way: that may be cheaper without speaking against a launch."""


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Compare every action with deploying now."""
    at = known(evidence, earlier)
    choices = tuple(_choices(project, at))
    measured = [choice for choice in choices if choice.more.value is not None]
    rivals = [choice for choice in measured if not choice.deploys]
    cheapest = _cheapest(_least(measured))
    chance = _chance(rivals)
    agrees = _agrees(earlier, _least(rivals))
    return Decisions(
        facts=(
            cheapest,
            chance,
            agrees,
            _repays(choices, at),
            derived(QUANTITY("actions.count"), len(measured) + 1),
            *_stated(project),
        ),
        tables=(_table(choices),),
        findings=_findings(agrees, cheapest, chance),
    )


def _least(choices: list[OtherWay]) -> OtherWay | None:
    return min(choices, key=lambda choice: choice.more.number or 0.0, default=None)


def _choices(project: Project, at: Known) -> Iterator[OtherWay]:
    return _of_decisions(at) if project.settings.data.task == "binary" else _of_errors(project, at)


def _stated(project: Project) -> tuple[Fact, Fact]:
    """Return what the team states of rules and of waiting, on a basis of its own that no row tells."""
    plan = project.settings.business
    return (
        derived(QUANTITY("actions.rules.more_per_month"), plan.rules_cost_per_month),
        derived(QUANTITY("actions.delay.more_per_month"), plan.delay_cost_per_month),
    )


def _of_errors(project: Project, at: Known) -> Iterator[OtherWay]:
    """Yield the other predictions of the same rows, each priced by its mean absolute error."""
    price, rows = project.settings.business.loss_per_unit_error, at.fact("business.rows_per_month").number
    found = at.shelf[Performance]
    own = production(at.shelf, "mae")
    for id, rival, title, words in (
        ("previous", found.previous, "Keep the previous version", "its mean miss on the same rows is "),
        ("benchmark", found.benchmark, "Guess naively instead", "the naive guess misses on the same rows by "),
    ):
        other = rival.errors.mae
        yield OtherWay(
            id=id,
            title=title,
            more=_difference(f"actions.{id}.more_per_month", title, other, own, price, rows),
            basis=(words, other, ", this version's is ", own) if other.value is not None else (other.reason,),
        )


def _difference(id: str, title: str, other: Fact, own: Fact, price: float | None, rows: float | None) -> Fact:
    """Return the price of the difference of two errors, their ranges taken as independent."""
    label = f"{title}: more a month"
    a, b = other.number, own.number
    if price is None or rows is None:
        return derived(id, None, unit="money", label=label, reason=NO_PRICE)
    if a is None or b is None:
        return derived(id, None, unit="money", label=label, reason=other.reason or own.reason)
    half = math.hypot(_half(other), _half(own)) * price * rows
    value = (a - b) * price * rows
    return derived(
        id,
        value,
        unit="money",
        label=label,
        low=value - half,
        high=value + half,
        range=SAMPLING,
        n=own.n,
        method="difference of the mean absolute errors × rows a month × price of a unit; ranges as if independent",
        source=f"{other.id}, {own.id}",
    )


def _of_decisions(at: Known) -> Iterator[OtherWay]:
    """Yield the other ways to act on the score, each priced by the costs of its outcomes."""
    tight = at.fact("decision.capacity.binds").value is True
    best = ("capacity", "Deploy, acting on all that capacity allows")
    best = best if tight else ("optimal", "Deploy, acting from the best threshold")
    ways = (best, ("nobody", "Act on nobody"), ("everybody", "Act on everybody"))
    for id, title in ways[:2] if tight else ways:
        fact = at.fact(f"decision.{id}.against_current")
        more = derived(
            QUANTITY("actions.{id}.more_per_month", id=id, title=title),
            fact.number,
            low=fact.low,
            high=fact.high,
            range=fact.range,
            n=fact.n,
            method=fact.method,
            source=fact.id,
            reason=fact.reason or NO_PRICE,
        )
        basis = ("the costs of the outcomes on the same rows",)
        yield OtherWay(id=id, title=title, more=more, basis=basis, deploys=id == best[0])
    yield _chance_picks(at)
    yield _previous(at)


def _chance_picks(at: Known) -> OtherWay:
    """As many cases acted on as now, none of them chosen."""
    worth, rows = at.fact("business.worth_of_choosing"), at.fact("business.rows_per_month").number
    value, low, high = (
        None if one is None or rows is None else one * rows for one in (worth.number, worth.low, worth.high)
    )
    more = derived(
        QUANTITY("actions.benchmark.more_per_month", method=worth.method),
        value,
        low=low,
        high=high,
        range=worth.range,
        n=worth.n,
        source=worth.id,
        reason=worth.reason or "the rows have no dates",
    )
    basis = ("the costs of the outcomes, as many cases acted on",)
    return OtherWay(id="benchmark", title="Choose as many by chance", more=more, basis=basis)


def _previous(at: Known) -> OtherWay:
    """The version before on the same rows: the difference of the two errors at the price of one."""
    gain, brier = at.shelf[Performance].previous.gain, previous(at.shelf, "brier")
    price, rows = at.fact("business.price_of_error"), at.fact("business.rows_per_month")
    title, factors = "Keep the previous version", [fact.number for fact in (brier, price, rows)]
    times = -math.prod(value for value in factors if value is not None) if None not in factors else None

    def month(change: float | None) -> float | None:
        return None if change is None or times is None else change * times

    more = derived(
        QUANTITY("actions.previous.more_per_month", title=title),
        month(gain.number),
        low=month(gain.high),
        high=month(gain.low),
        range=gain.range,
        n=gain.n,
        source=f"{gain.id}, {brier.id}, {price.id}, {rows.id}",
        reason=gain.reason or brier.reason or price.reason or rows.reason,
    )
    return OtherWay(id="previous", title=title, more=more, basis=("the errors of both versions on the same rows",))


def _half(fact: Fact) -> float:
    return 0.0 if fact.low is None or fact.high is None else (fact.high - fact.low) / 2


def _chance(choices: list[OtherWay]) -> Fact:
    """Return the least chance, over the measured rivals, that deploying costs less."""
    chances = [_below(choice.more) for choice in choices]
    return derived(QUANTITY("actions.chance"), min(chances, default=None))


def _below(more: Fact) -> float:
    value, half = more.number or 0.0, _half(more)
    if half == 0.0:
        return 1.0 if value > 0 else 0.0
    return normal_tail(-value / (half / Z))


def _cheapest(rival: OtherWay | None) -> Fact:
    worse = rival is not None and (rival.more.number or 0.0) > 0
    name = None if rival is None else "Deploy now" if worse else rival.title
    return derived(QUANTITY("actions.cheapest"), name)


def _agrees(earlier: Decisions, rival: OtherWay | None) -> Fact:
    """Return whether gates and money say the same: a model that may go is the cheapest, one that may not is not."""
    value = None
    if rival is not None and earlier.verdict is not None:
        value = ((rival.more.number or 0.0) > 0) == (earlier.verdict not in ("delay", "not_enough"))
    return derived(QUANTITY("actions.agrees"), value)


def _repays(choices: tuple[OtherWay, ...], at: Known) -> Fact:
    """Return whether the version may pay for the first year by what it saves against the one before."""
    saved = next((_year(one.more) for one in choices if one.id == "previous"), None)
    cost = at.fact("business.cost_first_year")
    most = None if saved is None else saved.high if saved.high is not None else saved.number
    return flag(
        QUANTITY("actions.previous.repays"),
        None if most is None or cost.number is None else most >= cost.number,
        source=f"actions.previous.more_per_month, {cost.id}",
        reason=NO_PRICE if most is None else cost.reason,
    )


def _table(choices: tuple[OtherWay, ...]) -> Table:
    rows = ((choice.title, choice.more, _year(choice.more), choice.basis, _reading(choice.more)) for choice in choices)
    return TABLE("actions.compared", rows, reason=NO_PRICE)


def _year(month: Fact) -> Fact:
    """Twelve months of it, with twelve times its range."""
    value, low, high = (None if end is None else 12 * end for end in (month.number, month.low, month.high))
    id, label = month.id.replace("per_month", "per_year"), month.label.replace("a month", "a year")
    return replace(month, id=id, value=value, low=low, high=high, label=label, method="twelve months", source=month.id)


def _reading(more: Fact) -> Mark:
    value = more.number
    if value is None:
        return Mark(status="info", word="not priced")
    low, high = (value, value) if more.low is None or more.high is None else (more.low, more.high)
    if low > 0:
        return Mark(status="ok", word="dearer")
    return (
        Mark(status="watch", word="cheaper") if high < 0 else Mark(status="inconclusive", word="cannot be told apart")
    )


def _findings(agrees: Fact, cheapest: Fact, chance: Fact) -> tuple[Finding, ...]:
    if agrees.value is not False:
        return ()
    words: Sentence = (
        "Gates and money disagree: by expected cost the cheapest action is “",
        cheapest,
        "”; the chance that deploying now costs least is ",
        chance,
        ".",
    )
    return (
        finding(
            "actions.disagree",
            "verdict",
            "watch",
            "verdict",
            words,
            Claim(what="agrees", relation="fails", value=agrees),
        ),
    )


DECISION = Decision(id="actions", title="What each action would cost", run=run)
