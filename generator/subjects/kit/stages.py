"""Takes findings on the stages of a rollout, gives in words what is wrong, what has to hold, and what is to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from generator.records.evidence import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What can be wrong with a stage, told of stages, of every stage, as advice, and as what the next build finds."""

    wrong: str
    holds: str
    advice: str
    found: str


FAULTS = {
    "short": Fault(
        wrong="are too short",
        holds="lasts long enough",
        advice="give each stage the days that it needs",
        found="none too short",
    ),
    "never": Fault(
        wrong="get too few rows to be judged",
        holds="gets rows enough to be judged",
        advice="give what judges a stage a window that its rows fill",
        found="none with too few rows",
    ),
    "exposed": Fault(
        wrong="risk too much",
        holds="risks no more than is allowed",
        advice="give each stage no more traffic than its budget bears, or quicker detection, or more budget",
        found="none over its budget",
    ),
    "outside": Fault(
        wrong="plan another share of the traffic than is served",
        holds="plans the share of the traffic that it has",
        advice="record the state and the share of the traffic as they are",
        found="none at odds with what is served",
    ),
}
"""By the word in the ids of its findings."""


def faults(findings: Iterable[Finding]) -> tuple[Fault, ...]:
    """Return what is wrong with the stages, each once; what is only to be watched is left out."""
    own = [one.id.split(".") for one in findings if one.kind == "rollout" and one.severity != "watch"]
    return tuple(fault for word, fault in FAULTS.items() if any(id[2:3] == [word] for id in own))


def wrong(found: Iterable[Fault]) -> str:
    """Return what is wrong with the stages, and no more than that."""
    return "Stages of the rollout " + ", and ".join(one.wrong for one in found)
