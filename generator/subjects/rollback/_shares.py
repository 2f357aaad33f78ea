"""Takes what is written about a degraded mode, gives where that takes out more of the cases than the mode may."""

import re
from collections.abc import Iterator

from generator.records.project import Mode, Project
from generator.subjects.limits.rules import title_of

LARGEST = re.compile(
    r"\b(?:up to|at most|(?:no|not) more than) (?:(?P<per_cent>\d+(?:\.\d+)?) ?%|(?P<word>an? \w+|half)) of the ", re.I
)
WORDS = {"a tenth": 0.1, "a fifth": 0.2, "a quarter": 0.25, "a third": 1 / 3, "a half": 0.5, "half": 0.5}
STEM = 4
"""Letters from which on a word of a mode's name tells that a clause is about it."""


def beyond_most(project: Project) -> Iterator[tuple[Mode, str, str]]:
    """Yield a mode with a largest share, who says more of it, and what: its own limits, or the mitigation of a rule.

    Of a mitigation only the clause that uses a word of the mode's name is about it; of limits only a clause that
    begins with the share: other percentages are of something else.
    """
    for mode in project.settings.rollback.degraded_modes:
        if mode.most is None:
            continue
        names = [word for word in re.findall(r"\w+", mode.name.casefold()) if len(word) >= STEM]
        own = ((found, "its limits") for clause in _clauses(mode.limits) if (found := LARGEST.match(clause)))
        asked = (
            (found, f"the alert “{title_of(rule)}”")
            for rule in project.settings.alerts.rules
            if rule.mode == mode.name
            for clause in _clauses(rule.mitigation)
            if any(name in clause.casefold() for name in names) and (found := LARGEST.search(clause))
        )
        for found, where in (*own, *asked):
            if (share := _share(found)) is not None and share > mode.most + 1e-9:
                yield mode, where, found[0].removesuffix(" of the ")


def _clauses(text: str | None) -> list[str]:
    return re.split(r"[.;:] +", text or "")


def _share(found: re.Match[str]) -> float | None:
    said = found["per_cent"]
    return WORDS.get(found["word"].casefold()) if said is None else float(said) / 100
