"""Addresses of databases in the project file: taken without user and password, refused with them and never printed."""

import pytest

from generator.errors import InputError
from generator.load import load
from generator.records.address import Unfit, address

FILE = """
project: {{name: shop}}
model: {{name: m, version: "1", format: column}}
data: {{production: '{address}', target: y, prediction: p, time: day}}
"""
GOOD = [
    ("postgresql://host/db?table=shop", "postgresql://host/db", 'SELECT * FROM "shop"'),
    ("postgres://host:5433/db?table=Sales.Shop", "postgres://host:5433/db", 'SELECT * FROM "sales"."shop"'),
    ('postgresql://h/db?table="Odd one".t', "postgresql://h/db", 'SELECT * FROM "Odd one"."t"'),
    (
        "postgresql://${U}:${P}@${H}/db?sslmode=require&table=t",
        "postgresql://${U}:${P}@${H}/db?sslmode=require",
        'SELECT * FROM "t"',
    ),
    ("postgresql://${U}@h/db?query=rows.sql", "postgresql://${U}@h/db", None),
]
BAD = [
    ("postgresql://bob:hunter2@h/db?table=t", "has a user or a password in it"),
    ("postgresql://bob@h/db?table=t", "has a user or a password in it"),
    ("postgresql://${U}:hunter2@h/db?table=t", "has a user or a password in it"),
    ("postgresql://bob:hunter@2@h/db?table=t", "has a user or a password in it"),
    ("postgresql://h/db?table=t&password=hunter2", "has a user or a password in it"),
    ("postgresql://h/db?table=t&sslpassword=hunter2", "has a user or a password in it"),
    ("postgresql://h/db?table=t&options=hunter2", "has parts that are not known"),
    ("postgresql://h/db?table=t&table=hunter2", "has parts that are not known"),
    ("postgresql://h/db?table=t#hunter2", "has parts that are not known"),
    ("postgresql://h/db", "does not say which rows"),
    ("postgresql://h?table=t", "does not say which rows"),
    ("postgresql://h/db?table=t&query=q.sql", "does not say which rows"),
    ("postgresql:hunter2", "does not say which rows"),
    ("postgresql://h/db?hunter2", "is no address"),
    ("postgresql://[hunter2/db?table=t", "is no address"),
    ("postgresql://h/db?table=t;drop", "a name of a table"),
]


@pytest.mark.parametrize(("text", "server", "select"), GOOD)
def test_addresses(text, server, select):
    found = address(text)
    assert (found.server, found.select) == (server, select)


@pytest.mark.parametrize(("text", "what"), BAD)
def test_what_is_refused_is_not_repeated(tmp_path, text, what):
    with pytest.raises(Unfit, match=what) as unfit:
        address(text)
    (tmp_path / "dossier.yaml").write_text(FILE.format(address=text))
    with pytest.raises(InputError) as caught:
        load(tmp_path / "dossier.yaml")
    (problem,) = caught.value.problems
    assert what in problem.what and problem.where.endswith("dossier.yaml:4:20")
    for said in (problem.what, problem.hint, str(unfit.value), str(caught.value)):
        assert "hunter" not in said and "bob" not in said


def test_a_query_that_is_not_there(tmp_path):
    (tmp_path / "dossier.yaml").write_text(FILE.format(address="postgresql://h/db?query=rows.sql"))
    with pytest.raises(InputError, match=r"names the query 'rows\.sql', which does not exist"):
        load(tmp_path / "dossier.yaml")
