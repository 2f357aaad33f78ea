"""Settings → entries of the roadmap and of the delivery that say of a stage of the rollout what it does not."""

from collections.abc import Iterator, Sequence

from generator.load.complaint import Complaint, Path
from generator.records.project import Delivery, Milestone, Settings, Stage


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for an entry about a stage that is not declared, or with another owner or gate than it."""
    stages, context = {stage.name: stage for stage in settings.rollout.stages}, settings.context
    kinds: tuple[tuple[str, Sequence[Milestone | Delivery]], ...] = (
        ("roadmap", context.roadmap),
        ("delivery", context.delivery),
    )
    for key, entries in kinds:
        for number, entry in enumerate(entries):
            path: Path = ("context", key, number)
            for place, name in enumerate(entry.stages):
                if name not in stages:
                    hint = "name one of `rollout.stages`"
                    yield Complaint((*path, "stages", place), f"is {name[:80]!r}, which is no stage", hint)
            yield from _apart(path, entry, [stages[name] for name in entry.stages if name in stages])


def _apart(path: Path, entry: Milestone | Delivery, own: list[Stage]) -> Iterator[Complaint]:
    hint = "leave it away: `rollout.stages` says it"
    if own and entry.owner and any(stage.owner not in (None, entry.owner) for stage in own):
        yield Complaint((*path, "owner"), "is not the owner of its stages", hint)
    if own and isinstance(entry, Delivery) and entry.gate and own[-1].gate not in (None, entry.gate):
        yield Complaint((*path, "gate"), "is not the gate of its stage", hint)
