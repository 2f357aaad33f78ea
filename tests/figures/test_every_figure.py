"""What holds for each figure: whatever the results hold, it draws clean SVG or says why not."""

import importlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.figures import _palette as palette
from generator.records.fact import Fact, facts_in
from generator.records.figure import Absent, Drawing, Figure
from generator.records.notation import spell
from generator.records.results import Results
from tests.figures import example
from tests.figures.example import table, with_tables
from tests.figures.techmart import techmart

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.stem.removeprefix("draw_"): path for path in (ROOT / "generator" / "subjects").glob("*/draw_*.py")}
NAMES = sorted(FILES)
HOSTILE = '<script>alert(1)</script>|[x](javascript:1) $\\frac{a}{b}$ & "q" \x00\x1b\u202e\ufffe 日本語 '
HOSTILE += "very_long_" * 40
TAGS = {"svg", "g", "path", "text", "use", "defs", "clipPath", "rect"}
SVG = "{http://www.w3.org/2000/svg}"
STATIC = {"improvement_cycle"}


def module_of(name: str) -> str:
    return ".".join(FILES[name].relative_to(ROOT).with_suffix("").parts)


def figure(name: str) -> Figure:
    found = importlib.import_module(module_of(name)).FIGURE
    assert isinstance(found, Figure)
    return found


def drawing(name: str, results: Results) -> Drawing:
    drawn = figure(name).draw(results)
    assert isinstance(drawn, Drawing), drawn
    return drawn


def hostile(results: Results) -> Results:
    """Every text in every table replaced, but for dates and words that a figure looks for."""
    kept = re.compile(r"rmse|\d{4}-\d\d-\d\d|weeks? \d.*|\d+")
    tables = [
        replace(
            item,
            rows=tuple(
                tuple(HOSTILE if isinstance(cell, str) and not kept.fullmatch(cell) else cell for cell in row)
                for row in item.rows
            ),
        )
        for item in results.tables.values()
    ]
    return with_tables(results, *tables)


def check_svg(drawn: Drawing, name: str) -> ElementTree.Element:
    root = ElementTree.fromstring(drawn.svg)
    assert root.tag == f"{SVG}svg"
    assert root.attrib["width"] == "170mm"
    assert float(root.attrib["height"].removesuffix("mm")) <= 95
    elements = list(root.iter())
    assert {element.tag.removeprefix(SVG) for element in elements} <= TAGS
    assert not [element for element in elements if "style" in element.attrib or "class" in element.attrib]
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(re.escape(name.replace("_", "-")) + r"-\d+", id) for id in ids)
    references = re.findall(r'url\(([^)]*)\)|href="([^"]*)"', drawn.svg)
    assert {one or other for one, other in references} <= {f"#{id}" for id in ids}
    colours = {element.attrib[side] for element in elements for side in ("fill", "stroke") if side in element.attrib}
    assert colours - {"none"} <= set(re.findall(r"#\w{6}", str(vars(palette))))
    assert not re.search(r"\b(nan|inf)\b", drawn.svg)
    return root


@pytest.mark.parametrize("name", NAMES)
def test_empty_tables_give_their_reason(name):
    absent = figure(name).draw(example.without_facts(example.empty(techmart())))
    assert isinstance(absent, Absent)
    assert absent.reason.startswith(("nothing ", "no labelled rows"))


@pytest.mark.parametrize("name", sorted(set(NAMES) - STATIC))
def test_tables_that_were_never_made_give_a_reason(name):
    absent = figure(name).draw(example.results([]))
    assert isinstance(absent, Absent)
    assert absent.reason


@pytest.mark.parametrize("name", NAMES)
def test_the_svg_is_clean(name):
    assert figure(name).id == name
    root = check_svg(drawing(name, techmart()), name)
    view = [float(number) for number in root.attrib["viewBox"].split()]
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) <= view[2]
        assert 0 <= float(text.attrib["y"]) <= view[3]


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"roadmap", "architecture"}))
def test_the_alternative_text_carries_its_numbers_as_facts(name):
    alt = drawing(name, techmart()).alt
    assert list(facts_in(alt))
    assert all(isinstance(part, (str, Fact)) for part in alt)
    assert "not available" not in spell(alt)
    assert spell(alt).endswith(".")


@pytest.mark.parametrize("name", sorted(set(NAMES) - STATIC))
def test_without_facts_the_tables_suffice(name):
    drawn = drawing(name, example.without_facts(techmart()))
    check_svg(drawn, name)
    assert spell(drawn.alt).endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_one_row_suffices(name):
    check_svg(drawing(name, example.only(techmart(), 1)), name)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_stay_text(name):
    drawn = drawing(name, hostile(techmart()))
    root = check_svg(drawn, name)
    texts = "".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert not re.search("[\x00-\x1f\u202e\ufffe]", texts)
    assert not list(root.iter(f"{SVG}script"))
    assert not re.search("[\x00-\x1f\u202e\ufffe]", spell(drawn.alt))


def test_the_same_bytes_in_every_process():
    script = (
        "import hashlib, importlib, sys\n"
        "from tests.figures.techmart import techmart\n"
        "for name in sys.argv[1:]:\n"
        "    drawn = importlib.import_module(name).FIGURE.draw(techmart())\n"
        "    print(name, hashlib.sha256(drawn.svg.encode()).hexdigest())\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    outputs = []
    for seed, zone, names in (("1", "UTC", NAMES), ("2", "Asia/Tokyo", NAMES[::-1])):
        run = subprocess.run(
            [sys.executable, "-c", script, *map(module_of, names)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        )
        assert run.stderr == ""
        outputs.append(sorted(run.stdout.split("\n")))
    assert outputs[0] == outputs[1]


def test_matplotlib_is_left_as_it_was():
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    fonts = list(fontManager.ttflist)
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "red", "svg.fonttype": "path"}):
        before = dict(mpl.rcParams)
        drawn = drawing("ladder", techmart())
        assert dict(mpl.rcParams) == before
    assert drawn == drawing("ladder", techmart())
    assert fontManager.ttflist == fonts


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("daily_error", [example.daily([0.0] * 30)]),
        ("daily_error", [example.daily([9 + 0.01 * day for day in range(200)])]),
        ("daily_error", [example.daily([-3.0, 1e9, 0.0])]),
        ("drift_heat", [example.heat([f"f{index}" for index in range(30)], 200)]),
        ("missing_bars", [example.missing([("a", None, 0.0), ("b", 0.0, 0.0)])]),
        ("retraining_costs", [example.curve(3e9)]),
        ("retraining_costs", [example.curve(1.0), example.options([("free", 0.5, 0.0), ("dear", 900.0, 3e9)])]),
        ("decay_curve", [example.decay([0.0])]),
        ("decay_curve", [example.decay([0.0, -5e6, 3.0])]),
        ("risk_matrix", [example.risks([(f"RISK-{index}", "t", 4, 4) for index in range(40)])]),
        ("ladder", [example.ladder([(f"step {index}", 9.0) for index in range(40)])]),
        ("calendar_year", [example.calendar([(f"activity {index}", 1, 0) for index in range(40)])]),
        ("latency_waterfall", [table("features.latency", "stage:count source kind budget:ms", [(1, "a", "", 0.0)])]),
        (
            "roadmap",
            [
                table(
                    "declared.context.roadmap",
                    "name detail status owner when",
                    [("a", "", "", "", "2026-11-01 to 2026-12-01"), ("b", "", "", "", "some day")],
                )
            ],
        ),
        (
            "architecture",
            [
                table(
                    "declared.context.components",
                    "name detail status owner when",
                    [(f"part {index}", "", "", "", "") for index in range(30)],
                )
            ],
        ),
    ],
)
def test_extremes_are_drawn(name, tables):
    check_svg(drawing(name, with_tables(techmart(), *tables)), name)


@pytest.mark.parametrize(
    ("name", "tables", "reason"),
    [
        (
            "daily_error",
            [table("performance.daily", "date:date error:money", [(example.START, None)])],
            "no day has an error",
        ),
        ("risk_matrix", [example.risks([("R1", "t", 0, 7)])], "no risk has both"),
        ("roadmap", [table("declared.context.roadmap", "name detail when", [("a", "", "2026-13-45")])], "no entry"),
        ("drift_heat", [table("drift.heat", "feature 2026-09-14:sd", [("a", None)])], "no feature has a shift"),
    ],
)
def test_rows_that_cannot_be_drawn_are_a_reason(name, tables, reason):
    absent = figure(name).draw(with_tables(techmart(), *tables))
    assert isinstance(absent, Absent)
    assert absent.reason.startswith(reason)


def test_the_error_by_day_is_held_against_the_alert_on_all_rows_alone():
    results = techmart()
    error = next(one for one in results.alerts if one.metric == "rmse")
    parts = replace(error, kind="condition"), replace(error, scope="price_tier premium")
    assert "yellow from" in spell(drawing("daily_error", replace(results, alerts=(*parts, error))).alt)
    assert "yellow from" not in spell(drawing("daily_error", replace(results, alerts=parts)).alt)
