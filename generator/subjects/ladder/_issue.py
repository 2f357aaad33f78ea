"""Takes two declarations that contradict each other, gives them as one problem: a row of a table and a finding."""

from dataclasses import dataclass

from generator.records.evidence import Claim, Finding, Severity, finding
from generator.records.fact import Sentence


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """Two declarations that contradict each other."""

    id: str
    subject: str
    first: Sentence
    second: Sentence
    problem: Sentence
    consequence: str
    told: Sentence
    """Both sides and the problem in one sentence."""
    severity: Severity = "confirmed"

    @property
    def finding(self) -> Finding:
        """Return the problem as a finding that names both sides and what follows."""
        words: Sentence = (*self.told, f" {self.consequence}")
        return finding(
            self.id,
            "ladder",
            self.severity,
            self.subject,
            words,
            Claim(what="levels", relation="contradicts", value=None),
        )
