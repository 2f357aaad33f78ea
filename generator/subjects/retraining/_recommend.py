"""Takes costed options and what is known of ageing, gives the option to follow and why.

Rule: where ageing shows, the option of least expected cost; the team's own where it costs at most a twentieth more.
Where it does not show, no schedule is justified: an option without a schedule, else the longest interval. Where it
cannot be measured, the team's own option, else the cheapest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.records.fact import SCENARIO, Fact, Sentence, missing
from generator.records.project import Project
from generator.records.reason import lacking
from generator.results.words import quantities
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known, number_of
from generator.subjects.retraining._ageing import Ageing
from generator.subjects.retraining._options import Costed
from generator.subjects.retraining._paced import fits, longest_gap

QUANTITY = quantities(__file__)
NO_OPTIONS = lacking("no retraining options declared", "retraining.options")
DATED_ONES = "runs that have a day, no trigger to come counted"
PACED_ONES = "runs, as many as triggers would start at the pace of the supplied days"
EXPECTED_ONES = "runs that triggers are expected to start"
TRIGGERED = "as many runs as triggers would start at the pace of the supplied days; fewer firings make it cheaper"
AT_LATEST = "a run at each longest gap, with no trigger in it: one that fires moves a run forward or adds one"
NEAR = 0.05
"""What the team's own option may cost above the cheapest and still be kept, as a share."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run `factor` times as dear, and ageing at a share of its doubt instead of its mean."""

    factor: float = 1.0
    share: float | None = None


AS_IS = Case()
CASES = {
    "tenfold": Case(factor=10.0),
    "tenth": Case(factor=0.1),
    "slow": Case(share=0.025),
    "fast": Case(share=0.975),
}


def yearly(one: Costed, found: Ageing | None, case: Case = AS_IS) -> float | None:
    """Return what an option costs a year in a case: runs and ageing, or runs alone where ageing is not known.

    A triggered option keeps its simulated runs; its loss follows the ageing in proportion.
    """
    runs, lost = number_of(one.dated_cost), number_of(one.staleness)
    if runs is None:
        return None
    if found is None or lost is None:
        return runs * case.factor if found is None else None
    ratio = 1.0 if case.share is None or not lost else found.doubt.scale(case.share) / float(found.doubt.scales.mean())
    return runs * case.factor + lost * ratio


def feasible(options: Sequence[Costed], at: Known) -> tuple[Costed, ...]:
    """Return the options that a rollout lets be followed; all, where it lets none."""
    return tuple(one for one in options if fits(one.option, at)) or tuple(options)


def recommend(options: Sequence[Costed], chosen: str | None, found: Ageing | None, case: Case = AS_IS) -> Costed | None:
    """Return the option to follow; None without any option, or when none is chosen and none has a cost."""
    own = next((one for one in options if one.option.id == chosen), None)
    if found is not None and found.state != "visible":
        return _without_schedule(options) or own
    priced = [(cost, one) for one in options if (cost := yearly(one, found, case)) is not None]
    least = min(priced, key=lambda pair: pair[0], default=None)
    if found is None or least is None:
        return own or (least[1] if least else None)
    kept = [one for cost, one in priced if one is own and cost <= (1.0 + NEAR) * least[0]]
    return kept[0] if kept else least[1]


def _without_schedule(options: Sequence[Costed]) -> Costed | None:
    triggered = next((one for one in options if one.option.every_days is None), None)
    return triggered or max(options, key=lambda one: one.option.every_days or 0, default=None)


def run_cost_limits(
    best: Costed | None, options: Sequence[Costed], found: Ageing | None, cost: float | None
) -> tuple[float | None, float | None]:
    """Return between which costs of a run the recommended option is the cheapest of those with a fixed interval."""
    if best is None or found is None or cost is None or best.option.every_days is None:
        return None, None
    days = best.option.every_days
    rhythms = [one.option.every_days for one in options if one.option.every_days is not None]

    def even(other: int) -> float:
        return (found.staleness(other) - found.staleness(days)) / (365.0 / days - 365.0 / other)

    shorter, longer = ([even(one) for one in rhythms if one < days], [even(one) for one in rhythms if one > days])
    return max(shorter, default=None), min(longer, default=None)


def reason(best: Costed, own: Costed | None, found: Ageing | None, at: Known, facts: dict[str, Fact]) -> Sentence:
    """Return why this option, in one line."""
    cost, month = facts["retraining.run.cost"], facts["retraining.decay.money_after_30_days"]
    if found is None:
        return _unpriced(best, own, at)
    if found.state == "visible":
        which = "the team's own option, within a twentieth of the cheapest" if own is best else "the cheapest option"
        return (
            "A run costs ",
            cost,
            ", a model thirty days old loses ",
            month,
            " a day; between the two, intervals from ",
            facts["retraining.flat.shortest"],
            " to ",
            facts["retraining.flat.longest"],
            " cost about the same. ",
            f"{best.option.title} is {which}.",
        )
    shortest = facts["retraining.best.shortest"]
    if found.state == "absent":
        return (
            "An older model does not err more in these data, so age is no reason to retrain, and the options differ by "
            "the cost of their runs alone: a run follows a trigger, or the longest gap allowed.",
        )
    if found.state == "hidden":
        return (
            "No ageing is visible in these data, so they justify no schedule: a run follows a trigger, or the "
            "longest gap allowed. Retraining more often than every ",
            shortest,
            " would cost more than it can save.",
        )
    return (
        "Ageing cannot be told from the season in these data. Even if the error did grow with age by the ",
        at.fact("retraining.decay.after_30_days"),
        " in thirty days that it seems to here, retraining more often than every ",
        shortest,
        " would cost more than it saves; a run follows a trigger, or the longest gap.",
    )


def unkept(own: Costed, best: Costed, found: Ageing | None) -> Sentence:
    """Return what the team's own option would save if a rollout let it be kept, and when it is right."""
    kept, now = yearly(own, found), yearly(best, found)
    if found is None or kept is None or now is None or kept >= now:
        return ()
    saved = derived(QUANTITY("retraining.kept.saves"), now - kept, source=f"{best.total.id}, {own.total.id}")
    proven = found.state == "visible"
    which = f" {'' if proven else 'At that pace '}“{own.option.title}”, could it be kept, would cost "
    right = "; it is right once a rollout is shorter" + ("." if proven else " and ageing is proven.")
    return (which, saved, f" less in the next twelve months{right}")


def tied(best: Costed, options: Sequence[Costed]) -> Sentence:
    """Return which options come to the same as the recommended one, and why the figures do not part them."""
    own = (best.dated.number, best.total.number)
    same = [one for one in options if one is not best and (one.dated.number, one.total.number) == own]
    if not same or None in own:
        return ()
    names = " and ".join(f"“{one.option.title}”" for one in same)
    comes = "comes" if len(same) == 1 else "come"
    loose = [one for one in (best, *same) if one.option.every_days is None and one.year]
    priced = [f" “{one.option.title}” is priced by {TRIGGERED if one.paced else AT_LATEST}." for one in loose]
    return (f" {names} {comes} to the same, with as many runs as often: the figures tie.", *priced)


def cheaper(best: Costed, options: Sequence[Costed], found: Ageing | None) -> Sentence:
    """Return why an option with a rhythm that costs less than one without is not taken, where there is one."""
    own = yearly(best, found)
    costs = [(cost, one) for one in options if one.option.every_days and (cost := yearly(one, found)) is not None]
    least, other = min(costs, key=lambda pair: pair[0], default=(None, best))
    if own is None or least is None or best.option.every_days is not None or least >= own:
        return ()
    saved = derived(
        QUANTITY("retraining.cheapest.saves", title=other.option.title),
        own - least,
        source=f"{best.total.id}, {other.total.id}",
    )
    title = other.option.title
    if found and found.state == "bounded":
        title = f"At that pace “{title}”"
    sooner = (f" {title} would cost ", saved, " less in the next twelve months")
    runs, fewer = other.dated_cost.number, best.dated_cost.number
    if found is None or runs is None or fewer is None or runs <= fewer:
        return (*sooner, ", but answers no change between two runs: it is right where none is to be expected.")
    basis = f"{other.dated_cost.id}, {best.dated_cost.id}"
    more = derived(QUANTITY("retraining.cheapest.runs_more", title=other.option.title), runs - fewer, source=basis)
    return (
        *sooner,
        ". The dearer option is taken all the same while no ageing is proven: were there none, the cheaper one's runs "
        "would cost ",
        more,
        " more and save nothing. It is right once ageing is proven, as an earlier version that scores on in the "
        "shadow would show.",
    )


def _unpriced(best: Costed, own: Costed | None, at: Known) -> Sentence:
    """Return the reason where ageing has no price: what the error does with age, and whose choice stands."""
    rise = at.fact("retraining.decay.after_30_days")
    kept = "the team's own option stands" if own is best else "the option with the cheapest runs is named"
    if rise.low is None or rise.high is None:
        return (f"What an ageing model costs cannot be worked out, so {kept}; its reason is not in the data.",)
    if rise.high < 0:
        return (f"An older model does not err more in these data, so age is no reason to retrain; {kept}.",)
    if rise.low <= 0:
        return (f"These data show no ageing, and an error has no declared price, so {kept}.",)
    return ("In thirty days of age the error rises by ", rise, f"; no price is declared for that, so {kept}.")


_YEARLY = (
    ("runs_per_year", "per year"),
    ("cost_per_year", "money"),
    ("staleness_per_year", "money"),
    ("total_per_year", "money"),
)
"""What the recommended option comes to in the next twelve months."""


def recommended_facts(best: Costed | None, project: Project, found: Ageing | None, shortest: float) -> tuple[Fact, ...]:
    """Return the recommended option: its name, interval, gaps, ages, and what it comes to in twelve months."""
    head = "retraining.recommended"
    if best is None:
        why = NO_OPTIONS if not project.settings.retraining.options else "no option is chosen, and none has a cost"
        return tuple(
            missing(f"{head}.{name}", why, unit=unit, label=f"Recommended retraining, {name.replace('_', ' ')}")
            for name, unit in (("name", ""), ("interval", "days"), ("scheduled", "flag"), *_YEARLY)
        )
    interval = longest_gap(best.option, project)
    low, high = _around(found, interval, shortest)
    return (
        derived(QUANTITY("{head}.name", head=head), best.option.title),
        flag(QUANTITY("{head}.scheduled", head=head), best.option.every_days is not None),
        flag(QUANTITY("{head}.paced", head=head), best.paced),
        derived(
            f"{head}.interval",
            interval,
            unit="days",
            label="Recommended interval",
            low=low,
            high=high,
            range=SCENARIO,
            method="interval of the recommended option, at most the declared maximum gap; range: intervals within a "
            "tenth of the least cost; without a schedule, from the shortest that the data could justify",
            source=best.interval.id,
            reason=lacking("no schedule is recommended, and no longest gap is declared", "retraining.maximum_gap_days"),
        ),
        derived(QUANTITY("{head}.counts", head=head), _counts(best)),
        replace(best.gap, id=f"{head}.gap_longest"),
        *_ages(best, head),
        replace(best.runs, id=f"{head}.expected"),
        *(
            replace(fact, id=f"{head}.{name}")
            for (name, _), fact in zip(_YEARLY, (best.dated, best.dated_cost, best.staleness, best.total), strict=True)
        ),
    )


def _counts(best: Costed) -> str:
    return PACED_ONES if best.paced else DATED_ONES if best.year else EXPECTED_ONES


def _ages(best: Costed, head: str) -> Iterator[Fact]:
    """Yield how old the versions of the next twelve months are when they take over, and when the next one does."""
    spells = best.year.spells if best.year else ()
    for name, words, value in (
        ("youngest", "takes over, the youngest", min((first for first, _ in spells), default=None)),
        ("oldest", "is relieved, the oldest", max((last for _, last in spells), default=None)),
    ):
        yield derived(QUANTITY("{head}.{age}", head=head, age=name, words=words), value)


def _around(found: Ageing | None, interval: int | None, most_often: float) -> tuple[float | None, float | None]:
    """Return the intervals within a tenth of the least cost, where the recommended one is among them.

    Where no schedule is justified: from the shortest one that the data could justify.
    """
    if found is None or interval is None:
        return None, None
    if found.state != "visible":
        shortest = max(found.doubt.best(found.doubt.upper).interval, most_often)
        return (shortest, float(interval)) if shortest <= interval else (None, None)
    low, high = found.doubt.flat()
    return (low, high) if low <= interval <= high < float("inf") else (None, None)
