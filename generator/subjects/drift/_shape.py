"""Takes the drift of all features and the ledger, gives by feature how the drift came about, and since when."""

import datetime

import numpy as np

from generator.estimates.facts import date_of
from generator.estimates.feature_moments import first, means, spread
from generator.estimates.features import NO_DAYS, counted, part
from generator.records.aggregates import FloatArray, IntArray
from generator.records.fact import Fact
from generator.records.ledger import Ledger
from generator.results.words import quantities
from generator.stats.arrays import divide
from generator.stats.shape import FEWEST_DAYS, Course, Shape, course
from generator.subjects.drift._severity import PSI_MARGIN, SD_RATIO_MARGIN, SMD_MARGIN, Drift

QUANTITY = quantities(__file__)

WORDS: dict[Shape, str] = {
    "none": "no clear course",
    "offset": "from day one",
    "step": "step",
    "trend": "trend",
    "weekly": "weekly cycle",
}
HALF = 0.5
"""A level is off from this share of its margin on: what is asked here is how a known drift came, not whether."""
METHOD = "level, step, line or weekly cycle of the daily values, by the Bayesian information criterion"
TOO_FEW_DAYS = f"not computable: fewer than {FEWEST_DAYS} days with values"
NOT_DRIFTED = "no drift to tell the course of"


class Shapes:
    """The courses of the drifted features by place, and their facts."""

    def __init__(self, drift: Drift, ledger: Ledger) -> None:
        self.names, self.days = drift.names, ledger.production.days
        dated = self.days >= 0
        self.reason = NO_DAYS if not dated.any() else ""
        series = DriftSeries(drift, ledger)
        self.found = {
            place: None if self.reason else series.course(place)
            for place in range(len(drift.names))
            if drift.grades[place] >= 1 or drift.declared[place] in ("yellow", "severe")
        }
        self.facts = {fact.id: fact for place in range(len(drift.names)) for fact in self._made(place)}

    def of(self, place: int) -> Fact:
        """Return in a word how the drift of the feature came."""
        return self.facts[f"drift.{part(self.names[place])}.shape"]

    def since(self, place: int) -> Fact:
        """Return the first day of a step."""
        return self.facts[f"drift.{part(self.names[place])}.since"]

    def _made(self, place: int) -> tuple[Fact, Fact]:
        name, known = self.names[place], self.found.get(place)
        why = self.reason or (TOO_FEW_DAYS if place in self.found else NOT_DRIFTED)
        id = f"drift.{part(name)}"
        return shape_facts(id, f"of the drift of {name}", known, self.days, why)


def shape_facts(id: str, what: str, known: Course | None, days: IntArray, why: str) -> tuple[Fact, Fact]:
    """Return the facts `<id>.shape` and `<id>.since` of a course over `days`, or `why` there is none."""
    word = None if known is None else WORDS[known.shape]
    since, method = None, METHOD
    if known is not None and known.shape == "step":
        since = _day(days, known.since)
        method = f"{METHOD}; first day between {_day(days, known.first)} and {_day(days, known.last)}"
    elif known is not None:
        why = "the drift is no step"
    return (
        counted(QUANTITY("{id}.shape", id=id, what=what), word, unit="", reason="" if word else why),
        counted(QUANTITY("{id}.since", id=id, what=what), since, reason="" if since else why, method=method),
    )


def _day(days: IntArray, place: int) -> datetime.date | None:
    """Return the date `place` days after the first one."""
    dated = days[days >= 0]
    return date_of(int(dated[0]) + place)


def on_calendar(values: FloatArray, days: IntArray) -> FloatArray:
    """Return daily values (D, …) on every day from the first to the last, nan where there are none."""
    there = days >= 0
    places = days[there] - days[there][0]
    out = np.full((int(places[-1]) + 1, *values.shape[1:]), np.nan)
    out[places] = values[there]
    return out


class DriftSeries:
    """By feature the daily values in which its drift shows most, with the value and the margin to expect."""

    def __init__(self, drift: Drift, ledger: Ledger) -> None:
        self.drift, self.ledger = drift, ledger
        if ledger.production.day is not None:
            moments = first(ledger.production.day.moments, drift.numeric)
            self.mean, self.sd = means(moments), spread(moments)

    def course(self, place: int) -> Course | None:
        """Return the course of the feature at `place`."""
        if place >= self.drift.numeric:
            return self._of_levels(place)
        shift = self.drift.shift
        if self.ledger.production.day is None or not shift.sd0[place] > 0:
            return None
        smd, log_sd = (abs(float(e.value[place])) for e in (shift.smd, shift.log_sd))
        if smd / SMD_MARGIN >= log_sd / np.log(SD_RATIO_MARGIN):
            daily = (self.mean[:, place] - shift.mean0[place]) / shift.sd0[place]
            return course(on_calendar(daily, self.ledger.production.days), 0.0, HALF * min(SMD_MARGIN, smd))
        ratio = divide(self.sd[:, place], shift.sd0[place])
        daily = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)
        return course(on_calendar(daily, self.ledger.production.days), 0.0, HALF * np.log(SD_RATIO_MARGIN))

    def _of_levels(self, place: int) -> Course | None:
        """Return the course along the direction in which the shares of the levels moved over the whole period."""
        plan, production, reference = self.ledger.plan, self.ledger.production, self.ledger.reference
        if production.slots_day is None or reference is None:
            return None
        k = place - self.drift.numeric
        part_of = slice(plan.offsets[k], plan.offsets[k + 1] - 1)
        before, daily = reference.slots[part_of], production.slots_day[:, part_of]
        p0, p1 = divide(before, before.sum()), divide(production.slots[part_of], production.slots[part_of].sum())
        moved = p1 - p0
        size = float(np.sqrt((moved**2).sum()))
        if not size > 0:
            return None
        along = divide(daily, daily.sum(axis=1, keepdims=True)) @ (moved / size) - float(p0 @ moved) / size
        return course(on_calendar(along, production.days), 0.0, HALF * min(size, PSI_MARGIN))
