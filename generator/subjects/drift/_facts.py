"""Takes the drift of all features, gives its facts: one set a feature, and the counts."""

import math
from collections.abc import Iterator

import numpy as np

from generator.estimates.features import NO_REFERENCE, NOT_TOLD, FeatureEstimates, measured, part
from generator.estimates.windows import NO_RECENT
from generator.records.aggregates import FloatArray
from generator.records.fact import Fact
from generator.results.words import quantities
from generator.stats.arrays import ratio
from generator.stats.bins import Binned
from generator.subjects.drift._bins import QUANTILES, Distances
from generator.subjects.drift._severity import Drift, mean_limit

QUANTITY = quantities(__file__)

PUT_BACK = "the model asked with the distribution of training put back, all else as is"
NEAR_ZERO = "the mean in training is near zero against its spread, so that a share of it says nothing"


NUMERIC = {
    "mean_change": ("Change of the mean", "change"),
    "sd_change": ("Change of the spread", "change"),
    "smd": ("Shift in training SDs", "sd"),
    "ks": ("Largest gap between the distributions", ""),
    "w1": ("Mean distance between the distributions", "sd"),
}
LABELS = {
    **{key: label for key, (label, _) in NUMERIC.items()},
    "mean_reference": "Mean in training",
    "mean_production": "Mean in production",
}
COMMON = {
    "psi": ("Stability index", ""),
    "psi_raw": ("Stability index as computed", ""),
    "impact": ("Impact", ""),
    "p": ("Chance of such a drift", "probability"),
}
TOTALS = {
    "count.tested": "count",
    "count.watch": "count",
    "count.confirmed": "count",
    "count.severe": "count",
    "count.declared_severe": "count",
    "mean_abs_change": "share",
    "largest.name": "",
    "largest.mean_change": "change",
    "impact.total": "",
}


class FeatureFacts:
    """The facts of all features by place and name; the same object for a table, a finding and the evidence."""

    def __init__(self, drift: Drift, unit: str, felt: str, recent: FloatArray) -> None:
        """Take units of predictions and of what the model feels, and the changes of the means in the recent days."""
        self.drift, self.unit, self.felt, self.recent = drift, unit, felt, recent
        self.facts: dict[str, Fact] = {}
        for index, name in enumerate(drift.names):
            made = (*self._numeric(index, name),) if index < drift.numeric else ()
            for fact in (*made, *self._common(index, name)):
                self.facts[fact.id] = fact

    def of(self, index: int, key: str) -> Fact:
        """Return a fact of the feature at `index`; what only numeric features have is missing for the others."""
        name = self.drift.names[index]
        id = f"drift.{part(name)}.{key}"
        return self.facts.get(id) or measured(
            id, float("nan"), label=f"{LABELS.get(key, key)} of {name}", reason="only numeric features have it"
        )

    def _numeric(self, index: int, name: str) -> Iterator[Fact]:
        shift, bins = self.drift.shift, self.drift.distances[index]
        id, n0, n1 = f"drift.{part(name)}", shift.n0[index], shift.n1[index]
        why = _why(self.drift, index)
        near = NEAR_ZERO if shift.scale[index] == 0 and n0 > 0 and n1 > 0 else why
        sides = (
            ("reference", "training", n0, shift.mean0, shift.sd0),
            ("production", "production", n1, shift.mean1, shift.sd1),
        )
        for key, word, n, mean, sd in sides:
            yield measured(
                QUANTITY("{id}.mean_{key}", id=id, key=key, name=name, word=word), mean[index], n=n, reason=why
            )
            yield measured(QUANTITY("{id}.sd_{key}", id=id, key=key, name=name, word=word), sd[index], n=n, reason=why)
        yield self._change(
            f"{id}.mean_change", shift.mean_change, index, f"Change of the mean of {name}", "change", near
        )
        yield measured(
            QUANTITY("{id}.mean_change_recent", id=id, name=name), float(self.recent[index]), reason=near or NO_RECENT
        )
        yield self._change(f"{id}.sd_change", shift.sd_change, index, f"Change of the spread of {name}", "change", why)
        yield self._change(f"{id}.smd", shift.smd, index, f"Shift of the mean of {name} in training SDs", "sd", why)
        yield from self._atom(id, name, index)
        yield from self._binned(id, name, index, bins, why)
        limit = mean_limit(self.drift.policy)
        yield measured(
            QUANTITY("{id}.false_flag", id=id, name=name),
            self.drift.false_flag[index],
            n=n1,
            reason="no limit on the mean is declared" if limit is None else self._reason(why),
        )

    def _atom(self, id: str, name: str, index: int) -> Iterator[Fact]:
        atoms = self.drift.atoms
        none = "no value has half of the training rows" if not self.drift.partial else NOT_TOLD
        yield self._change(
            f"{id}.left",
            atoms.left,
            index,
            f"Share of the rows that left the value most had in training, {name}",
            "points",
            none,
        )

    def _binned(self, id: str, name: str, index: int, bins: Distances, why: str) -> Iterator[Fact]:
        shift = self.drift.shift
        sd0 = float(shift.sd0[index])
        yield measured(
            QUANTITY("{id}.ks", id=id, name=name, ks=_within(bins.ks)), bins.ks.value, n=shift.n1[index], reason=why
        )
        scaled = Binned(value=ratio(bins.w1.value, sd0), low=ratio(bins.w1.low, sd0), high=ratio(bins.w1.high, sd0))
        yield measured(
            QUANTITY("{id}.w1", id=id, name=name, scaled=_within(scaled)), scaled.value, n=shift.n1[index], reason=why
        )
        for key, word, values in (
            ("reference", "training", bins.reference),
            ("production", "production", bins.production),
        ):
            for at, found in zip(QUANTILES, values, strict=True):
                q = f"{at * 100:02.0f}"
                yield measured(
                    QUANTITY("{id}.q{q}_{key}", id=id, q=q, key=key, found=_within(found)),
                    found.value,
                    label=f"{at * 100:.0f} % quantile of {name} in {word}",
                    reason=why
                    if math.isnan(found.low)
                    else f"no training values on both sides of it; {_within(found)}",
                )

    def _common(self, index: int, name: str) -> Iterator[Fact]:
        drift, id = self.drift, f"drift.{part(name)}"
        psi, why = drift.psi[index], _why(drift, index)
        words = f"{drift.bins[index]} {'reference-decile bins' if index < drift.numeric else 'bins of levels'}"
        n = float(drift.rows[index])
        yield measured(
            QUANTITY("{id}.psi", id=id, name=name, words=words, method=drift.groups.method),
            psi.debiased,
            n=n,
            low=psi.low,
            high=psi.high,
            reason=self._reason(why),
        )
        yield measured(QUANTITY("{id}.psi_raw", id=id, name=name, words=words), psi.raw, n=n, reason=why)
        yield measured(QUANTITY("{id}.p", id=id, name=name), drift.p[index], reason=self._reason(why))
        yield from self._felt(id, name, index)

    def _felt(self, id: str, name: str, index: int) -> Iterator[Fact]:
        impact, method = self.drift.impact, self.drift.groups.method
        why = impact.reason or "not computable: a value is missing"
        several = impact.reason or ("the model has no coefficients" if impact.asked else "several design columns")
        yield self._change(
            f"{id}.impact",
            impact.parts,
            index,
            f"What the shift of {name} adds to the mean prediction",
            self.felt,
            why,
            f"{PUT_BACK if impact.asked else 'coefficient × shift over the design columns'}; {method}",
        )
        yield measured(QUANTITY("{id}.shift", id=id, name=name), impact.shift[index], reason=several)
        yield measured(QUANTITY("{id}.coefficient", id=id, name=name), impact.coefficient[index], reason=several)
        total = float(np.nansum(np.abs(impact.parts.value)))
        yield measured(
            QUANTITY("{id}.impact_share", id=id, name=name),
            ratio(abs(float(impact.parts.value[index])), total),
            reason=impact.reason or "nothing has moved",
        )

    def _change(
        self, id: str, change: FeatureEstimates, index: int, label: str, unit: str, why: str, method: str = ""
    ) -> Fact:
        groups = self.drift.groups
        return measured(
            id,
            float(change.value[index]),
            label=label,
            unit=unit,
            n=float(self.drift.rows[index]),
            reason=why,
            half=groups.quantile(0.975) * float(change.se[index]),
            method=method or groups.method,
        )

    def _reason(self, why: str) -> str:
        return why if self.drift.groups.count else "not computable: too few entities"


def no_facts(names: tuple[str, ...], numeric: int, unit: str) -> Iterator[Fact]:
    """Yield the facts that say that there is no reference to compare with."""
    none = float("nan")
    for index, name in enumerate(names):
        for key, (label, kind) in (NUMERIC | COMMON if index < numeric else COMMON).items():
            yield measured(
                QUANTITY("drift.{name}.{key}", name=part(name), key=key, label=label, name_2=name),
                none,
                unit=unit if key == "impact" else kind,
                reason=NO_REFERENCE,
            )
    for key, kind in TOTALS.items():
        yield measured(
            QUANTITY("drift.{key}", key=key), none, unit=unit if key == "impact.total" else kind, reason=NO_REFERENCE
        )


def _within(found: Binned) -> str:
    """Return the bounds of a binned value as words."""
    return f"exact value between {found.low:.4g} and {found.high:.4g}"


def _why(drift: Drift, index: int) -> str:
    """Return why a change of a feature cannot be computed, if it cannot."""
    shift = drift.shift
    if index >= drift.numeric:
        return NOT_TOLD if drift.partial else "not computable: no values on one side"
    if not shift.n0[index] > 0:
        return NOT_TOLD if drift.partial else "not computable: no values in training"
    if not shift.n1[index] > 0:
        return "not computable: no values in production"
    if shift.sd0[index] == 0:
        return "not computable: the feature is constant in training"
    return NOT_TOLD if drift.partial else "not computable: fewer than two values on one side"
