"""Takes everything that declares a threshold, gives the steps of each metric's ladder in one unit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Condition, Metric, Objective, Project, Trigger
from generator.records.quality import quality
from generator.results.words import quantities
from generator.subjects.kit.facts import declared, derived
from generator.subjects.kit.known import Known
from generator.subjects.limits.measured import previous, validation
from generator.subjects.limits.quantities import NAMES, Limit, in_words, unit_of_objective, watched_as
from generator.subjects.limits.rules import RuleLevel, condition_limit, rule_levels, same_population, trigger_limit
from generator.subjects.scores.found import Discrimination

QUANTITY = quantities(__file__)

CONTRACT = ("contract.rejected.last_day", "data.production.per_day")
CHANCE = 0.5
"""Area under the curve of scores that tell nothing."""
WORTHLESS = "holds only of a model worse than none by this measure"
COUNTS = "the limit counts, and fires on such a day"

RANKS: dict[str, float] = {
    "expected low": 0,
    "validation": 0,
    "expected high": 1,
    "yellow": 2,
    "retrain": 3,
    "red": 4,
    "severe": 4,
    "acceptable": 4.5,
    "rollback": 5,
}

INCOMPARABLE = {("acceptable", "rollback")}
TURNED = {"expected low": "expected high", "expected high": "expected low"}
"""Of metrics of which less is worse the lower end of what is expected comes first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderStep:
    """A threshold on the ladder: its role decides where it belongs, its value where it stands."""

    metric: str
    population: str
    upward: bool
    role: str
    name: str
    value: Fact
    source: str
    condition: Sentence
    """When it holds: metric, operator, value and window."""
    moves: tuple[float, float] | None = None
    """Within what the value may move from window to window, where it rests on an error measured anew in each."""

    @property
    def words(self) -> Sentence:
        """Return name and condition."""
        return (f"{self.name}: ", *self.condition)

    @property
    def id(self) -> str:
        """Return a name that no other step has."""
        head, _, tail = self.source.partition(".")
        return f"{self.metric}.{head}{f'.{segment_of(tail)}' if tail else ''}.{self.role.replace(' ', '_')}"

    @property
    def rank(self) -> float:
        """Return the place the role has on a ladder in order."""
        return RANKS[self.role]

    @property
    def height(self) -> float:
        """Return the value with more always worse; only for steps that have a value."""
        value = self.value.number
        if value is None:
            raise ValueError(f"{self.value.id} has no height")
        return value if self.upward else -value

    @property
    def reach(self) -> tuple[float, float]:
        """Return the lowest and the highest that the height may be."""
        low, high = self.moves or (self.height, self.height)
        return (low, high) if self.upward or not self.moves else (-high, -low)


def steps(known: Known, project: Project) -> tuple[LadderStep, ...]:
    """Return every declared step that has a value, in the order of the project file."""
    every = (
        *_objectives(project),
        *_policies(project),
        *_alerts(project),
        *_triggers(known, project),
        *_conditions(known, project),
    )
    return tuple(step for step in every if step.value.number is not None)


def contradicts(lower: LadderStep, upper: LadderStep) -> bool:
    """Return whether a step that belongs below another surely stands above it."""
    same = (lower.metric, lower.population, lower.upward) == (upper.metric, upper.population, upper.upward)
    if not same or lower.rank >= upper.rank or (lower.role, upper.role) in INCOMPARABLE:
        return False
    (_, highest), (lowest, _) = upper.reach, lower.reach
    return highest < lowest - 1e-9 * max(1.0, abs(lowest))


def disputed(source: str, known: Known, project: Project) -> Sentence:
    """Return what contradicts the thresholds of a rule, trigger or condition, to be told where these stand."""
    every = steps(known, project)
    own, others = [one for one in every if one.source == source], [one for one in every if one.source != source]
    found = [one for one in others if any(contradicts(one, mine) or contradicts(mine, one) for mine in own)]
    words = [part for one in found for part in (", ", f"{one.name} ", one.value)]
    return ("contradicts ", *words[1:]) if words else ()


def beneath(limit: Limit, known: Known) -> Sentence:
    """Return what does without a model all that a limit on the ranking asks for; nothing where the limit asks more."""
    ranking, bound = known.shelf[Discrimination].ranking, limit.threshold.number
    if ranking is None or bound is None or limit.upward:
        return ()
    chance, drawn = derived(QUANTITY("ladder.chance_order"), CHANCE), ranking.metrics.get("base_rate")
    reached = {
        "accuracy": ("the commoner outcome for every row would reach ", ranking.others.trivial),
        "auc": ("an order by chance would reach ", chance),
        "precision_at_top": ("rows drawn by chance would reach ", drawn.production if drawn else None),
    }
    words, value = reached.get(limit.metric, ("", None))
    return () if value is None or value.number is None or bound >= value.number else (words, value)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredLess:
    """Rows that the contract leaves a day, and the mildest level of a rule on the rows scored that they breach."""

    level: RuleLevel
    rejected: Fact
    per_day: Fact
    left: Fact

    @property
    def words(self) -> Sentence:
        """Return what is kept from the model, and what that leaves."""
        return ("the contract keeps ", self.rejected, " of the rows of the last day from the model: ", self.left)

    def asks(self, rows: float) -> bool:
        """Return whether a day has as many rows, and the contract does not leave them."""
        return (self.left.number or 0.0) < rows <= (self.per_day.number or 0.0)


def scored_less(levels: Iterable[RuleLevel], at: Known) -> ScoredLess | None:
    """Return what the contract leaves of a day that keeps every limit of a rule, where that breaches one."""
    rejected, per_day = map(at.fact, CONTRACT)
    if rejected.number is None or per_day.number is None:
        return None
    left = derived(QUANTITY("alerts.scored_rows"), round(per_day.number * (1.0 - rejected.number)))
    for one in levels:
        short = one.limit.metric == "rows" and one.limit.breached(left.number or 0.0)
        if short and not one.limit.breached(per_day.number):
            return ScoredLess(level=one, rejected=rejected, per_day=per_day, left=left)
    return None


def objective_fact(project: Project, objective: Objective, field: str) -> Fact:
    """Return a declared number of an objective; the id is that of the analysis of performance.

    What is declared of validation has an id of its own: rows out of sample go before it.
    """
    index = project.settings.objectives.metrics.index(objective)
    return declared(
        project,
        f"performance.{objective.name}.{'declared' if field == 'validation' else field}",
        getattr(objective, field),
        f"objectives.metrics.{index}.{field}",
        unit=unit_of_objective(objective.name, project),
        label=f"{NAMES.get(objective.name, objective.name)}, {field.replace('_', ' ')}",
    )


def _objectives(project: Project) -> Iterator[LadderStep]:
    for objective in project.settings.objectives.metrics:
        if objective.metric == "r2":
            continue
        for field in ("validation", "expected_low", "expected_high", "acceptable"):
            name, value = field.replace("_", " "), objective_fact(project, objective, field)
            metric = watched_as(objective.name, project)
            floor = quality(metric).floor
            yield LadderStep(
                metric=metric,
                population="none",
                upward=not floor,
                role=TURNED.get(name, name) if floor else name,
                name=name.capitalize(),
                value=value,
                source="objectives",
                condition=(f"{NAMES.get(metric, metric)} ", value),
            )


def _policies(project: Project) -> Iterator[LadderStep]:
    policies = project.settings.policies
    fields = (
        ("mean_change", "drift.yellow_mean_change", policies.drift.yellow_mean_change, "yellow", "share"),
        ("mean_change", "drift.severe_mean_change", policies.drift.severe_mean_change, "severe", "share"),
        ("mean_change", "drift.critical_mean_change", policies.drift.critical_mean_change, "retrain", "share"),
        ("sd_change", "drift.severe_sd_change", policies.drift.severe_sd_change, "severe", "share"),
        ("missing_points", "missing.flag_points", policies.missing.flag_points, "yellow", "points"),
        ("missing", "missing.red", policies.missing.red, "red", "share"),
        ("unseen", "unseen_share", policies.unseen_share, "yellow", "share"),
    )
    names = {
        "yellow": "Policy, yellow",
        "severe": "Policy, severe",
        "retrain": "Policy, critical features",
        "red": "Policy, red",
    }
    for metric, key, value, role, unit in fields:
        bound = declared(project, f"declared.policies.{key}", value, f"policies.{key}", unit=unit)
        yield LadderStep(
            metric=metric,
            population="any" if metric == "unseen" else "single",
            upward=True,
            role=role,
            name=names[role],
            source="policies",
            value=bound,
            condition=(f"{NAMES[metric]} > ", bound, " over the whole period"),
        )


def _alerts(project: Project) -> Iterator[LadderStep]:
    for level in rule_levels(project):
        yield LadderStep(
            metric=level.limit.metric,
            population=_population(level.limit.metric, level.limit.features),
            upward=level.limit.upward,
            role=level.name,
            name=level.title,
            value=level.limit.threshold,
            source=f"alerts.{level.rule.id}",
            condition=in_words(level.limit),
        )


def _triggers(known: Known, project: Project) -> Iterator[LadderStep]:
    for index, trigger in enumerate(project.settings.retraining.triggers):
        limit = trigger_limit(trigger, index, known, project)
        yield LadderStep(
            metric=trigger.metric,
            population=_population(trigger.metric, trigger.features),
            upward=limit.upward,
            role="retrain",
            name=f"Retraining trigger “{trigger.id}”",
            value=limit.threshold,
            source=f"retraining.{trigger.id}",
            condition=(*in_words(limit), *_on_validation(project, trigger, f"retraining.triggers.{index}", limit)),
        )


def _conditions(known: Known, project: Project) -> Iterator[LadderStep]:
    for index, condition in enumerate(project.settings.rollback.conditions):
        if condition.action != "roll back":
            continue
        limit = condition_limit(condition, index, known, project)
        note: Sentence = _on_validation(project, condition, f"rollback.conditions.{index}", limit)
        name, moves = f"Rollback “{condition.title or condition.id}”", None
        if condition.relative_to == "previous":
            measured = limit.threshold.number is not None
            own = _at_validation(condition.id, condition.metric, condition.threshold, known)
            limit = limit if measured else replace(limit, threshold=own)
            note = _share(project, condition, f"rollback.conditions.{index}", limit.threshold, "the previous version")
            base = "on the same rows" if measured else "as this version in validation"
            name = f"Rollback “{condition.id}”, previous {base}"
            moves = _moves(previous(known.shelf, condition.metric), 1 + condition.threshold) if measured else None
        yield LadderStep(
            metric=condition.metric,
            population=_population(condition.metric, "none"),
            upward=limit.upward,
            role="rollback",
            name=name,
            value=limit.threshold,
            source=f"rollback.{condition.id}",
            condition=(*in_words(limit), *note),
            moves=moves,
        )


def _moves(level: Fact, factor: float) -> tuple[float, float] | None:
    """Return what a limit relative to a measured level may be, within the interval of the level."""
    return None if level.low is None or level.high is None else (level.low * factor, level.high * factor)


def _on_validation(project: Project, item: Trigger | Condition, path: str, limit: Limit) -> Sentence:
    return _share(project, item, path, limit.threshold, "validation") if item.relative_to == "validation" else ()


def _share(project: Project, item: Trigger | Condition, path: str, value: Fact, base: str) -> Sentence:
    """The declared share that a relative threshold adds to its base."""
    share = declared(project, f"{value.id}.share", item.threshold, f"{path}.threshold", unit="change")
    return (" (", share, f" on {base})")


def _at_validation(id: str, metric: Metric, share: float, known: Known) -> Fact:
    level = validation(known.shelf, metric)
    base = level.number
    return derived(
        QUANTITY("rollback.condition.{id}.at_validation", id=segment_of(id), reason=level.reason),
        None if base is None else base * (1 + share),
        unit=level.unit,
        source=level.id,
    )


def _population(metric: Metric, features: str) -> str:
    return "any" if metric == "unseen" else same_population(metric, features)
