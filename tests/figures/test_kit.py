"""The kit of the figures: ticks, spreading, reading, cleaning."""

import datetime
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.figures import _read as read
from generator.figures._marks import spread
from generator.figures._scales import day_ticks, round_ticks, span, tick_texts, write_tick
from generator.figures._svg import tidy
from generator.records.fact import SAMPLING, Fact, missing
from generator.records.table import Mark
from generator.subjects.deployment.draw_roadmap import OPEN, _weeks
from generator.subjects.drift.draw_drift_heat import step_of
from tests.figures import example

RAW = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10pt" viewBox="0 0 10 20">
 <metadata><a/></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="figure_1"><g id="patch_1"><path d="M 0 0 z" style="fill: none"/></g>
  <g id="line_1"><defs><path id="m1" d="M 0.12345 -0.0001 L 1 1" style="stroke: #1f5673; stroke-width: 2"/></defs>
   <g clip-path="url(#p1)"><use xlink:href="#m1" x="3.14159" y="1e-05" style="fill: #1f5673"/></g></g>
  <text style="font-size: 7px; font-family: 'X', sans-serif; text-anchor: middle; fill: #52606d" x="1" y="2"
        transform="rotate(-0 1 2)">3.14159 &lt;b&gt;</text></g>
 <defs><clipPath id="p1"><rect x="0" y="0" width="9.999" height="9.994"/></clipPath></defs>
</svg>"""


def test_tidy_keeps_what_is_seen_and_nothing_else():
    assert tidy(RAW, prefix="f", width=170, height=60.5).partition(">")[2] == (
        '<defs><path d="M 0.12 0 L 1 1" id="f-1" /></defs>'
        '<g clip-path="url(#f-2)"><use href="#f-1" x="3.14" y="0" fill="#1f5673" /></g>'
        '<text x="1" y="2" font-size="7" text-anchor="middle" fill="#52606d">3.14159 &lt;b&gt;</text>'
        '<defs><clipPath id="f-2"><rect x="0" y="0" width="10" height="9.99" /></clipPath></defs></svg>'
    )


def test_tidy_says_at_the_root_what_holds_for_all():
    root = tidy(RAW, prefix="f", width=170, height=60.5).partition(">")[0]
    assert 'viewBox="0 0 10 20" width="170mm" height="60.5mm"' in root
    assert "'Source Sans Pro'" in root
    assert "xlink" not in root


@pytest.mark.parametrize(
    ("low", "high", "ticks", "places"),
    [
        (0.0, 10.0, [0, 2, 4, 6, 8, 10], 0),
        (8.1, 10.4, [8.5, 9.0, 9.5, 10.0], 1),
        (-0.05, 0.05, [-0.04, -0.02, 0.0, 0.02, 0.04], 2),
        (0.0, 1e9, [0, 2e8, 4e8, 6e8, 8e8, 1e9], 0),
    ],
)
def test_ticks_are_round(low, high, ticks, places):
    found, decimals = round_ticks(low, high)
    assert found == pytest.approx(ticks)
    assert decimals == places


def test_ticks_are_written_with_true_signs():
    assert [write_tick(value, 1, signed=True) for value in (-1234.5, 0.0, 2.0)] == ["−1,234.5", "0.0", "+2.0"]
    assert write_tick(-0.0, 0) == "0"


def test_a_span_is_never_of_no_width():
    for values in ([], [0.0], [5.0, 5.0], [-3.0], [float("nan")]):
        low, high = span(values)
        assert low < high
    assert span([2.0, 4.0], zero=True)[0] == 0
    assert span([-4.0, -2.0], zero=True)[1] == 0


def test_spread_keeps_order_gap_and_limits():
    placed = spread([5.0, 5.1, 0.0, 9.9, 5.0], 1.0, 0.0, 10.0)
    ordered = sorted(placed)
    assert all(later - earlier >= 1 - 1e-9 for earlier, later in itertools.pairwise(ordered))
    assert ordered[0] >= 0
    assert ordered[-1] <= 10
    assert placed[2] == min(placed)
    assert placed[3] == max(placed)
    assert spread([], 1.0, 0.0, 1.0) == []


def test_days_get_mondays_then_months():
    start = datetime.date(2026, 9, 14)
    assert tick_texts(day_ticks(start, start)) == ["14 Sep 2026"]
    month = day_ticks(start, start + datetime.timedelta(days=29))
    assert tick_texts(month) == ["14 Sep 2026", "21 Sep", "28 Sep", "5 Oct", "12 Oct"]
    year = tick_texts(day_ticks(start, start + datetime.timedelta(days=400)))
    assert year[:4] == ["Oct 2026", "Nov", "Dec", "Jan 2027"]
    assert len(day_ticks(start, start + datetime.timedelta(days=4000))) <= 14


def test_steps_of_the_heat_map_are_symmetric():
    assert [step_of(shift) for shift in (None, 0.0, 0.09, 0.1, -0.3, 0.7, -9.0)] == [None, 0, 0, 1, -2, 3, -4]


@pytest.mark.parametrize(
    ("when", "weeks"),
    [
        ("weeks 1–2", (0.0, 2.0)),
        ("Weeks 3 to 4", (2.0, 4.0)),
        ("week 5", (4.0, 5.0)),
        ("week 5 on", (4.0, OPEN)),
        ("weeks 6-2", (5.0, 6.0)),
        ("weekend 3", None),
        ("soon", None),
    ],
)
def test_weeks_are_read_from_words(when, weeks):
    found = _weeks(when)
    assert (found and found[:2]) == weeks


def test_cells_are_read_as_what_they_are():
    fact = Fact(id="a", value=0.5, unit="share", low=0.4, high=0.6, range=SAMPLING)
    assert read.number(fact) == 0.5
    assert read.interval(fact) == (0.4, 0.6)
    assert read.interval(missing("a", "because")) is None
    for cell in (missing("a", "because"), "5", Fact(id="a", value=True), Fact(id="a", value="x"), None):
        assert read.number(cell) is None
    assert read.moment(Fact(id="a", value=datetime.date(2026, 1, 2))) == datetime.date(2026, 1, 2)
    assert read.moment("2026-01-02") == datetime.date(2026, 1, 2)
    assert read.moment("feature") is None
    assert read.moment(fact) is None
    assert read.words(Mark(status="red", word="red")) == "red"
    assert read.words(("at ", fact, "\n\x00now")) == "at 50.0\u202f% now"
    assert read.words(missing("a", "because")) == ""


def test_a_clause_without_its_fact_is_not_told():
    results = example.results([])
    clauses = ("A", ": {errors.p50} of {conditions.count}", "; {no.such.fact}", ", {performance.rmse.previous}")
    told = read.tell(results, *clauses)
    assert told == ("A", ": ", results.facts["errors.p50"], " of ", results.facts["conditions.count"], ".")


def test_without_a_home_that_can_be_written_matplotlib_says_nothing(tmp_path: Path):
    (tmp_path / "file").touch()
    unset = {"MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    painting = "from generator.figures._canvas import picture; picture('x', 10.0, lambda figure: None)"
    done = subprocess.run(
        [sys.executable, "-c", painting],
        env=environment | {"HOME": str(tmp_path / "file"), "TMPDIR": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
