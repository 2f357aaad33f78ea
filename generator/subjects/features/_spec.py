"""Takes one feature with what is declared and measured of it, gives its line of the specification and its rules."""

import json
from dataclasses import dataclass

from generator.records.fact import Fact, Sentence, segment_of
from generator.records.project import Feature, Project, Source
from generator.records.table import Cell, Mark, Status
from generator.subjects.kit.facts import declared
from generator.subjects.kit.known import Known, Row, number_of, text_of

BAD = ("confirmed", "severe", "fail", "red")
ASKED = "not declared"
SHORT = 6
"""How many levels of a category its line names; tables/features.levels.csv lists all."""
MANY, FEW = 1_000, "reference, without five rows at either end"
"""Training values of which half a percent are five, and what the range of fewer is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A feature with its source and what the analyses say of it."""

    feature: Feature
    index: int | None
    """Its place in `data.features`; None where only the data show it."""
    source: Source | None
    drift: Row
    missing: Row
    low: Fact
    high: Fact
    basis: str
    over: str = ""
    """The limit on missing values that it is over: `alert`, `stop`, or none."""
    levels: tuple[str, ...] = ()
    """Of a category, the levels that training knows."""
    read_as: str = ""
    """Its kind as the data show it."""

    @property
    def id(self) -> str:
        """Return the head of the ids of its facts."""
        return f"features.{segment_of(self.feature.name)}"

    @property
    def kind(self) -> str:
        """Return numeric or categorical: as declared, else as read from the data."""
        return self.feature.kind or self.read_as or "not known"

    @property
    def drifted(self) -> bool:
        """Whether a drift of it is confirmed."""
        return _bad(self.drift.get("severity"))

    @property
    def over_policy(self) -> bool:
        """Whether the team's own policy calls its shift severe, beyond chance or not."""
        return _bad(self.drift.get("declared"))

    @property
    def incomplete(self) -> bool:
        """Whether a rise of its missing values is confirmed."""
        return _bad(self.missing.get("status"))


def _bad(cell: Cell | None) -> bool:
    return isinstance(cell, Mark) and cell.status in BAD


def describe(project: Project, known: Known, names: tuple[str, ...]) -> tuple[Described, ...]:
    """Return every named feature, described."""
    at = {feature.name: index for index, feature in enumerate(project.settings.data.features)}
    sources = {source.name: source for source in project.settings.data.sources}
    drift = {text_of(row.get("feature")): row for row in known.rows("drift.all")}
    missing = {text_of(row.get("feature")): row for row in known.rows("missing.all")}
    over, levels = _over(known), _levels(known)
    kinds = {text_of(row.get("feature")): text_of(row.get("kind")) for row in known.rows("features.kinds")}
    found = []
    for name in names:
        index = at.get(name)
        feature = Feature(name=name) if index is None else project.settings.data.features[index]
        low, high, basis = _allowed(project, known, feature, index)
        found.append(
            Described(
                feature=feature,
                index=index,
                source=sources.get(feature.source or ""),
                drift=drift.get(name, {}),
                missing=missing.get(name, {}),
                low=low,
                high=high,
                basis=basis,
                over=_whole_period(feature, missing.get(name, {})) if over is None else over.get(name, ""),
                levels=levels.get(name, ()),
                read_as=kinds.get(name, ""),
            )
        )
    return tuple(found)


def _over(known: Known) -> dict[str, str] | None:
    """Return by feature the limit it is over on the last day; None where no day is known."""
    if known.number("contract.alert.last_day") is None and known.number("contract.stop.last_day") is None:
        return None
    return {str(row["feature"]): str(row["over"]) for row in known.rows("contract.now")}


def _whole_period(feature: Feature, missing: Row) -> str:
    """Return the limit that a feature is over in rows without days."""
    rate = number_of(missing.get("production"))
    limits = (("stop", feature.missing_stop), ("alert", feature.missing_alert))
    return next((word for word, limit in limits if None not in (rate, limit) and (rate or 0.0) > (limit or 0.0)), "")


def _levels(known: Known) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in known.rows("features.levels"):
        name, level = text_of(row.get("feature")) or "", text_of(row.get("level")) or ""
        found[name] = (*found.get(name, ()), level)
    return found


def field(project: Project, one: Described, name: str, unit: str = "") -> Fact:
    """Return a declared number of a feature."""
    path = "data.features" if one.index is None else f"data.features.{one.index}.{name}"
    return declared(
        project,
        f"{one.id}.{name}",
        getattr(one.feature, name),
        path,
        unit=unit,
        label=f"{name.replace('_', ' ').capitalize()}, {one.feature.name}",
    )


def _allowed(project: Project, known: Known, feature: Feature, index: int | None) -> tuple[Fact, Fact, str]:
    """The allowed range: declared, else 0.5 to 99.5 % of the reference, else 5 to 95 %."""
    head, path = f"features.{segment_of(feature.name)}", f"data.features.{index}"
    if feature.low is not None or feature.high is not None:
        return (
            declared(project, f"{head}.low", feature.low, f"{path}.low"),
            declared(project, f"{head}.high", feature.high, f"{path}.high"),
            "declared",
        )
    for keys, basis in ((("low", "high"), "reference, 0.5 to 99.5 %"), (("q05", "q95"), "reference, 5 to 95 %")):
        low, high = (known.of_feature(f"drift.{{}}.{key}_reference", feature.name) for key in keys)
        if low.number is not None and high.number is not None:
            return low, high, FEW if keys[0] == "low" and (low.n or MANY) < MANY else basis
    return low, high, "training rows" if feature.kind == "categorical" else "not known"


def allowed_words(one: Described) -> Sentence:
    """Return the allowed range or levels in words."""
    if one.kind == "categorical":
        many = f"{len(one.levels)} levels, listed"
        return (", ".join(one.levels) if len(one.levels) <= SHORT else many,) if one.levels else ("not known",)
    low, high = one.low.number is not None, one.high.number is not None
    if low and high:
        return (one.low, " to ", one.high)
    if low:
        return ("at least ", one.low)
    return ("at most ", one.high) if high else ("not known",)


def spec_row(project: Project, known: Known, one: Described) -> tuple[Cell, ...]:
    """Return the line of the specification."""
    feature, source, name = one.feature, one.source, one.feature.name
    freshness = field(project, one, "freshness_minutes", "minutes")
    if feature.freshness_minutes is None:
        freshness = _of_source(project, one, "freshness_minutes", "minutes")
    return (
        name,
        feature.meaning or ASKED,
        one.kind,
        feature.unit or "",
        allowed_words(one),
        one.low if one.kind != "categorical" else "",
        one.high if one.kind != "categorical" else "",
        json.dumps(one.levels, ensure_ascii=False) if one.levels else "",
        one.basis,
        *(_moment(known, one, key) for key in ("mean", "sd")),
        _expected(project, known, one),
        field(project, one, "missing_alert", "share"),
        field(project, one, "missing_stop", "share"),
        feature.source or ASKED,
        source.kind if source else ASKED,
        _of_source(project, one, "latency_budget_ms", "ms"),
        freshness,
        owner_of(one),
        feature.transformation or ASKED,
        feature.imputation or ASKED,
        feature.when_missing or ASKED,
        (feature.when_unseen if one.kind == "categorical" else feature.when_out_of_range) or ASKED,
        _criticality(known, one),
        feature.sensitivity or ASKED,
        compliance(one),
    )


def _moment(known: Known, one: Described, key: str) -> Cell:
    return "" if one.kind == "categorical" else known.of_feature(f"drift.{{}}.{key}_reference", one.feature.name)


def owner_of(one: Described) -> str:
    """Return who owns the feature: as declared, else the owner of its source."""
    return one.feature.owner or (one.source.owner if one.source else None) or ASKED


def _of_source(project: Project, one: Described, name: str, unit: str) -> Fact:
    value = getattr(one.source, name) if one.source else None
    index = project.settings.data.sources.index(one.source) if one.source else 0
    id = f"features.source.{index}.{name}" if one.source else f"{one.id}.source_{name}"
    return declared(project, id, value, f"data.sources.{index}.{name}" if one.source else "data.sources", unit=unit)


def _expected(project: Project, known: Known, one: Described) -> Fact:
    if one.feature.missing_expected is not None:
        return field(project, one, "missing_expected", "share")
    return known.of_feature("missing.{}.reference", one.feature.name)


def _criticality(known: Known, one: Described) -> Sentence:
    word = "critical" if one.feature.critical else "normal"
    share = known.of_feature("importance.{}.share", one.feature.name)
    return (word,) if share.value is None else (f"{word}, ", share, " of all effects")


def compliance(one: Described) -> Mark:
    """Return whether the production rows keep what is declared of the feature: its limits, the team's tolerance.

    Where nothing is declared of it, what is confirmed beyond chance counts.
    """
    if number_of(one.missing.get("production")) is None and not one.drift:
        return Mark(status="info", word="not measured")
    if one.over:
        status: Status = "fail" if one.over == "stop" else "watch"
        return Mark(status=status, word=f"missing over {one.over}")
    if one.over_policy:
        return Mark(status="watch", word="over the declared limit")
    limited = one.feature.missing_alert is not None or one.feature.missing_stop is not None
    if not limited and one.incomplete:
        return Mark(status="confirmed", word="missing more than in training")
    policy = one.drift.get("declared")
    if one.drifted and not (isinstance(policy, Mark) and policy.status != "info"):
        return Mark(status="confirmed", word="drifted")
    if number_of(one.missing.get("reference")) is None and not limited:
        return Mark(status="info", word="nothing to compare with")
    beside = ", missing more than in training" if one.incomplete else ", drifted" if one.drifted else ""
    return Mark(status="pass", word=f"complies{beside}")
