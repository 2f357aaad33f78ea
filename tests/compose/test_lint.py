import pytest

from generator.errors import TemplateError
from tests.compose.sample import composed


@pytest.mark.parametrize(
    "text",
    [
        "## 1. Decision\n\nSee page 2, section 3.1, sections 2, 3 and 5, and § 4 of the annex 5.\n",
        "Severity P1–P4, p95 and sha256 by ISO 8601 and RFC 5545, in UTF-8.\n",
        "1. first\n2. second\n",
        "With 95 % intervals, and a [link](https://example.com/2024/1).\n",
        "```sh\nsleep 30\n```\n",
        "Call `retry(3)` again.\n",
        "{# 42 is the answer #}\n",
        "{{ table(tables.segments.city, limit=short, columns=['segment', 'rmse'], caption='Errors') }}\n",
        "{% if known(performance.rmse.previous) and not simulated %}x{% elif verdict_is.delay %}y{% endif %}\n",
        "{% set words %}Error, {{ errors.above_30 }}{% endset %}\n{{ table(tables.segments.city, caption=words) }}\n",
        "{% macro m(t) %}\n{{ table(t) }}\n{% endmacro %}\n{{ m(tables.segments.city) }}\n",
    ],
)
def test_what_an_author_may_write(tmp_path, text: str):
    assert composed(tmp_path, text).source


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("It costs 12 dollars.\n", "the figure 12"),
        ("\n\nOn 2024-01-05.\n", "the figure 2024"),
        ("{{ table(tables.segments.city, caption='The 5 worst') }}\n", "the figure 5"),
        ("{{ 5 }}\n", "constant"),
        ("{{ 'words' }}\n", "constant"),
        ("{{ performance.rmse.production + business.roi }}\n", "add"),
        ("{{ performance.rmse.production ~ 'x' }}\n", "concat"),
        ("{% if performance.rmse.production > business.roi %}{% endif %}\n", "compare"),
        ("{{ performance.rmse.production|safe }}\n", "safe"),
        ("{{ tables['x'] }}\n", "getitem"),
        ("{{ performance.rmse.__class__ }}\n", "private"),
        ("{{ performence.rmse }}\n", "no name performence"),
        ("{{ range(3) }}\n", "no name range"),
        ("<b>bold</b>\n", "raw HTML"),
        ("# Title\n", "title"),
        ("[x](javascript:alert)\n", "link of this kind"),
        ("{{ table(tables.segments.city, limit=7) }}\n", "constant 7"),
        ("{% if performance is defined %}{% endif %}\n", "test is not"),
    ],
)
def test_what_an_author_may_not_write(tmp_path, text: str, what: str):
    with pytest.raises(TemplateError, match=r".") as caught:
        composed(tmp_path, text)
    assert what.lower() in str(caught.value.problems).lower()
    assert "documents/sample.md.j2:" in caught.value.problems[0].where


def test_all_problems_come_at_once_with_their_lines(tmp_path):
    with pytest.raises(TemplateError) as caught:
        composed(tmp_path, "Fine.\n\nNot 5.\n{{ 7 }}\n<i>no</i>\n")
    lines = {problem.where.rpartition(":")[2] for problem in caught.value.problems}
    assert {"3", "4", "5"} <= lines


def test_a_partial_is_checked_too(tmp_path):
    (tmp_path / "partials").mkdir(parents=True)
    (tmp_path / "partials" / "annex.md.j2").write_text("{% macro m() %}\nThere are 9 of them.\n{% endmacro %}\n")
    with pytest.raises(TemplateError) as caught:
        composed(tmp_path, "{% from 'partials/annex.md.j2' import m with context %}\n{{ m() }}\n")
    assert caught.value.problems[0].where == "partials/annex.md.j2:2"


def test_a_syntax_error_has_its_line(tmp_path):
    with pytest.raises(TemplateError) as caught:
        composed(tmp_path, "Words.\n{% if %}\n")
    assert caught.value.problems[0].where == "documents/sample.md.j2:2"
