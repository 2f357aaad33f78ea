"""Takes an experiment and its effects, gives the findings on what was stated of it: units, rows, split, statuses."""

import datetime
import math
import re
from collections.abc import Iterator
from decimal import Decimal

from generator.records.evidence import Claim, Finding, Severity, finding
from generator.records.fact import Fact, Sentence, facts_in, segment_of
from generator.records.project import Outcome
from generator.results.words import quantities
from generator.stats import printed, rounded
from generator.stats.rounded import Rounded, agree, exact
from generator.stats.sequential import sample_ratio_mismatch
from generator.subjects.claims import points_as_percent
from generator.subjects.experiments._arms import ExperimentPlace
from generator.subjects.experiments._effects import OPEN, UNVERIFIABLE, WORSE, Effect, margin_rows, seen_with, title_of
from generator.subjects.kit.facts import dated, derived

QUANTITY = quantities(__file__)

GOOD = re.compile(r"\b(?:pass(?:ed)?|ok|acceptable|good|success(?:ful)?|green|confirmed|met)\b", re.I)
MISMATCH = 0.0005
"""Chance below which the split is taken to be broken: a broken split voids the test, so it is judged strictly."""


def doubt(place: ExperimentPlace, key: str, severity: Severity, subject: str, words: Sentence) -> Finding:
    """Return a finding of kind claim on an experiment: what is stated of it contradicts its numbers."""
    id = f"claim.experiment.{segment_of(place.experiment.id)}.{key}"
    claim = Claim(what=key.rpartition(".")[2], relation="contradicts", value=next(facts_in(words), None))
    return finding(id, "claim", severity, subject, words, claim)


def change_of(effect: Effect, every: tuple[Effect, ...]) -> tuple[str, Finding | None]:
    """Return whether the stated change is the one between the arms, in words, and the finding where it is not."""
    metric = effect.metric
    if metric.stated_change is None or metric.control == 0:
        return "not stated" if metric.stated_change is None else "no control", None
    stated, first, last = printed.read(metric.stated_change), _as_written(metric.control), _as_written(metric.test)
    in_points = rounded.subtract(last, first)
    relative = _relative(first, last)
    if relative is None:
        return "not computable", None
    if stated.unit not in ("share", "change"):
        fits = agree(Rounded(value=stated.number.value, low=stated.number.low, high=stated.number.high), in_points)
        return ("adds up", None) if fits else ("does not add up", _wrong(effect))
    if metric.kind == "proportion" and points_as_percent(stated.number, in_points, relative):
        return "points written as %", _slipped(effect, every)
    return ("adds up", None) if agree(stated.number, relative) else ("does not add up", _wrong(effect))


def _as_written(value: float) -> Rounded:
    """Return a declared number with half a unit of its last digit as its rounding."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return rounded.rounded(value, 0.5 * 10.0 ** min(0, int(exponent)))


def _relative(first: Rounded, last: Rounded) -> Rounded | None:
    try:
        return rounded.subtract(rounded.divide(last, first), exact(1.0))
    except rounded.ArithmeticRefusal:
        return None


def _sides(effect: Effect) -> Sentence:
    return (f"{effect.title} went from ", effect.control, " to ", effect.test)


def _wrong(effect: Effect) -> Finding:
    words: Sentence = (
        *_sides(effect),
        ", which is ",
        effect.difference,
        " or, relative, ",
        effect.relative,
        f"; stated is {effect.metric.stated_change}.",
    )
    return doubt(effect.place, f"{segment_of(effect.metric.name)}.change", "confirmed", effect.title, words)


def _slipped(effect: Effect, every: tuple[Effect, ...]) -> Finding:
    """Percentage points among relative changes; worse where they hide the largest change of all."""

    def size(one: Effect) -> float:
        return abs(one.metric.test / one.metric.control - 1) if one.metric.control else 0.0

    harmful = [one for one in every if one is not effect and _worse(one.metric)]
    hides = _worse(effect.metric) and size(effect) > max(map(size, harmful), default=0.0)
    words: Sentence = (
        *_sides(effect),
        f"; the stated {effect.metric.stated_change} is the difference in percentage points. ",
        "Relative, as the other changes of the table are, it is ",
        effect.relative,
        ", the largest change for the worse." if hides else ".",
    )
    severity: Severity = "confirmed" if hides else "watch"
    return doubt(effect.place, f"{segment_of(effect.metric.name)}.unit", severity, effect.title, words)


def _worse(metric: Outcome) -> bool:
    return (metric.test < metric.control) == metric.higher_is_better and metric.test != metric.control


def findings(place: ExperimentPlace, every: tuple[Effect, ...]) -> Iterator[Finding]:
    """Yield what does not hold of an experiment beyond the stated changes."""
    if place.known is None:
        yield from _unverifiable(place, every)
    else:
        yield from _contradicted(place, every)
    for effect in every:
        if effect.metric.guardrail and effect.status in (OPEN, UNVERIFIABLE) and _said_good(effect.metric):
            yield _untested(place, effect)


def _said_good(metric: Outcome) -> bool:
    return bool(metric.stated_status and GOOD.search(metric.stated_status))


def _unverifiable(place: ExperimentPlace, every: tuple[Effect, ...]) -> Iterator[Finding]:
    """Say that nothing can be verified, how many rows the main effect needs and what the traffic could show."""
    main = next((one for one in every if not one.metric.guardrail and one.significant_rows.value is not None), None)
    if main is None:
        return
    words: Sentence = (
        f"{place.title}: the rows of the arms are not stated, so no result can be verified. {main.title} from ",
        main.control,
        " to ",
        main.test,
        " would be significant from ",
        main.significant_rows,
        " in each arm on; ",
        "to see it in four of five tests takes ",
        main.needed_rows,
        " in each arm.",
    )
    for number, arms in enumerate(place.arms):
        rows, p, _, _ = seen_with(main, arms, number)
        start = "; with " if number else " On the stated traffic, with "
        words = (
            *words,
            start,
            arms.share,
            " of it in the test arm (",
            rows,
            "), chance alone would give as much with a probability of ",
            p,
        )
    yield doubt(place, "rows", "watch", place.title, (*words, "." if place.arms else ""))


def _contradicted(place: ExperimentPlace, every: tuple[Effect, ...]) -> Iterator[Finding]:
    for effect in every:
        if (effect.metric.guardrail and effect.status != WORSE) or not _said_good(effect.metric):
            continue
        if effect.status in (OPEN, WORSE):
            words: Sentence = (
                *_sides(effect),
                f", stated as {effect.metric.stated_status}; the difference is ",
                effect.difference,
                ", chance alone gives as much with a probability of ",
                effect.p,
                f": {effect.status.word}.",
            )
            yield doubt(place, f"{segment_of(effect.metric.name)}.status", "confirmed", effect.title, words)


def _untested(place: ExperimentPlace, effect: Effect) -> Finding:
    metric, id = effect.metric, place.id(effect.metric)
    words: Sentence = (*_sides(effect), f", stated as {metric.stated_status}, but ", *effect.why, ".")
    if effect.needed_rows.value is not None:
        words = (*words, " To see this change takes ", effect.needed_rows, " in each arm.")
    rows = margin_rows(metric)
    if math.isfinite(rows):
        needed = derived(QUANTITY("{id}.rows_margin", id=id, metric=title_of(metric)), int(rows))
        words = (*words, " To show that it is not worse by the margin takes ", needed, " in each arm.")
    return doubt(place, f"{segment_of(metric.name)}.guardrail", "watch", effect.title, words)


def split(place: ExperimentPlace) -> tuple[Fact, Sentence, Finding | None]:
    """Return the chance of the counted split under the planned one, in words, and the finding where it is broken."""
    experiment, id = place.experiment, f"{place.head}.split_p"
    label = "Chance of such a split of the arms"
    if not experiment.n_control or not experiment.n_test or len(experiment.allocation) > 1:
        return derived(id, None, unit="probability", label=label, reason=NO_SPLIT), (), None
    planned = experiment.allocation[0] if experiment.allocation else 0.5
    test = sample_ratio_mismatch([experiment.n_control, experiment.n_test], [1 - planned, planned])
    p = derived(
        id,
        test.p_value,
        unit="probability",
        label=label,
        n=experiment.n_control + experiment.n_test,
        method="chi-square of the split against the planned one, judged at 0.05 %",
    )
    if not test.p_value < MISMATCH:
        return p, ("the arms have the sizes that were planned",), None
    share = derived(QUANTITY("{head}.planned", head=place.head), planned)
    words: Sentence = (
        f"{place.title}: planned was ",
        share,
        " in the test arm, counted ",
        _counted(place),
        "; a fair split gives that with a probability of ",
        p,
        ". The test is void: rows were lost or sent to the wrong arm.",
    )
    return p, ("the split is broken, the test is void",), doubt(place, "split", "confirmed", place.title, words)


NO_SPLIT = "the rows of the two arms, or the planned split, are not stated"


def _counted(place: ExperimentPlace) -> Fact:
    arms = place.known
    assert arms is not None
    return arms.share


def maturity(place: ExperimentPlace, today: datetime.date | None) -> Iterator[Finding]:
    """Yield metrics whose last outcomes could not be known when they were reported."""
    end, when = place.experiment.end, place.project.settings.claims.document_date or today
    for metric in place.experiment.metrics:
        if end is None or when is None or not metric.label_delay_days:
            continue
        known = end + datetime.timedelta(days=metric.label_delay_days)
        if known > when:
            id = place.id(metric)
            ripe = dated(QUANTITY("{id}.mature", id=id), known)
            told = dated(QUANTITY("{id}.reported", id=id), when)
            words: Sentence = (
                f"{title_of(metric)} of {place.title} was reported on ",
                told,
                "; the last outcomes are known only on ",
                ripe,
                ": the figures are not final.",
            )
            yield doubt(place, f"{segment_of(metric.name)}.maturity", "watch", title_of(metric), words)
