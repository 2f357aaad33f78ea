"""Figures as documents print them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats.printed import NotPrinted, read


@pytest.mark.parametrize(
    ("text", "value", "half", "unit"),
    [
        ("$248.2M", 248.2e6, 5e4, "money"), ("12.3 %", 0.123, 5e-4, "share"), ("+1.3 pp", 0.013, 5e-4, "points"),
        ("361:1", 361, 0.5, "to 1"), ("1,034:1", 1034, 0.5, "to 1"), ("20,000", 20_000, 0.5, ""),
        ("20 000 leads", 20_000, 0.5, "leads"), ("€1.5bn", 1.5e9, 5e7, "money"), ("-5 %", -0.05, 0.005, "share"),
        ("−5%", -0.05, 0.005, "share"), ("99.92 %", 0.9992, 5e-5, "share"), ("5 min", 5, 0.5, "minutes"),
        ("45 requests/s", 45, 0.5, "requests/s"), ("4.2 of 5", 4.2, 0.05, "of 5"), ("12 weeks", 12, 0.5, "weeks"),
        ("0.08", 0.08, 0.005, ""), ("3 million", 3e6, 5e5, ""), ("187 ms", 187, 0.5, "ms"), ("2m", 2e6, 5e5, ""),
    ],
)  # fmt: skip
def test_value_rounding_and_unit(text: str, value: float, half: float, unit: str) -> None:
    found = read(text)
    assert found.number.value == pytest.approx(value, rel=1e-15)
    assert found.number.high - found.number.value == pytest.approx(half)
    assert found.unit == unit


@pytest.mark.parametrize(
    ("text", "bound", "value"),
    [("< 200 ms", "<", 200), ("≥ 99.9 %", ">=", 0.999), ("at most $5M", "<=", 5e6), ("under 5 min", "<", 5)],
)
def test_a_limit_is_exact(text: str, bound: str, value: float) -> None:
    found = read(text)
    assert found.bound == bound
    assert found.number.low == found.number.value == found.number.high == value


def test_a_count_is_exact_and_a_date_is_a_day() -> None:
    assert read("20,000", counted=True).number.low == 20_000
    assert read("2024-12-01").number.value == datetime.date(2024, 12, 1).toordinal()
    assert read("+14.6 %").signed
    assert not read("14.6 %").signed


@pytest.mark.parametrize("text", ["", "none", "12,3 %", "1,00", "%", "$", "1.2.3", "2024-13-01", "a 5", "5 x" * 60])
def test_what_shows_no_figure_is_refused(text: str) -> None:
    with pytest.raises(NotPrinted):
        read(text)


@given(st.text(max_size=30))
def test_any_text_is_a_figure_or_refused(text: str) -> None:
    try:
        found = read(text)
    except NotPrinted:
        return
    assert found.number.low <= found.number.value <= found.number.high
