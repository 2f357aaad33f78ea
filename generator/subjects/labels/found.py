"""What labels that come late are worth knowing for to other subjects."""

from dataclasses import dataclass

from generator.records.fact import Fact


@dataclass(frozen=True, kw_only=True)
class LateLabels:
    """That labels which come after a day counts are surely others than those before."""

    gap: Fact
    """By how much the share of positives differs when a day begins to count from what it will be; a share of that."""
