"""Takes what correcting the level gains, what watches the level and whether a retraining comes, gives one advice on it.

It is for a version that serves: one that serves nobody is not corrected where a retrained version takes its place.
"""

from generator.records.fact import Fact, Sentence
from generator.records.project import Project, Rule
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.causes._mending import Mending
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.rules import rule_levels, title_of

QUANTITY, TABLE = quantities(__file__), tables(__file__)

GAIN = "retraining.ladder.intercept.gain"
NOBODY = "not declared"


def recalibration(at: Known, project: Project, steps: tuple[Mending, ...], now: Fact) -> tuple[tuple[Fact, ...], Table]:
    """Return whether to recalibrate now, who does it, and one row with the reason, the trigger and the price."""
    step = next((one for one in steps if one.step == "intercept"), None)
    saved, cost, back = map(_known, (step.saved, step.cost, step.payback) if step else (None, None, None))
    pays, replaced = _pays(at, saved), now.value is True and not project.settings.state.serves
    advice = flag(
        QUANTITY("retraining.recalibrate"),
        False if replaced else pays,
        source=GAIN,
        reason=at.fact(GAIN).reason or "what correcting the level gains is not known",
    )
    rule = next((one.rule for one in rule_levels(project) if one.rule.metric == "bias"), None)
    owner = (rule.owner if rule else None) or project.settings.retraining.owner or project.settings.project.owner
    who = derived(QUANTITY("retraining.recalibrate.owner"), owner or NOBODY)
    line: tuple[Cell, ...] = (
        rule.id if rule else "",
        title_of(rule) if rule else "",
        _reason(pays, back, replaced=replaced),
        _when(rule, project),
        owner or NOBODY,
        *(one or () for one in (cost, saved, back)),
    )
    rows = (line,) if pays is not None or replaced else ()
    return (advice, who), TABLE("retraining.recalibration", rows, reason=advice.reason)


def _known(fact: Fact | None) -> Fact | None:
    return None if fact is None or fact.number is None else fact


def _pays(at: Known, saved: Fact | None) -> bool | None:
    """Return whether correcting the level surely saves; without a price, whether it surely lowers the error."""
    gain = saved or at.fact(GAIN)
    return None if gain.number is None else gain.low is not None and gain.low > 0


def _reason(pays: bool | None, back: Fact | None, *, replaced: bool) -> Sentence:
    if replaced and pays:
        return ("this version serves nobody, and a retrained one is to take its place",)
    if replaced or not pays:
        return ("it is not shown that correcting the level alone would lower the error",)
    paid: Sentence = (", paid back after ", back) if back else ()
    return ("correcting the level surely lowers the error", *paid)


def _when(rule: Rule | None, project: Project) -> Sentence:
    if rule is None:
        return ("when a build shows that it pays; no alert watches the level",)
    again = project.settings.retraining.training.holdout_days
    words: Sentence = (f"when “{title_of(rule)}” fires for the version that serves",)
    if again is None:
        return words
    wait = derived(QUANTITY("retraining.recalibrate.wait"), again)
    return (*words, ", once in ", wait, " at most")
