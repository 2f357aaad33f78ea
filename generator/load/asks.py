"""What a new project file leaves open → the keys that give the documents most, the most useful first."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A key worth filling in, and what the documents gain by it."""

    key: str
    why: str


HELD_OUT = Ask(
    key="data.held_out",
    why="rows with outcomes that the model was not fitted on: without them no change of the error is told",
)
ASKS = (
    Ask(key="objectives.metrics", why="error in validation and the most you accept: the gate that decides the verdict"),
    Ask(key="business.loss_per_unit_error", why="what an error costs: every error, drift and delay then has a price"),
    Ask(key="alerts.rules", why="what is watched, from which value on: false alarms and delays are worked out"),
    Ask(key="model.previous", why="the version to fall back on: rollback, and what the new one is better at"),
    Ask(key="rollback.steps", why="what the person on call does at night, command by command"),
    Ask(key="retraining.options", why="how often you could train anew, and `run` what it costs: the best interval"),
    Ask(key="data.features", why="meaning, source and `critical` of each feature: what its producers must deliver"),
    Ask(key="people.approvers", why="who signs; `roles` with contacts: who is called"),
    Ask(key="services", why="latency, availability, freshness: their objectives and what was measured"),
    Ask(key="context.purpose", why="what the predictions are for, and who decides with them"),
)
"""Every one of them is explained, and has an example, in the file that `init` writes."""
PRICE = Ask(key="decision.costs", why="what each outcome of acting costs: the best threshold and the price of an error")


def asks(*, binary: bool, held_out: bool) -> tuple[Ask, ...]:
    """Return what to ask for: rows out of sample where there are none; of probabilities what acting on them costs."""
    found = tuple(PRICE if binary and ask.key == "business.loss_per_unit_error" else ask for ask in ASKS)
    return found if held_out else (HELD_OUT, *found)
