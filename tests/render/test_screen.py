"""The pages in a browser: accessible by axe, nothing cut at 390 pixels, numbers, code and tables that answer a tap."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from generator.records.table import Column, Table
from generator.render import render
from generator.render.html import FORMAT
from tests.compose.sample import composed, results, sample
from tests.conftest import BROWSERS

pytestmark = pytest.mark.browser
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
DARK = "--blink-settings=preferredColorScheme=0"
AXE = """axe.run(document, {resultTypes: ["violations"]})
  .then((found) => answer(found.violations.map((each) => [each.id, each.nodes[0].html])));"""
OVER = """const page = document.documentElement;
answer([...document.querySelectorAll("main *, .foot")]
  .filter((each) => !each.closest("svg") && (!each.closest(".box") || each.matches(".box")))
  .filter((each) => each.getBoundingClientRect().right > page.clientWidth + 1)
  .map((each) => each.outerHTML.slice(0, 99)).concat(page.scrollWidth > page.clientWidth ? ["the page"] : []));"""


def asked(page: str, script: str, folder, *, narrow: bool = False, dark: bool = False) -> Any:
    """Return what a script in the page answers; it stands in for the page's policy, which allows no other script."""
    tail = f"<script>addEventListener('load', () => {{ const answer = (a) => parent.told(a); {script} }})</script>"
    inner = html.escape(POLICY.sub("", page).replace("</body>", f"{tail}</body>"))
    told = "function told(a) { const p = document.createElement('pre'); p.id = 'told'; "
    told += "p.textContent = JSON.stringify(a); document.body.append(p); }"
    file = folder / "asked.html"
    size = "width=390 height=844" if narrow else "width=1280 height=900"
    file.write_text(f'<!doctype html><script>{told}</script><iframe {size} srcdoc="{inner}"></iframe>')
    browser = next(filter(shutil.which, BROWSERS))
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    command += ["--virtual-time-budget=60000", "--dump-dom", *([DARK] if dark else []), file.as_uri()]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    found = re.search(r'<pre id="told">(.*?)</pre>', out, re.DOTALL)
    assert found, "the page did not answer"
    return json.loads(html.unescape(found[1]))


def many() -> Table:
    """A table of more rows than a reader looks through, and wider than a phone."""
    columns = tuple(Column(key=f"c{number}", label=f"Column number {number}") for number in range(9))
    rows = tuple(tuple(f"row{row} cell{column} word" for column in range(9)) for row in range(14))
    return Table(id="many", title="Many", columns=columns, rows=rows)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    text = (
        "## 1. Numbers\n\nThe error is {{ performance.rmse.production }}.\n\n"
        "{{ table(tables.many, caption='Many') }}\n\n{{ table(tables.scorecard) }}\n\n"
        "{{ table(tables.segments.city) }}\n\n"
        "```promql\nmax by (model, rule) (model_rule_fires{model='a',rule='b',level='red'}) == 1 and up\n```\n"
    )
    document = composed(tmp_path_factory.mktemp("page"), text, results(many()))
    other = replace(document, id="other", title="Other")
    return render((document, other), (FORMAT,))[0].content.decode()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(page, tmp_path, dark):
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    whole = render((sample(),), (FORMAT,))[0].content.decode()
    for each in (page, whole):
        assert asked(each, f"{axe}\n{AXE}", tmp_path, dark=dark) == []
    assert asked(page.replace('lang="en"', ""), f"{axe}\n{AXE}", tmp_path)[0][0] == "html-has-lang"


def test_nothing_is_cut_on_a_phone_and_wide_tables_say_that_they_scroll(page, tmp_path):
    assert asked(page, OVER, tmp_path, narrow=True) == []
    assert asked(page.replace("<main", "<main style='width: 600px'", 1), OVER, tmp_path, narrow=True) != []
    wider = "answer(document.querySelectorAll('.wider').length)"
    assert asked(page, wider, tmp_path, narrow=True) > 0


def test_a_tap_on_a_number_shows_its_evidence_and_where_else_it_stands(page, tmp_path):
    script = """document.querySelector("main p [title]").click();
    const shown = document.querySelector(".panel").textContent;
    document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
    answer([shown, document.querySelectorAll(".panel").length]);"""
    shown, left = asked(page, script, tmp_path)
    assert "performance.rmse.production" in shown
    assert re.search(r"Range and rows.*to.*n", shown)
    assert "Also printed inOther" in shown
    assert left == 0


def test_code_has_a_button_and_long_tables_a_filter(page, tmp_path):
    script = """const field = document.querySelector(".filter");
    field.value = "row13"; field.dispatchEvent(new Event("input"));
    const rows = [...document.querySelectorAll(".box")].find((box) => box.textContent.includes("row13"))
      .querySelectorAll("tbody tr:not([hidden])").length;
    document.querySelector(".copy").click();
    answer([rows, document.querySelectorAll(".filter").length, getSelection().toString()]);"""
    rows, fields, copied = asked(page, script, tmp_path)
    assert (rows, fields) == (1, 2)
    assert copied.startswith("max by (model, rule)")
