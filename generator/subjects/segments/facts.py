"""Takes what is found of the segments, gives its facts, tables, and findings of levels that got worse."""

from collections.abc import Iterator

from generator.estimates.features import table
from generator.records.evidence import Claim, Evidence, Finding, Scope, Severity, finding
from generator.records.fact import Sentence, facts_of, segment_of
from generator.records.headline import BINARY, named
from generator.records.table import Cell, Column, Mark, Table
from generator.results.words import columns, tables
from generator.subjects.segments._past import FIRST_THIRD
from generator.subjects.segments.found import Before, LevelErrors, Segments

TABLE = tables(__file__)

WORST, TOLD = 5, 5
RANKED = {"auc": "Ranking (AUC)", "base_rate": "Positives"}
"""Columns that only a binary model has."""
NO_LEVEL = "no segment has enough rows and entities"
NO_PAST = "no segment level has a past to be held against: no rows out of sample, and no dated thirds with enough rows"
NO_DAYS = "the rows have no dates, or none of this segment"


def show(found: Segments) -> Evidence:
    """Return every fact, the levels, those beside their own past, the days of one, and findings."""
    return Evidence(
        facts=tuple(facts_of(found)),
        tables=(
            _levels(found, "all", "Errors by segment", found.levels),
            _levels(
                found,
                "worst",
                "Errors by segment" if found.reason else "The five segments with the largest error",
                found.levels[:WORST],
            ),
            _pasts(found),
            _daily(found),
        ),
        findings=tuple(_findings(found)),
    )


def _levels(found: Segments, id: str, title: str, levels: tuple[LevelErrors, ...]) -> Table:
    head = named(found.headline)
    heads = (
        *columns("segment: Segment", "level: Level", "rows: Rows (rows)"),
        Column(key="error", label=head.title, unit=found.unit),
        Column(key="shrunk", label="Shrunk", unit=found.unit),
        *columns("ratio: Against overall (change)"),
        Column(key="bias", label="Mean error", unit=found.bias_unit),
        *((Column(key=key, label=label) for key, label in RANKED.items()) if head is BINARY else ()),
        *columns("status: Reading"),
    )
    rows = (_level(one, found.headline) for one in levels)
    return table(f"segments.{id}", title, heads, rows, reason=found.reason or NO_LEVEL)


def _level(one: LevelErrors, headline: str) -> tuple[Cell, ...]:
    low, high = one.ratio.low, one.ratio.high
    status = Mark(status="info", word="as overall")
    if low is None or high is None:
        status = Mark(status="inconclusive", word="too few entities")
    elif low > 0 or high < 0:
        status = Mark(status="info", word="harder" if low > 0 else "easier")
    ranked = (one.metrics[key] for key in RANKED if key in one.metrics)
    error, bias = one.metrics[headline], one.metrics["bias"]
    return (one.segment, one.name, one.rows, error, one.shrunk, one.ratio, bias, *ranked, status)


def _pasts(found: Segments) -> Table:
    unit = found.unit if not found.pasts or found.pasts[0].relative else ""
    return TABLE("segments.past", map(_past, found.pasts), reason=found.reason or NO_PAST, unit=unit)


def _past(one: Before) -> tuple[Cell, ...]:
    mark = Mark(status="info", word="no clear change")
    if one.proven:
        mark = Mark(status="confirmed", word="worse") if one.rose else Mark(status="ok", word="better")
    return (one.segment, one.name, one.against, one.before, one.now, one.change, mark)


def _daily(found: Segments) -> Table:
    label, unit = (named(found.headline).title, found.unit) if found.days else ("Error", "")
    rows = ((day.date.isoformat(), day.rows, day.values[found.headline]) for day in found.days)
    reason = found.reason or NO_DAYS
    return TABLE("segments.daily", rows, reason=reason, title=found.title, error=label, unit=unit)


def _findings(found: Segments) -> Iterator[Finding]:
    """Yield the levels that are worse than out of sample; of those that turned within these days the windows tell."""
    worse = [one for one in found.pasts if one.proven and one.rose and one.against != FIRST_THIRD]
    for one in worse[:TOLD]:
        beyond = "" if one.relative else ", beyond what another share of positives brings,"
        words: Sentence = (
            f"{one.segment} {one.name}: the {named(found.headline).name}{beyond} is ",
            one.now,
            *((", against ", one.before, f" on {one.against} (") if one.before.value is not None else (" (",)),
            one.change,
            ").",
        )
        id = f"segments.{segment_of(one.segment)}.{segment_of(one.name)}.past"
        severity: Severity = "confirmed" if one.surely else "watch"
        scope = Scope(segment=one.segment, level=one.name)
        claim = Claim(what=found.headline, relation="above", value=one.change, scope=scope)
        yield finding(id, "segment", severity, f"{one.segment} {one.name}", words, claim, one.before)
