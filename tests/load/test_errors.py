"""No message holds a password, wherever it came from."""

import pytest

from generator.errors import InputError, Problem, redacted

SECRET = [
    "mysql://u:hunter2@h/db",
    "https://u:hunter2@host/x",
    "https://hunter2@host/x",
    "https:/u:hunter2@host/x",
    "snowflake+jdbc://u:p@ss:w/hunter2@h",
    "names 'mysql://user:hunter2",
    "//u:hunter2@host/x",
    "'u:hunter2@host:/x'",
    "s3://bucket/x?X-Amz-Signature=hunter2&x=1",
    "https://h/x?sas_token=hunter2",
    "https://h/x?a=1&password=hunter2",
    "PGPASSWORD=hunter2 psql",
    "AZURE_API_KEY=hunter2",
    "client_secret=hunter2;",
]
HARMLESS = [
    "http://localhost:8080/x",
    "http://localhost:8080",
    "postgresql://${PGUSER}:${PGPASSWORD}@h/db?table=a",
    "design=4 and signal=3",
    "https://x.example/a@b",
    "dossier.yaml:3:4",
    "a: b@c, C:/x",
    "mailto:team@shop.example",
    "write `key: value`, such as data.csv.delimiter",
]


@pytest.mark.parametrize("text", SECRET)
def test_a_password_is_not_printed(text: str):
    assert "hunter2" not in redacted(f"it is {text}, which does not exist")
    error = InputError(text, where=text, hint=text)
    assert "hunter2" not in f"{error}{error.problems}{Problem(what=text, where=text, hint=text)}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_password_stays(text: str):
    assert redacted(text) == text
