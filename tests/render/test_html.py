import base64
import hashlib
import re
from dataclasses import replace

import pytest
from lxml import html

from generator.errors import TemplateError
from generator.render import render
from generator.render.html import FORMAT
from tests.compose.sample import composed, sample
from tests.render.reading import in_html


@pytest.fixture(scope="module")
def page():
    return render((sample(), replace(sample(), id="other", title="Other")), (FORMAT,))[0].content.decode()


@pytest.fixture(scope="module")
def tree(page):
    return html.document_fromstring(page)


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_the_policy_allows_the_page_s_own_style_and_script_alone(page, tree):
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert (len(styles), len(scripts)) == (1, 1)
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src '{digest(styles[0])}';" in policy
    assert f"script-src '{digest(scripts[0])}';" in policy


def test_nothing_comes_from_outside(page, tree):
    assert not tree.xpath("//link | //script[@src] | //iframe | //object | //embed | //img | //form | //base")
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", page)
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page)


def test_ids_are_unique_and_every_place_exists(tree):
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    places = [href[1:] for href in tree.xpath("//a/@href") if href.startswith("#")]
    assert places
    assert set(places) <= set(ids)
    references = re.findall(r"url\(#([\w-]+)\)", html.tostring(tree).decode())
    assert set(references) <= set(ids)


def test_the_page_can_be_read_without_eyes_or_mouse(tree):
    assert tree.get("lang") == "en"
    assert tree.xpath("//a[@class='skip']/@href") == ["#content"]
    assert tree.xpath("//main[@id='content']")
    assert not tree.xpath("//thead//th[not(@scope)] | //tbody//th[not(@scope)]")
    for box in tree.xpath("//div[contains(@class, 'box')]"):
        assert box.get("tabindex") == "0"
        assert box.get("aria-label")
    for svg in tree.xpath("//*[local-name()='svg']"):
        assert svg.get("role") == "img"
        assert "RMSE rises" in svg[0].text
    assert len(tree.xpath("//h1")) == 1
    assert not [field for field in tree.xpath("//input") if not field.get("aria-label")]


def test_the_pages_lead_to_each_other(tree):
    assert tree.xpath("//nav[@class='top']/a/@href") == ["index.html", "sample.html", "other.html"]
    assert "rollback-runbook.html#alert-rmse" in tree.xpath("//a/@href")


def test_the_addresses_of_headings_are_github_s(tree):
    assert tree.xpath("//main//h2/@id")[:2] == ["1-decision-requested", "2-where-the-error-sits"]
    assert "what-the-rows-say" in tree.xpath("//h3/@id")


def test_the_address_of_a_heading_knows_no_number(tmp_path):
    text = (
        "## Error {{ performance.rmse.production }} of {{ declared.memo.to }}\n\n.\n\n## Twice\n\n.\n\n## Twice\n\n.\n"
    )
    tree = html.document_fromstring(in_html(composed(tmp_path, text)))
    assert tree.xpath("//h2/@id") == ["error--of", "twice", "twice-1"]
    assert tree.xpath("//h2")[0].text_content() == "Error $21.37 of Operations committee"


def test_a_link_to_nowhere_is_refused(tmp_path):
    with pytest.raises(TemplateError, match="#nowhere"):
        in_html(composed(tmp_path, "[here](#nowhere) and [there](#there)\n\n## There\n"))


def test_the_page_stays_small(page):
    assert len(page) < 100_000
