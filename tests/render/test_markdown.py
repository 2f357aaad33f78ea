import dataclasses
import re

import pytest
from lxml import html

from generator.records.table import Column, Mark, Table
from generator.render import _gfm
from tests.compose.sample import composed, results, sample
from tests.render.reading import in_html, in_markdown


@pytest.fixture(scope="module")
def text():
    return in_markdown(sample())


def tables(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line)) - 1


def test_every_table_has_a_rule_and_rows_of_one_length(text):
    assert len(tables(text)) >= 8
    for table in tables(text):
        assert re.fullmatch(r"\|( -+:? \|)+", table[1])
        assert {cells(line) for line in table} == {cells(table[1])}


def test_tables_stand_in_line(text):
    table = next(each for each in tables(text) if "SHA-256" in each[0])
    assert len({_gfm.width(line) for line in table}) == 1


def test_there_is_no_html_but_anchors(text):
    outside = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    tags = re.findall(r"(?<![\\(\]])<[^>]*>", outside)
    assert {tag for tag in tags if not tag.startswith("</a")} == {'<a id="rows">'}


def test_blocks_are_those_of_github(text):
    assert "> [!WARNING]\n> **Two conditions stand before the launch**\n>\n" in text
    assert "> - first condition" in text
    assert "\n- [ ] The alert is real\n" in text
    assert "![RMSE rises and crosses the red limit, ending at \\$21.37.](<figures/daily_error.svg>)" in text
    assert "[the runbook](<rollback-runbook.md#alert-rmse>)" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words, 1.5 of them", "plain words, 1.5 of them"),
        ("snake_case", "snake_case"),
        ("_em_", "\\_em\\_"),
        ("1. first", "1\\. first"),
        ("2025-01-01", "2025-01-01"),
        ("- item", "\\- item"),
        ("-5", "-5"),
        ("# heading", "\\# heading"),
        ("#hash", "#hash"),
        ("a|b", "a\\|b"),
        ("http://x.y", "http\\://x.y"),
        ("www.x.y", "www\\.x.y"),
        ("a@b.c", "a@<!-- -->b.c"),
    ],
)
def test_only_what_would_be_markup_is_escaped(text: str, expected: str):
    assert _gfm.escape(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", "`a`"), ("`", "`` ` ``"), ("a`b``c", "```a`b``c```"), ("`a", "`` `a ``")],
)
def test_code_is_fenced_by_more_backticks_than_it_holds(text: str, expected: str):
    assert _gfm.code(text) == expected


ONE = Table(
    id="one",
    title="One",
    columns=tuple(Column(key=key, label=key.title()) for key in ("service", "status", "owner", "note")),
    rows=(("Answers", Mark(status="watch", word="late"), "", "Restart it."),),
)


def test_a_table_of_one_row_is_a_line(tmp_path):
    document = composed(tmp_path, "{{ table(tables.one, caption='What is promised') }}\n", results(ONE))
    assert "**What is promised.** Answers; Status: ▲ late; Note: Restart it.\n" in in_markdown(document)
    (line,) = html.document_fromstring(in_html(document)).xpath("//p[@class='one']")
    assert line.text_content() == "What is promised. Answers; Status: ▲ late; Note: Restart it."


def test_the_first_of_many_rows_is_a_table(tmp_path):
    first = "{{ table(tables.segments.city, columns=['segment', 'rmse'], limit=fewest) }}\n"
    two = dataclasses.replace(ONE, rows=ONE.rows * 2)
    assert len(tables(in_markdown(composed(tmp_path, first)))) == 1
    assert len(tables(in_markdown(composed(tmp_path, "{{ table(tables.one) }}\n", results(two))))) == 1


def test_one_row_stays_a_table_where_its_columns_are_to_be_compared_with_others(tmp_path):
    document = composed(tmp_path, "{{ table(tables.one, ruled=true) }}\n", results(ONE))
    assert len(tables(in_markdown(document))) == 1
    assert len(html.document_fromstring(in_html(document)).xpath("//table//tbody/tr")) == 1
