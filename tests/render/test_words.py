from dataclasses import replace

from generator.records.document import TableBlock
from generator.records.fact import Fact
from generator.records.notation import write
from generator.records.table import Column, Table
from generator.render._columns import fixed
from generator.render._words import cells, headings, notes


def block(*columns: tuple[str, tuple[object, ...]]) -> TableBlock:
    heads = tuple(Column(key=key, label=key) for key, _ in columns)
    rows = tuple(zip(*(column for _, column in columns), strict=True))
    return TableBlock(table=Table(id="t", title="t", columns=heads, rows=rows), caption="")


def money(value: float) -> Fact:
    return Fact(id=f"m.{value}", value=value, unit="money")


def test_sums_of_one_column_have_cents_or_none():
    shown = cells(block(("mixed", (money(14.0), money(13.1), money(2600.0))), ("whole", (money(8.0),) * 3)), "USD")
    assert [[cell.text for cell in row] for row in shown] == [["$14.00", "$8"], ["$13.10", "$8"], ["$2,600", "$8"]]


def test_a_name_is_one_word_and_a_query_is_code():
    shown = cells(block(("evidence", ("a.b_c", "In the last third.")), ("query", ("SELECT 1", "SELECT 2"))), "USD")
    assert [[cell.kind for cell in row] for row in shown] == [["name", "name"], ["text", "name"]]


def test_figures_stand_right_beside_empty_cells():
    heads = headings(block(("a", (money(1.0), ())), ("b", (money(1.0), "not set"))), "USD")
    assert [head.figures for head in heads] == [True, False]


def test_one_reason_of_many_items_is_said_once():
    facts = tuple(Fact(id=f"x.{n}", value=None, reason=f"not declared (dossier.yaml: x.{n}.y)") for n in range(3))
    assert notes(block(("a", facts)), "USD") == ["n/a: not declared (dossier.yaml: x.*.y)."]


def test_a_date_a_status_and_a_name_of_two_words_keep_their_line():
    long = "word " * 60
    page = (
        "<style></style><table><thead><tr><th>a</th><th>b</th><th>c</th><th>d</th></tr></thead><tbody><tr>"
        f'<td>2026-11-27</td><td class="s bad">▲ medium</td><td>Grace Thornton</td><td>{long}</td></tr></tbody></table>'
    )
    shares = [int(part.split('"')[0]) for part in fixed(page).split('<col class="w')[1:]]
    assert sum(shares) == 1000
    assert [share * 0.122 >= letters for share, letters in zip(shares, (10, 9, 14, 60), strict=True)] == [True] * 4


def test_no_heading_is_broken_where_figures_would_rather_stay_together():
    """Eleven columns, of which none can have its whole line: each has room for its longest word."""
    heads = "".join(f'<th scope="col" class="n">{word}</th>' for word in ("Threshold", "Number", *["Worth"] * 9))
    cells = "".join('<td class="n">95 %: 1,234,567 to 2,345,678</td>' for _ in range(11))
    page = f"<style></style><table><thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"
    shares = [int(part.split('"')[0]) for part in fixed(page).split('<col class="w')[1:]]
    assert [share * 0.134 >= letters for share, letters in zip(shares, (9, 6, *[5] * 9), strict=True)] == [True] * 11


def test_a_table_with_widths_of_its_own_is_left_alone():
    page = '<style></style><table class="evidence"><tbody><tr><td>a</td><td>b</td></tr></tbody></table>'
    assert "colgroup" not in fixed(page)


def test_what_is_not_declared_is_said_in_two_words_and_what_lacks_otherwise_with_its_reason():
    undeclared = Fact(id="a", value=None, reason="not declared (dossier.yaml: people.memo_to)")
    assert (write(undeclared), write(replace(undeclared, reason="no day is known"))) == (
        "not declared",
        "not available: no day is known",
    )
