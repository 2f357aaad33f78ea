"""Rows of another shape are refused with the way on, and rows that merely look like it are not."""

from pathlib import Path

import pytest

from generator.errors import InputError
from generator.load.guess import KnownColumns, guess
from generator.records.inspection import InspectedColumn, Inspection, Said

PLAIN = (
    InspectedColumn(name="sales", kind="number"),
    InspectedColumn(name="sales_pred", kind="number"),
    InspectedColumn(name="size", kind="number"),
)
DAYS = tuple(map(str, range(1, 15)))


def number(name: str, levels: tuple[str, ...] | None = None, **more) -> InspectedColumn:
    return InspectedColumn(name=name, kind="number", levels=levels, **more)


def roles(*more: InspectedColumn, said: Said | None = None, known: KnownColumns | None = None):
    return guess(Inspection(rows=900, columns=(*PLAIN, *more)), said or Said(), known or KnownColumns())


@pytest.mark.parametrize("places", ["rank", "position", "itemRank", "relevance"])
@pytest.mark.parametrize("lists", ["query_id", "qid", "sessionId", "search"])
def test_ranked_lists_are_refused(lists: str, places: str):
    columns = (number(lists), number(places, DAYS))
    with pytest.raises(InputError, match=f"ranked lists: {places} is a place within {lists}") as caught:
        roles(*columns)
    assert f"--exclude {places}" in caught.value.problems[0].hint
    assert roles(*columns, said=Said(exclude=(places,))).target == "sales"  # as the message says


@pytest.mark.parametrize("name", ["horizon", "steps_ahead", "days_ahead", "forecastHorizon"])
def test_several_horizons_are_refused(name: str):
    with pytest.raises(InputError, match=f"several horizons in {name}: 1, 2, 3, 4, 5") as caught:
        roles(number(name, DAYS))
    assert "keep the rows of one in a file" in caught.value.problems[0].hint
    assert roles(number(name, DAYS), said=Said(exclude=(name,))).target == "sales"
    assert roles(number(name, ("7",))).target == "sales"  # one horizon is none to choose
    assert roles(number(name, None)).target == "sales"  # so many values are an input


def test_a_lead_time_is_an_input():
    assert roles(number("lead_time", DAYS)).target == "sales"


@pytest.mark.parametrize("name", ["rank", "query_id", "session", "leader", "positions_held", "headcount"])
def test_one_such_name_alone_is_no_list(name: str):
    assert roles(number(name)).target == "sales"


def test_what_a_model_takes_is_its_input_whatever_its_name():
    known = KnownColumns(features=("horizon", "size"))
    found = roles(number("horizon", DAYS), said=Said(model=Path("m.skops"), target="sales"), known=known)
    assert [c.name for c in found.features] == ["horizon", "size"]


@pytest.mark.parametrize("name", ["q10", "q_90", "p05", "quantile_0_9", "sales_q50", "lower", "upper_bound", "pi_high"])
def test_quantiles_of_a_forecast_are_no_inputs_and_that_is_said(name: str):
    found = roles(number(name))
    assert name in found.exclude and name not in [c.name for c in found.features]
    (told,) = [each for each in found.guesses if each.value == name]
    assert "quantile or bound" in told.why


@pytest.mark.parametrize(
    "name", ["yhat_lower", "sales_pred_hi", "upper_forecast", "SalesPredLower", "lower_sales_pred"]
)
def test_bounds_by_the_name_of_a_prediction_are_no_inputs(name: str):
    found = roles(number(name), said=Said(prediction="sales_pred"))
    assert name in found.exclude and name not in [c.name for c in found.features]


@pytest.mark.parametrize("name", ["q", "p", "power", "lowermost", "sq100m", "loan", "size_lower"])
def test_other_names_are_inputs(name: str):
    assert name in [c.name for c in roles(number(name)).features]


def chances(**more) -> Inspection:
    return Inspection(rows=900, columns=(number("late", ("0", "1")), number("late_pred", **more), number("size")))


@pytest.mark.parametrize("levels", [("0", "1"), ("0.0", "1.0"), ("1",)])
def test_decisions_are_no_probabilities(levels: tuple[str, ...]):
    with pytest.raises(InputError, match="decisions, not probabilities") as caught:
        guess(chances(levels=levels), Said(), KnownColumns())
    assert "predict_proba" in caught.value.problems[0].hint


@pytest.mark.parametrize(("span", "odd"), [((0.0, 97.0), "97"), ((-2.5, 0.4), "-2.5"), ((0.0, 1.01), "1.01")])
def test_scores_are_no_probabilities(span: tuple[float, float], odd: str):
    with pytest.raises(InputError, match=f"late_pred holds {odd}, and a probability lies between 0 and 1"):
        guess(chances(span=span), Said(), KnownColumns())


@pytest.mark.parametrize("more", [{"span": (0.0, 1.0)}, {"levels": ("0", "0.5", "1")}, {}])
def test_probabilities_are_taken(more):
    assert guess(chances(**more), Said(), KnownColumns()).prediction == "late_pred"


@pytest.mark.parametrize(
    ("levels", "span", "told"),
    [
        (("0", "1", "2"), (0.0, 0.9), True),
        (("1", "2", "3", "4"), (0.1, 1.0), True),
        (("0", "1", "2"), (0.0, 1.9), False),
        (("0", "2", "4"), (0.0, 0.9), False),
        (tuple(map(str, range(11))), (0.0, 0.9), False),
    ],
)
def test_whole_numbers_that_may_be_classes_are_told(levels: tuple[str, ...], span: tuple[float, float], told: bool):
    columns = (number("kind", levels), number("chance", span=span), number("size"))
    found = guess(Inspection(rows=900, columns=columns), Said(target="kind", prediction="chance"), KnownColumns())
    why = [each.why for each in found.guesses if each.key == "data.task"]
    assert (found.outcome.task, bool(why)) == ("regression", told)
    assert all("--positive ONE --negative OTHER" in each for each in why)


DAY = 86_400.0


@pytest.mark.parametrize(
    ("name", "low", "taken"),
    [
        ("timestamp", 1_775_000_000.0, True),
        ("created_at", 1_775_000_000_000.0, True),
        ("amount", 1_775_000_000.0, False),
        ("timestamp", 1_775_000.0, False),
        ("timestamp", 9_000_000_000.0, False),
    ],
)
def test_numbers_since_1970_are_the_time_by_their_name_and_span(name: str, low: float, taken: bool):
    found = roles(number(name, span=(low, low + 20 * DAY)))
    assert (found.time == name, name in [c.name for c in found.features]) == (taken, not taken)
