"""What is left to judge a prediction by where somebody acted on it: untreated rows, and whether they are at random."""

from collections.abc import Iterator

from generator.estimates.facts import number
from generator.estimates.feedback import LEAST, untreated
from generator.records.evidence import Claim, Evidence, Finding, finding
from generator.records.fact import Fact, Sentence, missing
from generator.records.ledger import Ledger
from generator.records.named import PROJECT
from generator.records.plugin import Analysis
from generator.records.project import Project
from generator.records.reason import lacking

LABELS = {
    "acted": "Rows that were acted on",
    "share": "Share of the rows that were acted on",
    "untreated": "Share of untreated rows, least of the tenths of the predictions",
}
UNITS = {"acted": "rows", "share": "share", "untreated": "share"}
NOT_SAID = lacking("no column says who was acted on", "data.acted_on", file=PROJECT)


def run(project: Project, ledger: Ledger) -> Evidence:
    """Return how many rows were acted on; a finding where no row of some predictions was left untreated."""
    acted = ledger.production.acted
    if acted is None:
        return Evidence(facts=tuple(missing(f"feedback.{key}", NOT_SAID, label=LABELS[key]) for key in LABELS))
    rows, treated = float(acted[:, 0].sum()), float(acted[:, 1].sum())
    values = {"acted": treated, "share": treated / rows if rows else float("nan"), "untreated": untreated(acted)}
    facts = {
        key: number(f"feedback.{key}", value, label=LABELS[key], unit=UNITS[key], n=rows)
        for key, value in values.items()
    }
    return Evidence(facts=tuple(facts.values()), findings=tuple(_findings(facts)))


def _findings(facts: dict[str, Fact]) -> Iterator[Finding]:
    least = facts["untreated"]
    if least.number is None or least.number >= LEAST:
        return
    words: Sentence = (
        "Of some predictions hardly any row was left untreated (",
        least,
        "), so that what would have come true of them is not known: how well the model ranks cannot be told until a "
        "random part of these rows is held out of the action.",
    )
    yield finding(
        "feedback.no_hold_out",
        "feedback",
        "confirmed",
        "random hold-out",
        words,
        Claim(what="untreated", relation="fails", value=least),
    )


ANALYSIS = Analysis(id="feedback", title="Rows that were acted on", run=run)
