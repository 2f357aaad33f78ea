"""Takes the retraining plan and the evidence, gives costs, triggers held against the data, and a recommendation."""

from __future__ import annotations

from generator.decide._facts import columns, derived, flag, table
from generator.decide._known import Known, known, number_of
from generator.decide._options import DAYS_A_YEAR, Costed, cost_formula, costed_options, run_cost, run_parts
from generator.decide._recommend import reasons, recommend
from generator.decide._triggers import fires_any, flag_of, hold_all, triggered_a_year, triggers_table
from generator.records.decision import Decision, Decisions
from generator.records.evidence import Evidence, Finding
from generator.records.fact import Fact, missing, segment_of
from generator.records.project import Project
from generator.records.table import Cell, Mark, Table
from generator.stats import alarms

NO_OPTIONS = "no retraining options declared (retraining.options)"
MONTHS = 12


def run(project: Project, evidence: Evidence, earlier: Decisions) -> Decisions:
    """Cost the options, evaluate the triggers and recommend."""
    at = known(evidence, earlier)
    parts = run_parts(project)
    cost = run_cost(parts)
    options = costed_options(project, cost)
    held = hold_all(at, project)
    now, loss = fires_any(held), _yearly_loss(at)
    best = recommend(options, project.settings.retraining.chosen, flag_of(now), number_of(loss))
    return Decisions(
        facts=(
            cost, *(fact for one in options for fact in one.facts), now, loss, triggered_a_year(held),
            *_recommended(best, project), *_break_even(best, cost, loss, at, project),
            _flips(options, project, flag_of(now), loss),
        ),
        tables=(
            _options_table(options, cost), _formula(cost_formula(parts, cost)), triggers_table(held, project),
            _sensitivity(options, project, flag_of(now), loss), _reasons(best, options, project, now, loss),
        ),
        findings=tuple(_contradiction(one, cost) for one in options if one.agrees is False),
        triggers=tuple(one.value for one in held),
    )


def _yearly_loss(at: Known) -> Fact:
    monthly = at.fact("business.loss_increase_per_month")
    value = number_of(monthly)
    return derived(
        "retraining.loss_increase_per_year", None if value is None else value * MONTHS, unit="money",
        label="Loss a year against validation", method="loss increase a month × 12", source=monthly.id,
        reason=monthly.reason, low=None if monthly.low is None else monthly.low * MONTHS,
        high=None if monthly.high is None else monthly.high * MONTHS,
    )


def _recommended(best: Costed | None, project: Project) -> tuple[Fact, ...]:
    head = "retraining.recommended"
    if best is None:
        why = NO_OPTIONS if not project.settings.retraining.options else "no option is chosen, and none has a cost"
        return tuple(
            missing(f"{head}.{name}", why, unit=unit)
            for name, unit in (("name", ""), ("interval", "days"), ("cost_per_year", "money"))
        )
    longest, days = project.settings.retraining.maximum_gap_days, best.option.every_days
    known_days = [value for value in (days, longest) if value is not None]
    return (
        derived(f"{head}.name", best.option.title, label="Recommended option", method="rule in retraining.reasons"),
        derived(
            f"{head}.interval", min(known_days) if known_days else None, unit="days", label="Recommended interval",
            method="interval of the recommended option, at most the declared maximum gap", source=best.interval.id,
            reason="the recommended option has no fixed interval, and no maximum gap is declared",
        ),
        derived(
            f"{head}.cost_per_year", best.cost.value, unit="money", label="Cost a year of the recommended option",
            method=best.cost.method, source=best.cost.id, reason=best.cost.reason,
        ),
    )


def _break_even(best: Costed | None, cost: Fact, loss: Fact, at: Known, project: Project) -> tuple[Fact, ...]:
    per_unit, one = project.settings.business.loss_per_unit_error, number_of(cost)
    days = best.option.every_days if best else None
    mae, rows, yearly = at.number("performance.mae.validation"), at.number("data.production.per_day"), number_of(loss)
    known_all = None not in (per_unit, one, days, mae, rows)
    level = alarms.break_even_mae(mae or 0, one or 0, rows or 0, per_unit or 0, days or 0) if known_all else None
    return (
        derived(
            "retraining.break_even.mae", level, unit=at.fact("performance.mae.validation").unit,
            label="MAE from which a retraining pays before the next scheduled one",
            method="validation MAE + cost of a run / (rows a day × loss per unit of error × interval)",
            source=f"performance.mae.validation, {cost.id}",
            reason="it needs the validation MAE, the cost of a run and of an error, and an interval",
        ),
        derived(
            "retraining.break_even.run_cost", yearly * days / DAYS_A_YEAR if yearly is not None and days else None,
            unit="money", label="Cost of a run at which the recommended interval stops paying",
            method="measured yearly loss / runs a year", source=loss.id,
            reason=loss.reason or "the recommended option has no fixed interval",
        ),
    )


def _options_table(options: tuple[Costed, ...], cost: Fact) -> Table:
    heads = columns(
        "option", "interval", "runs: Runs a year", "run_cost: Cost of a run", "cost: Cost a year",
        "stated: Stated", "difference: Stated − recomputed", "status", "*pros", "*cons",
    )
    marks = {
        True: Mark(status="ok", word="agrees"), False: Mark(status="confirmed", word="contradicts"),
        None: Mark(status="info", word="not comparable"),
    }
    rows = (
        (one.option.title, one.interval, one.runs, cost, one.cost, one.stated, one.difference, marks[one.agrees],
         one.option.pros or "", one.option.cons or "")
        for one in options
    )
    return table("retraining.options", "Retraining options", heads, rows, reason=NO_OPTIONS)


def _formula(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    return table("retraining.cost_formula", "What one retraining costs", columns("*item", "amount"), rows,
                 reason="the cost of a run is not declared (retraining.run)")


def _sensitivity(options: tuple[Costed, ...], project: Project, fires: bool | None, loss: Fact) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in options:
        head, base = f"retraining.{segment_of(one.option.id)}", number_of(one.cost)
        scaled = (
            derived(f"{head}.cost_per_year_{name}", None if base is None else base * factor, unit="money",
                    method=f"cost of a run × {factor:g}", source=one.cost.id, reason=one.cost.reason)
            for name, factor in (("tenfold", 10.0), ("tenth", 0.1))
        )
        rows.append((one.option.title, one.cost, *scaled))
    if options:
        picks = _picks(options, project, fires, loss)
        rows.append(("Recommended then", *(pick.option.title if pick else "none" for pick in picks)))
    heads = columns("option", "base: Cost a year", "tenfold: Run ten times dearer", "tenth: Run ten times cheaper")
    return table("retraining.sensitivity", "If a run cost ten times more or less", heads, rows, reason=NO_OPTIONS)


def _picks(options: tuple[Costed, ...], project: Project, fires: bool | None, loss: Fact) -> list[Costed | None]:
    chosen = project.settings.retraining.chosen
    return [recommend(options, chosen, fires, number_of(loss), factor) for factor in (1.0, 10.0, 0.1)]


def _flips(options: tuple[Costed, ...], project: Project, fires: bool | None, loss: Fact) -> Fact:
    picks = _picks(options, project, fires, loss)
    return flag(
        "retraining.sensitivity.flips", any(pick is not picks[0] for pick in picks) if options else None,
        label="A run ten times dearer or cheaper changes the recommendation", method="the same rule at both costs",
        reason=NO_OPTIONS,
    )


def _reasons(
    best: Costed | None, options: tuple[Costed, ...], project: Project, now: Fact, loss: Fact
) -> Table:
    chosen = project.settings.retraining.chosen
    rows = reasons(best, chosen, flag_of(now), loss, options) if best else ()
    reason = "no option is chosen, and none has a cost" if options else NO_OPTIONS
    return table("retraining.reasons", "Why this option", columns("step", "*reason"), rows, reason=reason)


def _contradiction(one: Costed, cost: Fact) -> Finding:
    words = (
        f"Retraining “{one.option.title}” is stated at ", one.stated, " a year, but ", one.runs, " runs at ", cost,
        " cost ", one.cost, ": the stated figure implies ", one.implied, " to ", one.implied_whole, " a run.",
    )
    return Finding(
        id=f"claim.retraining.{segment_of(one.option.id)}", kind="claim", severity="confirmed",
        subject=f"cost of retraining “{one.option.title}”", words=words,
        evidence=(one.stated.id, one.cost.id, cost.id, one.implied.id),
    )


DECISION = Decision(id="retraining", title="When to retrain and what it costs", run=run)
