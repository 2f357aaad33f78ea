"""Takes the size of a model file and how far it is trusted, gives the time and memory that its process may use."""

from dataclasses import dataclass, replace

from generator.records.project import ModelLimits

SECONDS, OF_TRUSTED = 5.0, 60.0
"""Computing time of an opening and of a first look: of files that nobody vouches for, and of trusted ones."""
A_MEGABYTE = 0.5
"""Seconds more for each megabyte of the file."""
MEGABYTES, TIMES = 700.0, 8.0
"""Memory of an opening beside that of the libraries: so much, and so many times the file."""
OF_ROWS = 4_000.0
"""Memory of an answer, in megabytes, once the first rows have been answered."""
A_ROW = 0.02
"""Seconds more for each row, beyond the first ones."""
PATIENCE, START = 4.0, 60.0
"""A process that waits or shares its processor may take so many times its computing time; and seconds to start."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a process may use for its next answer."""

    seconds: float
    megabytes: float
    declared: bool = False
    """True for what the project file says, which holds for all answers."""

    @property
    def patience(self) -> float:
        """Return the seconds after which an answer is no longer waited for."""
        return self.seconds * PATIENCE + 10.0

    def of_rows(self, rows: int) -> "Limits":
        """Return what an answer for so many rows may use."""
        if self.declared:
            return self
        return replace(self, seconds=self.seconds + A_ROW * rows, megabytes=max(self.megabytes, OF_ROWS))


def limits_of(size: int, said: ModelLimits | None, *, trusted: bool) -> Limits:
    """Return the limits of a model file of `size` bytes: those that are declared, else what suits its size."""
    if said is not None:
        return Limits(seconds=said.seconds, megabytes=said.megabytes, declared=True)
    megabytes = size / 1e6
    return Limits(
        seconds=(OF_TRUSTED if trusted else SECONDS) + A_MEGABYTE * megabytes,
        megabytes=(OF_ROWS if trusted else MEGABYTES) + TIMES * megabytes,
    )
