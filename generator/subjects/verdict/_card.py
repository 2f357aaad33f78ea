"""Takes a gate, gives it in words: what is asked, what was measured, and the line of both on the scorecard."""

from generator.records.decision import WHOLE, Gate
from generator.records.fact import Sentence
from generator.records.headline import BINARY, REGRESSION
from generator.records.quality import quality
from generator.records.table import Cell, Mark

TARGETS: dict[str, tuple[str, str]] = {
    "data_quality": ("missing values within limits", " beyond them"),
    "drift": ("no input drifted beyond the team's limits", " beyond them"),
    "minimum.inputs": ("no input past its own stop limit", " inputs past it"),
    "services": ("all service levels kept", " shown to be kept"),
    "rollback": ("built, every preparation in place", " preparations in place"),
    "monitoring": ("built, every area watched", " areas have a rule with data"),
}
"""Words of the target, and behind the actual count, of the gates that count something."""
OWN = {
    "data.left_out.count": ("all rows in the figures", " kinds of rows left out"),
    "drift.count.severe": ("no input drifted severely", " severe"),
}
"""The same by what is counted: rows missing from the figures; drift where the team has no limits of its own."""
UNSAID = {"data_quality": "no limit on missing values declared", "services": "no service level declared"}
"""Words of the target where the team declared none."""


def mark(gate: Gate) -> Mark:
    """Return the verdict of a gate as a status."""
    return Mark(status=gate.verdict, word=gate.verdict)


def line(gate: Gate) -> tuple[Cell, ...]:
    """Return topic, target, actual, status and evidence."""
    return dated(gate), target(gate), actual(gate), mark(gate), gate.value.id


def dated(gate: Gate) -> str:
    """Return the title of a gate, with the days where they are not the whole period."""
    return gate.title if gate.window == WHOLE or gate.id == "recent" else f"{gate.title}, {gate.window}"


def target(gate: Gate) -> Sentence:
    """Return what is asked."""
    if gate.id in UNSAID and None in (gate.value.value, gate.bound.value):
        return (UNSAID[gate.id],)
    if gate.id in TARGETS:
        return (_words(gate)[0],)
    if gate.bound.value is None:
        return ("no target declared",)
    named = next(
        (one.name for one in (REGRESSION, BINARY) if one.metric in gate.value.id.removesuffix("_recent").split(".")), ""
    )
    return ("at least " if quality(gate.metric).floor else f"{named} below ".lstrip(), gate.bound)


def actual(gate: Gate) -> Cell:
    """Return what was measured; a count with what it is a count of."""
    if gate.value.value is None or (gate.id in UNSAID and gate.bound.value is None):
        return "not measured"
    if gate.id not in TARGETS:
        return gate.value
    out_of: Sentence = (" of ", gate.bound) if gate.bound.number else ()
    return (gate.value, *out_of, _words(gate)[1])


def _words(gate: Gate) -> tuple[str, str]:
    return OWN.get(gate.value.id, TARGETS[gate.id])
