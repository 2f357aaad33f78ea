"""Gates, conditions and the verdict."""

from generator.subjects.verdict._controls import STATES, WORDS, allowed, state_of
from generator.subjects.verdict._judge import verdict_of
from generator.subjects.verdict._soft_gates import kept_mark, note_of, service_states

__all__ = ["STATES", "WORDS", "allowed", "kept_mark", "note_of", "service_states", "state_of", "verdict_of"]
