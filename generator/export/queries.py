"""The rules as SQL, one statement a rule, for whoever builds the alerts."""

from generator.records.artifact import Artifact
from generator.records.plugin import Companion
from generator.records.results import Results


def export(results: Results) -> Artifact | None:
    """Return `queries.sql`; None where no rule could be written as a query."""
    table = results.tables.get("alerts.queries")
    made = [row for row in table.records if row["state"] in ("generated", "wrapped")] if table else []
    if not made:
        return None
    views = (row for row in results.records("alerts.reads") if row["made"])
    first = (("watched", "the version that the statements judge; a deployment sets it", row["made"]) for row in views)
    rules = ((row["id"], row["rule"], row["query"]) for row in (*made, *results.records("alerts.by_level")))
    parts = (f"-- {id}: {_line(what)}\n{statement};\n" for id, what, statement in (*first, *rules))
    return Artifact(path="queries.sql", content="\n".join(parts).encode())


def _line(title: object) -> str:
    return " ".join(str(title).split())


COMPANION = Companion(id="queries", title="Rules as SQL (queries.sql)", export=export)
