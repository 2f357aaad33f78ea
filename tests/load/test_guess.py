from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import InputError
from generator.load.guess import KnownColumns, guess
from generator.load.outcome import GuessedOutcome, outcome
from generator.load.scaffold import scalar, slug
from generator.load.tree import Leaf, parse
from generator.records.inspection import InspectedColumn, Inspection, Said, plain


def column(name: str, kind: str = "number", levels: int | None = None, *, unique: bool = False) -> InspectedColumn:
    few = None if levels is None else tuple(f"l{n}" for n in range(levels))
    return InspectedColumn(name=name, kind=kind, levels=few, unique=unique)  # type: ignore[arg-type] # a test's own word


def table(*columns: InspectedColumn) -> Inspection:
    return Inspection(rows=100, columns=columns)


READY = (column("price"), column("price_pred"), column("size"))
MODEL = Said(model=Path("model.skops"))


def test_nothing_but_what_is_needed_is_guessed():
    roles = guess(table(*READY), Said(), KnownColumns())
    assert (roles.time, roles.entity, roles.segments, roles.exclude) == (None, None, (), ())
    assert [each.key for each in roles.guesses] == ["data.prediction", "data.target"]


@pytest.mark.parametrize(
    ("prediction", "target"),
    [("pred_price", "price"), ("predicted_price", "price"), ("y_pred", "y"), ("yhat", "y")],
)
def test_the_target_is_what_the_prediction_is_named_for(prediction: str, target: str):
    roles = guess(table(column("price"), column("y"), column(prediction)), Said(), KnownColumns())
    assert (roles.prediction, roles.target) == (prediction, target)


def test_a_value_is_preferred_to_a_probability():
    found = guess(table(column("y"), column("y_pred_proba"), column("y_pred")), Said(), KnownColumns())
    assert found.prediction == "y_pred"


def test_the_target_is_the_column_that_only_training_and_production_share():
    known = KnownColumns(features=("size",), trained=(column("size"), column("cost")))
    assert guess(table(column("size"), column("cost"), column("note_count")), MODEL, known).target == "cost"


def test_two_candidates_are_no_guess():
    with pytest.raises(InputError, match="no column looks like the truth"):
        guess(table(column("size"), column("cost"), column("weight")), MODEL, KnownColumns(features=("size",)))


@pytest.mark.parametrize(
    ("found", "target"),
    [
        ({"cost": 0.9, "size": -3.0}, "cost"),
        ({"cost": 0.03, "size": 0.001}, "cost"),
        ({"cost": 0.01, "size": -3.0}, None),
        ({"cost": 0.9, "size": 0.5}, None),
        ({}, None),
    ],
)
def test_the_target_is_the_one_column_that_the_predictions_explain(found: dict[str, float], target: str | None):
    known = KnownColumns(explained=lambda prediction, columns: found)
    rows = table(column("size"), column("cost"), column("p"))
    if target is None:
        with pytest.raises(InputError, match="no column looks like the truth"):
            guess(rows, Said(prediction="p"), known)
        return
    guessed = next(each for each in guess(rows, Said(prediction="p"), known).guesses if each.key == "data.target")
    assert guessed.value == target and guessed.why.startswith("the predictions explain")


@pytest.mark.parametrize(("classifier", "target"), [(False, "cost"), (True, "won")])
def test_the_target_is_of_the_kind_that_the_model_predicts(classifier: bool, target: str):
    known = KnownColumns(features=("size",), classifier=classifier)
    rows = table(column("size"), column("cost"), column("won", "text", 2))
    assert guess(rows, MODEL, known).target == target


def test_a_file_that_was_not_opened_is_offered_to_tell_the_target():
    with pytest.raises(InputError) as caught:
        guess(table(column("size"), column("cost")), MODEL, KnownColumns(closed="d1ce57"))
    assert "--trust d1ce57" in caught.value.problems[0].hint


def test_probabilities_of_other_classes_are_no_inputs():
    rows = table(column("kind", "text", 2), column("proba_a"), column("proba_b"), column("size"))
    found = guess(rows, Said(prediction="proba_a", target="kind", positive="l0"), KnownColumns())
    assert found.exclude == ("proba_b",)


def test_few_values_that_make_texts_of_a_column_are_said():
    odd = replace(column("fee", "text"), odd=(3, "on request", "numbers"))
    why = next(each.why for each in guess(table(*READY, odd), Said(), KnownColumns()).guesses if each.value == "fee")
    assert why.startswith("a category, though nearly all are numbers: 3 values are none, such as 'on request'")


@pytest.mark.parametrize(
    ("given", "entity"),
    [
        (column("customerID", "text"), "customerID"),
        (column("store_id"), "store_id"),
        (column("ticket_key", "text"), "ticket_key"),
        (column("customer", "text", unique=True), None),
        (column("store", "text", 4), None),
        (column("remark", "text"), None),
    ],
)
def test_an_entity_has_a_name_for_it_and_comes_again(given: InspectedColumn, entity: str | None):
    assert guess(table(*READY, given), Said(), KnownColumns()).entity == entity


@pytest.mark.parametrize(
    ("given", "excluded"),
    [
        (column("row_id", unique=True), True),
        (column("comment", "text", unique=True), True),
        (column("size2", unique=True), False),
        (column("empty", "text", 0), True),
        (column("city", "text", 5), False),
    ],
)
def test_what_no_model_can_learn_from_is_excluded(given: InspectedColumn, excluded: bool):
    roles = guess(table(*READY, given), Said(), KnownColumns())
    assert (given.name in roles.exclude) == excluded
    assert (given.name in [feature.name for feature in roles.features]) != excluded


def test_the_date_is_the_one_named_so_and_others_are_excluded():
    dates = (column("expiry", "time"), column("order_date", "time"))
    roles = guess(table(*READY, *dates), Said(), KnownColumns())
    assert (roles.time, roles.exclude) == ("order_date", ("expiry",))


@pytest.mark.parametrize(("levels", "splits"), [(1, False), (2, True), (20, True), (21, False)])
def test_segments_have_two_to_twenty_levels(levels: int, splits: bool):
    roles = guess(table(*READY, column("city", "text", levels)), Said(), KnownColumns())
    assert bool(roles.segments) == splits


def test_a_segment_the_statistics_do_not_know_is_none():
    city = column("city", "text", 3)
    assert not guess(table(*READY, city), Said(), KnownColumns(splits=("region",))).segments


@pytest.mark.parametrize("target", [column("t", "text", 3), column("t", "text")])
def test_several_classes_are_refused(target: InspectedColumn):
    with pytest.raises(InputError, match="neither numbers nor two outcomes"):
        guess(table(*READY, target), replace(Said(), target="t"), KnownColumns())


@pytest.mark.parametrize(
    ("levels", "positive"),
    [
        (("0", "1"), None),
        (("1",), None),
        (("no", "yes"), "yes"),
        (("Churned", "Stayed"), "Churned"),
        (("Canceled", "Not_Canceled"), "Canceled"),
        (("None", "Severe"), "Severe"),
        (("good", "rot"), "rot"),
        (("bad", "good"), "bad"),
        (("a", "b"), "b"),
        (("1", "2"), "1"),
    ],
)
def test_the_outcome_that_happened_counts_as_one(levels: tuple[str, ...], positive: str | None):
    found = outcome(InspectedColumn(name="t", kind="text", levels=levels), None, False)
    assert (found.task, found.positive) == ("binary", positive)


def test_what_is_said_of_an_outcome_is_not_guessed():
    two = InspectedColumn(name="t", kind="text", levels=("no", "yes"))
    assert outcome(two, "no", False) == GuessedOutcome(task="binary", positive="no", negative=("yes",))


def test_a_set_of_outcomes_is_closed_by_training_or_by_what_is_said():
    three, trained = (
        InspectedColumn(name="t", kind="text", levels=levels) for levels in (("No", "Yes", "open"), ("No", "Yes"))
    )
    assert outcome(three, "Yes", False, trained=trained).negative == ("No",)
    assert outcome(three, "Yes", False, negative=("No", "open")).negative == ("No", "open")
    with pytest.raises(InputError, match="beside Yes, the target t holds No, open: which of them count as 0"):
        outcome(three, "Yes", False)


def test_dates_whose_day_and_month_cannot_be_told_apart_are_asked_for():
    forms = ("DD/MM/YYYY", "MM/DD/YYYY")
    dates = InspectedColumn(name="day", kind="time", forms=forms, shown="01/02/2026")
    seen = Inspection(rows=9, columns=(dates, column("price"), column("price_pred")))
    with pytest.raises(InputError, match="such as 01/02/2026, read as DD/MM/YYYY and as MM/DD/YYYY") as caught:
        guess(seen, Said(), KnownColumns())
    assert caught.value.problems[0].hint == "say which with --time-format DD/MM/YYYY"
    assert guess(seen, Said(time_format="MM/DD/YYYY"), KnownColumns()).time_format == "MM/DD/YYYY"


def test_whole_numbers_in_training_and_texts_in_production_are_codes_and_other_numbers_are_refused():
    seen = Inspection(
        rows=9,
        columns=(
            InspectedColumn(name="code", kind="text", levels=("101", "C103")),
            column("price"),
            column("price_pred"),
        ),
    )
    codes = InspectedColumn(name="code", kind="number", levels=("101",), codes=True)
    trained = (codes, column("price"), column("price_pred"))
    assert guess(seen, Said(), KnownColumns(trained=trained)).features[0].kind == "text"
    with pytest.raises(InputError, match="code holds numbers in the training rows and texts such as 'C103'"):
        guess(seen, Said(), KnownColumns(trained=(replace(codes, codes=False), *trained[1:])))


def test_many_numbers_are_a_regression_unless_the_model_is_a_classifier():
    assert outcome(column("t"), None, False).task == "regression"
    with pytest.raises(InputError, match="nor two outcomes"):
        outcome(column("t"), None, True)


def test_one_outcome_alone_is_no_guess():
    with pytest.raises(InputError, match="every known t is no"):
        outcome(InspectedColumn(name="t", kind="text", levels=("no",)), None, False)


@pytest.mark.parametrize(("name", "words"), [("customerID", "customer_id"), ("Order Date", "order_date"), ("é!", "é")])
def test_names_are_compared_by_their_words(name: str, words: str):
    assert plain(name) == words


@pytest.mark.parametrize("text", ["a", "yes", "NO", "1", "1e3", "null", "~", "2026-01-01", "a: b", "#x", "é", '"', " "])
def test_a_scalar_is_read_as_it_was_meant(text: str):
    root, problems = parse(f"key: {scalar(text)}  # remark\nlist: [{scalar(text)}]\n", "file")
    node = root.entries[0].node
    assert isinstance(node, Leaf) and not problems
    assert node.value == text


@pytest.mark.parametrize(("name", "slugged"), [("My model!", "my-model"), ("...", "dossier"), ("", "dossier")])
def test_a_slug_can_name_a_folder(name: str, slugged: str):
    assert slug(name) == slugged


@pytest.mark.parametrize(
    ("name", "span", "dated", "told"),
    [
        ("year", (1900.0, 2100.0), False, True),
        ("fiscalYear", (2021.0, 2026.0), False, True),
        ("year", (1899.0, 2026.0), False, False),
        ("year", (2021.0, 2101.0), False, False),
        ("year", (2021.0, 2026.0), True, False),
        ("years_open", (2021.0, 2026.0), False, False),
    ],
)
def test_years_that_may_be_the_time_are_told_with_the_words_that_take_them(name, span, dated, told):
    columns = (InspectedColumn(name="sales", kind="number"), InspectedColumn(name="sales_pred", kind="number"))
    columns += (InspectedColumn(name=name, kind="number", span=span),)
    columns += (InspectedColumn(name="day", kind="time"),) if dated else ()
    found = guess(Inspection(rows=900, columns=columns), Said(), KnownColumns())
    why = [each.why for each in found.guesses if each.value == name]
    assert any(f"--time {name} --time-format YYYY" in each for each in why) is told
    if told:
        said = Said(time=name, time_format="YYYY")
        assert guess(Inspection(rows=900, columns=columns), said, KnownColumns()).time == name
