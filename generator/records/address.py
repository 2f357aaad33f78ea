"""The address of a table in a database, or of files in a store of objects: no user and no password stand in it."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("postgresql:", "postgres:")
STORES = ("s3:", "gs:", "gcs:", "abfs:", "abfss:")
STORE_SETTINGS = ("region", "endpoint_override", "scheme")
STORE_FORM = "s3://bucket/rows.parquet, gs://bucket/rows.csv, abfss://container@account.dfs.core.windows.net/rows"
STORE_SECRETS = "who may read is told by the environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
SETTINGS = ("sslmode", "sslrootcert", "connect_timeout")
"""What an address may say of the connection."""
OTHER = re.compile(r"((?!file:)[A-Za-z][\w+.:-]+:)/{1,3}\S")
ELSEWHERE = "get the file, and write its path; postgresql://, s3://, gs:// and abfss:// are read"
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
NAME = r'(?:[A-Za-z_][A-Za-z0-9_$]*|"(?:[^"]|"")+")'
TABLE = re.compile(rf"({NAME})(?:\.({NAME}))?")
FORM = "postgresql://host/database?table=schema.name, or ?query=FILE.sql with one SELECT"
FROM_ENVIRONMENT = "take it out: PGUSER and PGPASSWORD are read from the environment, or write ${NAME} for a variable"


class Unfit(ValueError):
    """Why a text is no address, and what would be right; nothing of the text itself."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, kw_only=True)
class Address:
    """The server and its database, and of them a table or the file of a query; placeholders stand as written."""

    server: str
    table: str | None
    query: str | None

    @property
    def select(self) -> str | None:
        """Return the SQL of all rows of the table; None where a file has the query."""
        found = TABLE.fullmatch(self.table or "")
        return None if found is None else "SELECT * FROM " + ".".join(_quoted(name) for name in found.groups() if name)


def is_address(text: str) -> bool:
    """Return whether a text means a database or a store rather than a file, be it well formed or not."""
    return text.lower().startswith((*SCHEMES, *STORES))


def unread(text: str) -> str | None:
    """Return how an address begins that nothing here reads; None for files and for addresses of our own."""
    found = None if is_address(text) else OTHER.match(text)
    return found and found[1]


def is_store(text: str) -> bool:
    """Return whether an address is one of files in a store of objects."""
    return text.lower().startswith(STORES)


def check_store(text: str) -> None:
    """Raise Unfit for the address of files in a store that says too little or too much, without a word of it."""
    try:
        parts = urlsplit(text)
        given = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        raise Unfit("is no address that can be read", STORE_FORM) from None
    user, _, host = parts.netloc.rpartition("@")
    if ":" in user or (user and not parts.scheme.startswith("abfs")):
        raise Unfit("has a user or a password in it", STORE_SECRETS)
    if not host or not parts.path.strip("/"):
        raise Unfit("does not say which file of which bucket", STORE_FORM)
    if given - set(STORE_SETTINGS) or parts.fragment:
        raise Unfit("has parts that are not known", f"known are {', '.join(STORE_SETTINGS)}; {STORE_SECRETS}")


def address(text: str) -> Address:
    """Return the address that a text is; raises Unfit, without a word of the text, which may hold a password."""
    try:
        parts = urlsplit(text)
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise Unfit("is no address that can be read", FORM) from None
    user, _, host = parts.netloc.rpartition("@")
    if "@" in user or any(word and not PLACEHOLDER.fullmatch(word) for word in user.split(":", 1)):
        raise Unfit("has a user or a password in it", FROM_ENVIRONMENT)
    settings = dict(given)
    if any("pass" in key.lower() or key.lower() == "user" for key in settings):
        raise Unfit("has a user or a password in it", FROM_ENVIRONMENT)
    if set(settings) - {"table", "query", *SETTINGS} or len(settings) < len(given) or parts.fragment:
        raise Unfit("has parts that are not known", f"known are table, query, {', '.join(SETTINGS)}, each once")
    if ("table" in settings) == ("query" in settings) or not host or len(parts.path) < 2:
        raise Unfit("does not say which rows of which database", FORM)
    if "table" in settings and not TABLE.fullmatch(settings["table"]):
        raise Unfit("has a name of a table that cannot be read", 'schema.name; in quotes where it is "Odd name"')
    kept = "&".join(part for part in parts.query.split("&") if part.partition("=")[0] in SETTINGS)
    server = f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{kept}" if kept else "")
    return Address(server=server, table=settings.get("table"), query=settings.get("query"))


def _quoted(name: str) -> str:
    return name if name.startswith('"') else f'"{name.lower()}"'
