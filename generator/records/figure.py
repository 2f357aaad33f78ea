"""A figure: drawn from results as SVG text with a text that says what it shows, or the reason why there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from generator.records.fact import Sentence
from generator.records.results import Results


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A drawn figure; `alt` states the finding, its numbers as facts."""

    svg: str
    alt: Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """There is nothing to draw, and `reason` says why."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One file of `figures`: what it draws from the results."""

    id: str
    title: str
    draw: Callable[[Results], Drawing | Absent]


def drawn_once(figure: Figure) -> Figure:
    """Return the figure as one that keeps its drawing: several documents show it, and it is drawn once a build."""
    kept: list[tuple[Results, Drawing | Absent]] = []

    def draw(results: Results) -> Drawing | Absent:
        if not kept or kept[0][0] is not results:
            kept[:] = [(results, figure.draw(results))]
        return kept[0][1]

    return replace(figure, draw=draw)
