"""Formulas: what they give, how rounding goes through them, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats.formula import FormulaError, evaluate, names, parse, parse_comparison, solve
from generator.stats.rounded import ArithmeticRefusal, Rounded, agree, exact, in_unit, rounded
from generator.stats.stated import circle, work_out

SMALL = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))


def value(text: str, **values: Rounded) -> float:
    return evaluate(parse(text), values).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("8 / 4 / 2", 1), ("10 - 3 - 2", 5), ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ^ 3", 8), ("3 × 4 ÷ 2 − 1", 5), ("20 %", 0.2), ("0.5%*2", 0.01), ("min(3, 1, 2)", 1), ("max(1, 2)", 2),
        ("abs(-3)", 3), ("round(2.567, 1)", 2.6), ("round(2.5)", 2), ("sqrt(16)", 4), ("1.5e3", 1500), (".5", 0.5),
        ("- - 1", 1),
    ],
)  # fmt: skip
def test_arithmetic(text: str, expected: float) -> None:
    assert value(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        ("__import__('os').system('x')", "calls '__import__'", 1),
        ("a b", "where it should end", 3),
        ("", "ends where", 1),
        ("1 +", "ends where", 4),
        ("(1", "lacks a ')'", 3),
        ("a[0]", "cannot be read", 2),
        ("a; b", "cannot be read", 2),
        ("lambda: 1", "cannot be read", 7),
        ("'x'", "cannot be read", 1),
        ("1e999", "beyond all measure", 1),
        ("min(1)", "gives min 1 values", 1),
        ("exec(1)", "calls 'exec'", 1),
        ("-" * 400 + "1", "nested more than", 32),
        ("(" * 200 + "1" + ")" * 200, "nested more than", 32),
        ("1+" * 300 + "1", "longer than", 500),
        ("a == b", "compares", 3),
        ("a.b.", "cannot be read", 4),
        ("* 2", "has '*'", 1),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, what: str, column: int) -> None:
    with pytest.raises(FormulaError) as error:
        parse(text)
    assert what in error.value.what
    assert error.value.column == column
    assert error.value.hint


@pytest.mark.parametrize("text", ["a", "a == b == c", "a < b < c", "a =="])
def test_a_rule_compares_two_sides(text: str) -> None:
    with pytest.raises(FormulaError):
        parse_comparison(text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "1 / 0",
        "1 / (a - a)",
        "1e18 * 1e18",
        "(0 - 2) ** 0.5",
        "2 ** a",
        "round(1, 99)",
        "sqrt(-1)",
        "0 ** -1",
    ],
)
def test_what_has_no_value_is_refused(text: str) -> None:
    with pytest.raises(ArithmeticRefusal):
        value(text, a=rounded(2.0, 0.5))


@given(st.text(alphabet="ab1.+-*/^()<>=,% eE\n×_", max_size=60))
def test_any_text_is_a_formula_or_a_clear_refusal(text: str) -> None:
    try:
        found = evaluate(parse(text), {"a": exact(2.0), "b": exact(3.0)})
    except (FormulaError, ArithmeticRefusal, KeyError):
        return
    assert math.isfinite(found.value)


@given(SMALL, SMALL, SMALL, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_the_limits_hold_whatever_the_unprinted_digits_were(
    a: float, b: float, c: float, da: float, db: float, dc: float
) -> None:
    text = "max(a * b - c, a - 2 * c) + abs(b) * 3 - min(a, b) ** 2"
    found = evaluate(parse(text), {"a": rounded(a, 0.5), "b": rounded(b, 0.5), "c": rounded(c, 0.5)})
    true = value(text, a=exact(a + da), b=exact(b + db), c=exact(c + dc))
    slack = 1e-9 * max(abs(found.low), abs(found.high), 1.0)
    assert found.low - slack <= true <= found.high + slack
    assert found.low - slack <= found.value <= found.high + slack


def test_times_are_converted_and_dates_give_days() -> None:
    hours, minutes = exact(1.0, "hours"), exact(15.0, "minutes")
    assert evaluate(parse("a + b"), {"a": hours, "b": minutes}) == exact(1.25, "hours")
    assert value("a / b", a=hours, b=minutes) == 4
    assert in_unit(exact(2.0, "days"), "hours").value == 48
    first, last = exact(738000.0, "date"), exact(738035.0, "date")
    assert evaluate(parse("b - a"), {"a": first, "b": last}) == exact(35.0, "days")
    assert evaluate(parse("a + 35"), {"a": first}) == last
    for wrong in ("a + b", "a * 2", "2 - a", "-a", "min(a, 1)"):
        with pytest.raises(ArithmeticRefusal):
            value(wrong, a=first, b=last)


def test_names_and_what_they_would_have_to_be() -> None:
    node = parse("leads * 12 * (target - plan.base.0.value) * deal")
    assert [name.name for name in names(node)] == ["leads", "target", "plan.base.0.value", "deal"]
    numbers = {"leads": 20_000.0, "target": 0.145, "plan.base.0.value": 0.123, "deal": 47_000.0}
    values = {name: exact(number) for name, number in numbers.items()}
    assert evaluate(node, values).value == pytest.approx(248_160_000)
    assert solve(node, values, "target", 307e6) == pytest.approx(0.15022, abs=1e-5)
    assert math.isnan(solve(parse("1 + 0 * target"), values, "target", 5.0))


def test_definitions_in_any_order_and_no_circles() -> None:
    formulas = {"c": parse("b + 1"), "b": parse("a * 2"), "d": parse("1 / (a - 3)"), "e": parse("d + 1")}
    values, refused = work_out({"a": exact(3.0)}, formulas)
    assert (values["b"].value, values["c"].value) == (6, 7)
    assert "divides by zero" in refused["d"]
    assert refused["e"] == "d has no value"
    assert circle(formulas) == ()
    assert circle({"a": parse("b + 1"), "b": parse("c"), "c": parse("a * 2")}) == ("a", "b", "c", "a")
    assert circle({"a": parse("a + 1")}) == ("a", "a")


def test_rounding_decides_whether_two_numbers_agree() -> None:
    assert agree(rounded(248.2, 0.05), exact(248.16))
    assert not agree(rounded(248.2, 0.05), exact(248.14))
    assert agree(exact(1.0, "hours"), exact(60.0, "minutes"))


@pytest.mark.parametrize("step", [1, -1])
def test_a_long_chain_is_worked_out_whichever_end_comes_first(step: int) -> None:
    """Five thousand figures, each one more than the next: no recursion, and each formula is worked out once."""
    chain = {f"a{n}": parse(f"a{n + 1} + 1") for n in range(5_000)[::step]}
    assert not circle(chain)
    values, refused = work_out({"a5000": exact(0.0)}, chain)
    assert (values["a0"].value, refused) == (5_000.0, {})
    assert len(circle({**chain, "a5000": parse("a0")})) == 5_002
