"""Takes the kind of a risk, gives what this build measured of it, and the risks that nobody declared."""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.evidence import Finding
from generator.records.fact import Fact, Sentence
from generator.records.project import Project, Risk
from generator.subjects.kit.known import Known
from generator.subjects.kit.stages import faults, wrong

SHOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "pipeline": (
        ("features missing more than allowed: ", "missing.count.flagged"),
        ("rows with a new category: ", "unseen.any.share"),
        ("rows of an entity beyond the first of a day: ", "data.production.duplicates"),
    ),
    "drift": (
        ("features with confirmed drift: ", "drift.count.confirmed"),
        ("with severe drift: ", "drift.count.severe"),
        ("largest mean shift: ", "drift.largest.mean_change"),
    ),
    "output": (
        ("predictions outside the allowed range: ", "prediction.outside.share"),
        ("change of the mean prediction: ", "prediction.mean_change"),
    ),
    "quality": (
        ("missing rate: ", "missing.overall.production"),
        ("in training: ", "missing.overall.reference"),
        ("features missing more than allowed: ", "missing.count.flagged"),
    ),
    "correlation": (
        ("pairs of features whose correlation changed: ", "correlation.count.changed"),
        ("of ", "correlation.count.tested"),
    ),
    "outage": (
        ("room to the latency objective: ", "features.latency.headroom"),
        ("time to restore: ", "rollback.restore"),
    ),
    "fairness": (
        ("largest gap between groups, predicted less actual share: ", "fairness.*.gap.bias"),
        ("error: ", "fairness.*.gap.error"),
    ),
    "other": (),
}
COVERED = {
    "drift": ("drift",),
    "missing": ("quality", "pipeline"),
    "unseen": ("pipeline", "quality"),
    "correlation": ("correlation", "drift"),
    "prediction": ("output",),
    "fairness": ("fairness",),
}
TITLES = {
    "performance": "Errors are larger than in validation",
    "segment": "Some segments are served worse than the rest",
    "drift": "Inputs have drifted",
    "missing": "Inputs are missing",
    "unseen": "New categories",
    "correlation": "Relations between inputs have changed",
    "prediction": "Predictions have shifted",
    "labels": "Known outcomes are not those that all will have",
    "claim": "Stated figures do not add up",
    "ladder": "Thresholds contradict one another",
    "alert": "Alerts do not do what they are for",
    "business": "The business case does not carry",
    "retraining": "Retraining does not follow its plan",
    "service": "Service levels are missed",
    "fairness": "A group of people is served worse",
    "contract": "Inputs break the rules that the team set for them",
    "decision": "Decisions cost more than they need to",
}
MITIGATIONS = {
    "performance": "alerts on the error, retraining, rollback",
    "segment": "a limit on each segment that matters, held against its rows in every build",
    "drift": "drift alerts, asks to the producers",
    "missing": "missing-value alerts, asks to the producers",
    "unseen": "policy for new categories",
    "correlation": "retraining",
    "prediction": "range check of the output",
    "labels": "let a day count later, and mend keys that do not join",
    "claim": "correct the figures before they are relied on",
    "ladder": "put the thresholds in order",
    "alert": "set the thresholds anew",
    "business": "work the case out anew before it is relied on",
    "retraining": "keep the plan, or change it",
    "service": "mend the service, or agree on another level",
    "fairness": "correct the predictions of the group, or keep it out until they are",
    "contract": "have the producers restore the values, or declare what the model does without them",
    "decision": "act from the threshold that the costs give",
}
CERTAIN, SERIOUS, MODERATE = 5, 4, 3
ENOUGH_DAYS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterLine:
    """A line of the register: a declared risk, or one that the evidence adds."""

    risk: Risk
    index: int | None
    """Its place in `risks`; None for one that is added."""
    evidence: Sentence


def declared_entries(project: Project, known: Known) -> Iterator[RegisterLine]:
    """Yield the declared risks with what was measured of them."""
    for index, risk in enumerate(project.settings.risks):
        yield RegisterLine(risk=risk, index=index, evidence=_measured(risk.kind, known))


def _measured(kind: str, known: Known) -> Sentence:
    words: list[str | Fact] = []
    for text, id in SHOWN[kind]:
        for fact in (known.facts[name] for name in sorted(fnmatch.filter(known.facts, id))):
            words += ["; " if words else "", text, fact] if fact.value is not None else []
    if words and kind != "outage":
        words += [" (over the whole period)"]
    return tuple(words) or ("nothing in this build measures it",)


def added_entries(project: Project, known: Known) -> Iterator[RegisterLine]:
    """Yield the risks that confirmed findings show and no declared risk covers, one for each kind of finding."""
    covered = {risk.kind for risk in project.settings.risks}
    by_kind: dict[str, list[Finding]] = {}
    for finding in known.findings:
        if finding.severity != "watch" and not covered & set(COVERED.get(finding.kind, ())):
            by_kind.setdefault(finding.kind, []).append(finding)
    for kind, findings in by_kind.items():
        yield _added(kind, findings)
    yield from _provisional(known)


def _added(kind: str, findings: list[Finding]) -> RegisterLine:
    severe = any(finding.severity == "severe" for finding in findings)
    stages = faults(findings)
    first = next((finding for finding in findings if finding.severity == "severe"), findings[0])
    return RegisterLine(
        risk=Risk(
            id=f"found-{kind}",
            title=wrong(stages) if stages else TITLES.get(kind, f"Confirmed: {kind}"),
            likelihood=CERTAIN,
            impact=SERIOUS if severe else MODERATE,
            mitigation="; ".join(one.advice for one in stages) or MITIGATIONS.get(kind),
        ),
        index=None,
        evidence=first.words,
    )


def _provisional(known: Known) -> Iterator[RegisterLine]:
    days = known.fact("data.production.days")
    count = days.number
    if count is not None and count < ENOUGH_DAYS:
        yield RegisterLine(
            risk=Risk(
                id="found-thresholds",
                title="Alert thresholds rest on few days",
                likelihood=MODERATE,
                impact=MODERATE,
                mitigation="recalibrate when sixty days are there",
            ),
            index=None,
            evidence=("the thresholds are held against ", days, " only"),
        )
