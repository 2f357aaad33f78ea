import csv
import io
import json
from dataclasses import replace

import pytest

from generator.errors import InputError, TemplateError
from generator.records.fact import Fact
from generator.records.table import Column, Table
from generator.render import companions, html, index, markdown, pdf, render
from generator.render._kit import anchor_id, fill, slug, target, unique
from tests.compose.sample import composed, results, sample

FORMATS = (markdown.FORMAT, html.FORMAT, pdf.FORMAT)


def test_every_document_comes_in_every_format():
    found = render((sample(), replace(sample(), id="other")), (markdown.FORMAT, html.FORMAT))
    assert [each.path for each in found] == ["sample.md", "sample.html", "other.md", "other.html"]


def test_what_a_format_needs_is_made_but_not_kept():
    assert [each.path for each in render((sample(),), FORMATS, ("pdf",))] == ["sample.pdf"]


def test_an_unknown_format_is_refused():
    with pytest.raises(InputError, match="docx"):
        render((sample(),), FORMATS, ("docx",))


def test_several_processes_write_the_same_bytes():
    documents = (sample(), replace(sample(), id="other", title="Other"))
    assert render(documents, FORMATS, jobs=2) == render(documents, FORMATS)


def test_companions_are_figures_and_whole_tables():
    files = {each.path: each.content for each in companions((sample(),), results().tables)}
    assert files["figures/daily_error.svg"].startswith(b"<svg")
    rows = list(csv.DictReader(io.StringIO(files["tables/segments.city.csv"].decode())))
    assert len(rows) == 24
    assert rows[0]["rmse"] == "31.2"
    assert rows[0]["rmse_low"] == "30"
    assert rows[3]["change"] == ""
    assert rows[0]["status"] == "severe"


def test_a_table_runs_nothing_in_a_spreadsheet(tmp_path):
    fact = Fact(id="x.y", value=-1.5)
    columns = tuple(Column(key=key, label=key) for key in "abc")
    table = Table(id="t", title="t", columns=columns, rows=(("=1+1", ("@x",), fact),))
    files = companions((composed(tmp_path, "Words.\n"),), {"t": table})
    assert files[0].content == b"a,b,c\n'=1+1,'@x,-1.5\n"


def test_a_table_tells_money_in_the_currency_of_its_documents(tmp_path):
    document = composed(tmp_path, "Words.\n")
    money = ("< ", Fact(id="x.y", value=5.0, unit="money"))
    table = Table(id="t", title="t", columns=(Column(key="a", label="a"),), rows=((money,),))
    euros = replace(document, header=replace(document.header, currency="EUR"))
    told = [companions((each,), {"t": table})[0].content.decode() for each in (document, euros)]
    assert told == ["a\n< $5\n", "a\n< €5\n"]


def test_the_index_leads_to_every_file():
    documents = (sample(),)
    files = (*render(documents, (markdown.FORMAT, html.FORMAT)), *companions(documents, results().tables))
    page = index(results(), documents, files).content.decode()
    assert "▲ Proceed with conditions</p>" in page
    asked = Fact(id="request.asked", value="a shadow run, and no more")
    whom = Fact(id="declared.people.memo_to", value="Ada Byron, head")
    some = replace(results(), facts={asked.id: asked, whom.id: whom})
    assert "<p>Asked of Ada Byron, head: a shadow run, and no more.</p>" in index(some, (), ()).content.decode()
    for file in files:
        assert f'href="{file.path}"' in page
    assert json.dumps("manifest.json") in page


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("document:monitoring", "monitoring.html"),
        ("document:monitoring#Alert RMSE", "monitoring.html#alert-rmse"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("#place", "#place"),
    ],
)
def test_an_address_fits_its_format(address: str, expected: str):
    assert target(address, "html") == expected


def test_names_of_places():
    assert slug("1. Decide — now, or later?") == "1-decide--now-or-later"
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a-1", "a-2"]
    assert anchor_id("Alert RMSE/red") == "alert-rmse-red"


def test_a_token_left_over_is_an_error():
    with pytest.raises(TemplateError):
        fill("words \ue0005\ue001")
