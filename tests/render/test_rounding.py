"""Rounding keeps the reason: numbers whose order decides do not read alike, and money is told within its range."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.compose._nodes import Nodes
from generator.records.document import NumberNode, TableBlock
from generator.records.fact import SAMPLING, Fact
from generator.records.notation import spell, write, write_interval
from generator.records.table import Column, Table
from generator.render._words import cells
from generator.render._words import number as words

UNITS = st.sampled_from(["", "share", "points", "change", "days", "ms", "sd", "USD"])
NEAR = st.floats(-3.0, 3.0, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6)


def row(value: Fact, limit: Fact) -> list[str]:
    heads = (Column(key="value", label="Actual"), Column(key="bound", label="Bound"))
    table = Table(id="t", title="t", columns=heads, rows=((value, limit),))
    shown = cells(TableBlock(table=table, caption="", intervals=("value",)), "USD")[0]
    return [shown[0].text, shown[1].text, shown[0].note]


def number(text: str) -> float:
    return float(re.sub("[^0-9.-]", "", text.replace("\u2212", "-")))


@given(st.floats(0.001, 5_000.0), NEAR, st.floats(0.0, 0.5), UNITS)
def test_a_value_beyond_its_limit_does_not_read_like_it(limit, off, half, unit):
    value = limit * (1.0 + off / 100.0)
    fact = Fact(id="v", value=value, unit=unit, low=value - half * limit, high=value + half * limit, range=SAMPLING)
    bound = Fact(id="b", value=limit, unit=unit)
    told, held, _ = row(fact, bound)
    said = spell((fact, " against ", bound)).split(" against ")
    if abs(value - limit) < 1e-6:
        return
    for left, right in ((told, held), said):
        assert (number(left) > number(right)) == (value > limit) or unit in ("days", "ms")
        assert left != right


@pytest.mark.parametrize(("value", "texts"), [(0.1803, ["0.1803", "0.1800"]), (0.18, ["0.180", "0.180"])])
def test_more_figures_where_the_order_decides(value, texts):
    fact = Fact(id="v", value=value, low=value - 0.02, high=value + 0.02, range=SAMPLING)
    assert row(fact, Fact(id="b", value=0.18))[:2] == texts


def test_the_end_of_a_range_that_crosses_a_limit_shows_it():
    fact = Fact(id="v", value=11.2, low=10.4, high=12.004, range=SAMPLING)
    assert row(fact, Fact(id="b", value=12.0)) == ["11.200", "12.0", "10.400 to 12.004"]


@pytest.mark.parametrize(
    ("value", "low", "high", "told", "range"),
    [
        (24_137.4, 15_012.0, 31_220.0, "$24,140", "$15,010 to $31,220"),
        (4_410.8, 4_301.0, 4_520.0, "$4,411", "$4,301 to $4,520"),
        (382_115_301.0, 26e6, 739e6, "$382,000,000", "$26,000,000 to $739,000,000"),
        (11.75, 10.96, 12.61, "$11.75", "$10.96 to $12.61"),
    ],
)
def test_money_has_two_or_three_figures_within_its_range(value, low, high, told, range):
    fact = Fact(id="m", value=value, unit="money", low=low, high=high, range=SAMPLING)
    assert (write(fact), write_interval(fact)) == (told, range)


@pytest.mark.parametrize(
    ("value", "origin", "told"),
    [
        (28_981.3, "derived", "$28,980"),
        (193_663.85, "derived", "$193,700"),
        (20_925.0, "derived", "$20,930"),
        (-381_951_705.88, "derived", "\u2212$382,000,000"),
        (9_431.5, "derived", "$9,432"),
        (28_981.3, "declared", "$28,981"),
        (312_456.2, "measured", "$312,456"),
    ],
)
def test_no_estimate_is_told_to_its_last_dollar(value, origin, told):
    assert write(Fact(id="m", value=value, unit="money", origin=origin)) == told


def test_estimates_that_differ_little_are_told_apart():
    one, other = (Fact(id=f"{x}", value=x, unit="money", origin="derived") for x in (28_981.0, 28_984.0))
    assert spell((one, " or ", other)) == "$28,981 or $28,984"


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=7), st.floats(0.0, 0.9))
def test_the_printed_terms_of_a_sum_add_up_to_it(values, share):
    terms = [
        Fact(id=f"t{n}", value=v, unit="money", low=v * (1 - share), high=v * (1 + share), range=SAMPLING)
        for n, v in enumerate(values)
    ]
    said = spell(tuple(part for one in terms for part in (" + ", one))[1:])
    told = sum(number(text) for text in said.split(" + "))
    whole = sum(values)
    assert abs(told - whole) <= (0.51 if whole >= 1000 else 0.05), said


@given(st.floats(1.0, 1e9), st.floats(0.001, 2.0))
def test_rounded_money_stays_within_a_twentieth_of_its_half_width(value, share):
    half = value * share
    fact = Fact(id="m", value=value, unit="money", low=value - half, high=value + half, range=SAMPLING)
    assert abs(number(write(fact)) - value) <= max(0.05 * half, 0.5)


@pytest.mark.parametrize(("value", "texts"), [(0.1348, ["0.1348", "0.1350"]), (0.1298, ["0.130", "0.135"])])
def test_a_sentence_of_a_document_tells_apart_too(value, texts):
    nodes = Nodes()
    nodes.printed((Fact(id="v", value=value), " against ", Fact(id="b", value=0.135)))
    told = [node for node in nodes.all.values() if isinstance(node, NumberNode)]
    assert [words(node.fact, "USD", node.style, node.places) for node in told] == texts
