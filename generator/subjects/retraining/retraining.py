"""Takes the retraining plan and the evidence, gives costs, triggers held against the data, and a recommendation."""

from itertools import takewhile

from generator.records.decision import Decision, Decisions
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Project
from generator.records.reason import lacking
from generator.records.table import Cell, Mark, Table
from generator.results.words import quantities, tables
from generator.stats import alarms
from generator.subjects.calendar import learnable
from generator.subjects.causes import mending_table, mendings, recalibration
from generator.subjects.kit.facts import derived, flag
from generator.subjects.kit.known import Known, known, number_of
from generator.subjects.limits.measured import validation
from generator.subjects.limits.series import rows_a_day
from generator.subjects.retraining._ageing import Ageing, ageing, best_facts, money_per_error
from generator.subjects.retraining._curve import curve_table
from generator.subjects.retraining._flips import alike, flips_table
from generator.subjects.retraining._options import Basis, Costed, cost_formula, costed_options, run_cost, run_parts
from generator.subjects.retraining._paced import cycle
from generator.subjects.retraining._policies import policies, policies_table, policy_facts
from generator.subjects.retraining._policies import triggered as by_trigger
from generator.subjects.retraining._recommend import (
    NO_OPTIONS,
    cheaper,
    feasible,
    reason,
    recommend,
    recommended_facts,
    run_cost_limits,
    tied,
    unkept,
)
from generator.subjects.retraining._triggers import (
    fires_any,
    firing_table,
    hold_all,
    most_a_year,
    needed,
    since,
    triggered_a_year,
    triggered_cost,
    triggers_table,
    watched_facts,
)

QUANTITY, TABLE = quantities(__file__), tables(__file__)


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Work out what ageing and runs cost, evaluate the triggers and recommend."""
    at = known(evidence, earlier)
    parts = run_parts(project)
    cost, money = run_cost(parts), money_per_error(at, project)
    found, why = ageing(at, money, cost, cycle(at).number or 0.0)
    simulated, held = policies(at, project, found), hold_all(at, project)
    now, triggered = fires_any(held), triggered_a_year(held, at)
    basis = Basis(
        project=project,
        at=at,
        cost=cost,
        found=found,
        reason=why,
        triggered=by_trigger(simulated),
        pace=triggered,
        asked=learnable(at, now, map(since, held)),
    )
    options = costed_options(basis)
    left = feasible(options, at)
    best = recommend(left, project.settings.retraining.chosen, found)
    least, flips = best_facts(found, why), flips_table(left, project, found)
    most, steps = most_a_year(at), mendings(at, project, money, cost)
    level, advice = recalibration(at, project, steps, now)
    recommended = recommended_facts(best, project, found, cycle(at).number or 0.0)
    added = triggered_cost(triggered, cost, most, best.dated if best else most)
    facts = (
        cost,
        _lacks(project),
        money,
        *(*least, *(fact for one in options for fact in one.facts)),
        now,
        *(*watched_facts(held), *level),
        *(triggered, most, added),
        _paced(options),
        *recommended,
        *needed({fact.id: fact for fact in recommended}, now, added, project),
        *_break_even(best, left, cost, at, project, found),
        *policy_facts(simulated, why),
        *_states(found),
        *_course(at),
        *alike(flips),
        _outlasts(at, cost, money, best),
    )
    return Decisions(
        facts=facts,
        tables=(
            _options_table(options, left, cost),
            _formula(cost_formula(parts, cost)),
            triggers_table(held, at, project),
            firing_table(held),
            flips,
            _reasons(best, options, left, project, found, at, facts),
            policies_table(simulated, why),
            *(mending_table(steps, at, money), advice),
            curve_table(found, why),
        ),
        findings=tuple(_contradiction(one, cost) for one in options if one.agrees is False),
        triggers=tuple(one.value for one in held),
    )


def _outlasts(at: Known, cost: Fact, money: Fact, best: Costed | None) -> Fact:
    """Return whether a refit is paid back only after the next scheduled run has come."""
    once, each, gain = cost.number, money.number, at.number("retraining.ladder.refit.gain")
    days, value = best.option.every_days if best else None, None
    if once is not None and each is not None and gain is not None and gain > 0 and days is not None:
        value = once > gain * each * days
    return flag(QUANTITY("retraining.ladder.refit.outlasts"), value)


def _paced(options: tuple[Costed, ...]) -> Fact:
    """Return whether options without a rhythm are costed at the pace of the triggers; nothing where all have one."""
    free = [one.paced for one in options if one.option.every_days is None]
    return flag(QUANTITY("retraining.paced"), any(free) if free else None)


def _states(found: Ageing | None) -> tuple[Fact, ...]:
    return tuple(
        flag(QUANTITY("retraining.ageing.{state}", state=state), found is not None and found.state == state)
        for state in ("visible", "hidden", "bounded", "absent")
    )


def _course(at: Known) -> tuple[Fact, ...]:
    """Return whether the error surely rises with age, and whether it surely falls."""
    rise = at.fact("retraining.decay.after_30_days")
    surely = {
        "rises": None if rise.low is None else rise.low > 0,
        "falls": None if rise.high is None else rise.high < 0,
    }
    return tuple(
        flag(QUANTITY("retraining.ageing.{word}", word=word), sure, source=rise.id, reason=rise.reason)
        for word, sure in surely.items()
    )


def _lacks(project: Project) -> Fact:
    """Return which work of a run has neither hours nor a cost."""
    run = project.settings.retraining.run
    parts = {
        "validation": (run.validation_hours, run.validation_cost),
        "rollout": (run.rollout_hours, run.rollout_cost),
        "sign-off": (run.signoff_hours,),
    }
    names = [name for name, said in parts.items() if all(one is None for one in said)]
    words = ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1] if names else None
    return derived(QUANTITY("retraining.run.lacks"), words)


def _break_even(
    best: Costed | None, options: tuple[Costed, ...], cost: Fact, at: Known, project: Project, found: Ageing | None
) -> tuple[Fact, ...]:
    per_unit, one = project.settings.business.loss_per_unit_error, number_of(cost)
    days = best.option.every_days if best else None
    before, rows = validation(at.shelf, "mae"), rows_a_day(at)
    mae = before.number
    known_all = None not in (per_unit, one, days, mae, rows)
    level = alarms.break_even_mae(mae or 0, one or 0, rows or 0, per_unit or 0, days or 0) if known_all else None
    limits, fixed = run_cost_limits(best, options, found, one), found is not None and days is not None
    reason = "it needs ageing in money and a recommended option with a fixed interval"
    return (
        derived(QUANTITY("retraining.break_even.mae"), level, unit=before.unit, source=f"{before.id}, {cost.id}"),
        *(
            derived(
                QUANTITY("retraining.break_even.{name}", name=name),
                value,
                label=label,
                source="retraining.decay.scale",
                reason=why,
            )
            for name, label, value, why in (
                (
                    "run_cost",
                    "Cost of a run above which a longer interval is cheaper",
                    limits[1],
                    "no longer interval is among the options" if fixed else reason,
                ),
                (
                    "run_cost_low",
                    "Cost of a run below which a shorter interval is cheaper",
                    limits[0],
                    "no shorter interval can be kept" if fixed else reason,
                ),
            )
        ),
    )


def _options_table(options: tuple[Costed, ...], left: tuple[Costed, ...], cost: Fact) -> Table:
    marks: dict[bool | None, Mark | str] = {
        True: Mark(status="ok", word="agrees"),
        False: Mark(status="confirmed", word="contradicts"),
        None: "",
    }
    rows = (
        (
            one.option.title,
            one.interval,
            "yes" if one in left else "no, a rollout takes longer",
            one.gap,
            one.dated,
            cost,
            one.dated_cost,
            one.staleness,
            one.total,
            one.stated,
            one.difference,
            marks[one.agrees],
            one.option.pros or "",
            one.option.cons or "",
        )
        for one in options
    )
    return TABLE("retraining.options", rows, reason=NO_OPTIONS)


def _formula(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    return TABLE("retraining.cost_formula", rows, reason=lacking("the cost of a run is not declared", "retraining.run"))


def _reasons(
    best: Costed | None,
    options: tuple[Costed, ...],
    left: tuple[Costed, ...],
    project: Project,
    found: Ageing | None,
    at: Known,
    facts: tuple[Fact, ...],
) -> Table:
    own = next((one for one in options if one.option.id == project.settings.retraining.chosen), None)
    words = reason(best, own, found, at, {fact.id: fact for fact in facts}) if best else ()
    if own is not None and own not in left:
        words = (
            f"{own.option.title} cannot be kept: a new version needs at least ",
            cycle(at),
            *_stages(project, at),
            ". ",
            *words,
            *(unkept(own, best, found) if best else ()),
        )
    words = (*words, *tied(best, left), *cheaper(best, left, found)) if best else words
    rows = ((words,),) if best else ()
    none = "no option is chosen, and none has a cost" if options else NO_OPTIONS
    return TABLE("retraining.reasons", rows, reason=none)


def _stages(project: Project, at: Known) -> Sentence:
    """Return what a later version waits for before it has all the traffic, each with its days; they add up."""
    routine = [one for one in project.settings.rollout.stages if not one.launch_only][:-1]
    days = {one.name: at.fact(f"rollout.{segment_of(one.name)}.days_planned") for one in routine}
    unseen = list(takewhile(lambda one: not one.traffic, routine))
    judged = at.fact("declared.retraining.training.holdout_days")
    waits = (judged.number or 0) > 1 + sum(days[one.name].number or 0 for one in unseen)
    parts = [(f"{one.name} ", days[one.name]) for one in (routine[len(unseen) :] if waits else routine)]
    words = [part for one in parts for part in (", ", *one)]
    if waits:
        return (" until its last stage begins (", judged, " until it is judged", *words, ", a day for the switch)")
    return (" until its last stage begins (", *words[1:], ", a day each for the run and the switch)") if words else ()


def _contradiction(one: Costed, cost: Fact) -> Finding:
    words = (
        f"Retraining “{one.option.title}” is stated at ",
        one.stated,
        " a year, but ",
        one.runs,
        " runs at ",
        cost,
        " cost ",
        one.cost,
        " without rollouts: the stated figure implies ",
        one.implied,
        " to ",
        one.implied_whole,
        " a run.",
    )
    return finding(
        f"claim.retraining.{segment_of(one.option.id)}",
        "claim",
        "confirmed",
        f"cost of retraining “{one.option.title}”",
        words,
        Claim(what="cost_per_year", relation="differs", value=one.stated, baseline=one.cost),
    )


DECISION = Decision(id="retraining", title="When to retrain and what it costs", run=run)
