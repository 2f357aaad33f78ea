"""How a model ages, found in ledgers of worlds that wander, stand still or jump, and told when it cannot be."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import pytest

from generator.records.evidence import Evidence
from generator.records.ledger import LOSSES, Ledger, Linear
from generator.records.project import Project, Retraining, Version
from generator.stats.comoments import co_of
from generator.subjects.ageing import ageing
from tests.stats.ageing_worlds import stack, tables
from tests.subjects import worlds


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Ledger]:
    folder: Path = tmp_path_factory.mktemp("world")
    return worlds.ledger(folder, None, worlds.rows(30, 2, entities=60))


def told(base: tuple[Project, Ledger], found: list[np.ndarray], *, link: str = "identity", **plan: object) -> Evidence:
    """Return what is found of a linear model fitted on the first three days, in a ledger of all days."""
    project, ledger = base
    past = np.vstack(found[:3])
    x = np.column_stack([np.ones(len(past)), past[:, :-1]])
    b = np.linalg.lstsq(x, past[:, -1], rcond=None)[0]
    design = [np.column_stack([one[:, :-1], b[0] + one[:, :-1] @ b[1:], one[:, -1]]) for one in found]
    rows = np.vstack(design)
    group = np.arange(len(rows)) % 64
    width = found[0].shape[1] - 1
    model = Linear(
        columns=tuple(f"x{i}" for i in range(width)),
        features=tuple(f"x{i}" for i in range(width)),
        coefficients=b[1:],
        intercept=float(b[0]),
        link=link,  # type: ignore[arg-type]  # a literal
    )
    losses = ledger.production.losses
    assert losses is not None
    day = losses.day[: len(found)].copy()
    for place, one in enumerate(design):
        error = one[:, -2] - one[:, -1]
        sums = {"n": len(one), "rows": len(one), "e": error.sum(), "e2": (error**2).sum(), "abs": np.abs(error).sum()}
        for name, value in sums.items():
            day[place, LOSSES.index(name)] = value
    production = dataclasses.replace(
        ledger.production,
        days=ledger.production.days[: len(found)],
        losses=dataclasses.replace(losses, day=day),
        design=stack([co_of(rows[group == g]) for g in range(64)]),
        design_day=stack([co_of(one) for one in design]),
    )
    settings = dataclasses.replace(project.settings, retraining=Retraining(**plan))  # type: ignore[arg-type]  # keys
    return ageing.run(
        dataclasses.replace(project, settings=settings),
        dataclasses.replace(ledger, linear=model, production=production),
    )


def test_a_world_that_stands_still_shows_no_ageing(base: tuple[Project, Ledger]) -> None:
    found = told(base, tables(4, 30))
    worlds.check(found)
    assert found.fact("retraining.decay.visible").value is False
    assert worlds.value(found, "retraining.value_of_refit.rows_needed") > 0
    assert worlds.value(found, "retraining.ladder.refit.gain") < 0.05


def test_a_wandering_world_ages_at_the_pace_of_its_coefficients(base: tuple[Project, Ledger]) -> None:
    found = told(base, tables(1, 30, width=60, step=0.02))
    worlds.check(found)
    assert found.fact("retraining.decay.by_backtest").value is True
    assert found.fact("retraining.decay.visible").value is True
    assert worlds.value(found, "retraining.decay.scale") == pytest.approx(60 * 0.02**2, rel=0.6)
    assert (worlds.value(found, "retraining.decay.window"), worlds.value(found, "retraining.decay.oldest")) == (5, 10)
    assert len(worlds.table_of(found, "retraining.decay_curve").rows) == 11
    in_sample, excess, new = (
        worlds.value(found, f"retraining.value_of_refit.{name}") for name in ("in_sample", "excess", "out_of_sample")
    )
    assert in_sample > excess > new > 0


def test_a_jump_is_mended_by_a_refit_and_by_no_new_level(base: tuple[Project, Ledger]) -> None:
    found = told(base, tables(5, 30, jump=(12, 0.3)))
    assert worlds.value(found, "retraining.ladder.refit.gain") > 1.0
    assert worlds.value(found, "retraining.ladder.intercept.gain") < 0.1


def test_a_new_level_mends_a_constant_shift(base: tuple[Project, Ledger]) -> None:
    shifted = [one + np.append(np.zeros(20), 3.0 * (day >= 10)) for day, one in enumerate(tables(6, 30))]
    found = told(base, shifted)
    assert worlds.value(found, "retraining.ladder.intercept.gain") == pytest.approx(9.0, rel=0.2)


@pytest.mark.parametrize(("days", "rows", "why"), [(12, 300, "fifteen days"), (30, 6, "too few rows")])
def test_too_little_says_so(base: tuple[Project, Ledger], days: int, rows: int, why: str) -> None:
    found = told(base, tables(7, days, rows=rows))
    assert why in worlds.table_of(found, "retraining.decay_curve").reason
    assert found.fact("retraining.decay.by_backtest").value is False


def test_a_model_in_log_odds_is_not_refitted_by_least_squares(base: tuple[Project, Ledger]) -> None:
    found = told(base, tables(8, 30), link="logit")
    assert "only a linear model" in worlds.table_of(found, "retraining.decay_curve").reason
    assert found.fact("retraining.value_of_refit.in_sample").value is None


def version(day: int, effect: float | None) -> Version:
    return Version(version=f"{day}", date=datetime.date(2026, 1, 1) + datetime.timedelta(days=day), effect_value=effect)


def test_without_a_design_three_versions_tell_how_each_aged(base: tuple[Project, Ledger]) -> None:
    history = (version(0, None), version(30, 0.3), version(90, 0.6), version(130, 0.4))
    found = told(base, tables(9, 12), history=history)
    assert found.fact("retraining.decay.by_versions").value is True
    assert worlds.value(found, "retraining.decay.after_30_days") == pytest.approx(0.3, rel=0.2)
    two = told(base, tables(9, 12), history=history[:3])
    assert two.fact("retraining.decay.by_versions").value is False


def test_without_versions_the_course_against_a_benchmark_is_an_upper_bound(base: tuple[Project, Ledger]) -> None:
    project, ledger = base
    losses = ledger.production.losses
    assert losses is not None
    day, count = losses.day.copy(), losses.day.shape[0]
    day[:, LOSSES.index("benchmark_n")] = 100.0
    day[:, LOSSES.index("benchmark_d")] = 100.0 * (0.5 * np.arange(count) - 20.0)
    production = dataclasses.replace(ledger.production, losses=dataclasses.replace(losses, day=day))
    found = ageing.run(project, dataclasses.replace(ledger, production=production))
    assert found.fact("retraining.decay.by_course").value is True
    assert found.fact("retraining.decay.visible").value is False
    assert worlds.value(found, "retraining.decay.scale") == pytest.approx(0.5)


def test_nothing_at_all_says_how_to_measure_it(base: tuple[Project, Ledger]) -> None:
    project, ledger = base
    found = ageing.run(project, ledger)
    reason = found.fact("retraining.decay.method").reason
    assert "only a linear model" in reason and "effect_value" in reason and "benchmark" in reason
