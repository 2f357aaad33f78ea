"""Facts made by hand as the rooms would have found them: what the rooms leave out here is a missing fact."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from generator.estimates.pairs import Day, Levels, Pair
from generator.estimates.windows import THIRDS
from generator.records.evidence import Evidence
from generator.records.fact import NOWHERE, Fact, missing
from generator.records.headline import told
from generator.records.shelf import Shelf
from generator.records.table import Cell
from generator.subjects.performance.found import BothDay, BothDays, Errors, Performance, Rival, Third
from generator.subjects.scores.found import Discrimination, Means, Others, Ranking
from generator.subjects.segments.found import LevelErrors, Limited, Segments
from generator.subjects.windows.found import DayWindow, Measure, Recent, Turned

OF_ERRORS = ("rmse", "mae", "median_ae", "wape", "r2", "bias", "brier", "log_loss")
TURNED = ("earlier", "recent", "recent_change", "recent_p", "recent_material")
ENDS = ("start", "end", "days", "rows")
WINDOWS = ("whole", "earlier", "recent", "first_third", "second_third", "last_third", "last_day")


def shelved(evidence: Evidence) -> Evidence:
    """Return the evidence with the results that its facts would have been printed from."""
    found = _Facts(evidence)
    every = (
        found.performance(),
        found.ranks(),
        found.segments(),
        found.recent(),
        found.both(evidence),
        found.limited(),
    )
    return replace(evidence, shelf=Shelf({type(one): one for one in every}))


class _Facts:
    def __init__(self, evidence: Evidence) -> None:
        self.known = {fact.id: fact for fact in evidence.facts}
        self.headline = told(self.known).metric

    def fact(self, id: str) -> Fact:
        return self.known.get(id) or missing(id, NOWHERE)

    def performance(self) -> Performance:
        head = f"performance.{self.headline}"
        return Performance(
            headline=self.headline,
            unit=self.fact(f"{head}.production").unit,
            target_unit="",
            metrics={name: self.pair(name) for name in OF_ERRORS},
            declared={},
            spreads={name: self.fact(f"performance.{name}.spread") for name in ("brier", "log_loss")},
            levels=self.levels(self.headline),
            margin=self.fact(f"{head}.margin"),
            beyond=self.known.get("calibration.avoidable.rise"),
            kurtosis=self.fact(f"{head}.kurtosis"),
            days=tuple(self.days([name for name in OF_ERRORS])),
            thirds=tuple(self.third(name) for name in THIRDS),
            own=None,
            benchmark=self.rival("benchmark"),
            previous=self.rival("previous"),
            ratio=self.fact("performance.ratio.previous"),
            contradictions=(),
        )

    def third(self, name: str) -> Third:
        ends = (self.known.get(f"windows.{name}.{end}") for end in ("start", "end"))
        start, end = (one.value if one and isinstance(one.value, datetime.date) else None for one in ends)
        return Third(window=name, start=start, end=end, error=self.fact(f"performance.{self.headline}.{name}"))

    def pair(self, metric: str) -> Pair:
        ids = (f"performance.{metric}.{part}" for part in ("validation", "production", "change"))
        validation, production, change = map(self.fact, ids)
        return Pair(validation=validation, production=production, change=change)

    def levels(self, metric: str) -> Levels:
        low, high, acceptable = (
            self.fact(f"performance.{metric}.{part}") for part in ("expected_low", "expected_high", "acceptable")
        )
        return Levels(expected_low=low, expected_high=high, acceptable=acceptable)

    def both(self, evidence: Evidence) -> BothDays:
        """From the table of the days on which both versions scored."""
        rows = [row for table in evidence.tables if table.id == "previous.daily" for row in table.records]
        return BothDays(headline=self.headline, unit="", days=tuple(map(_both_day, rows)))

    def rival(self, name: str) -> Rival:
        error, mae = (self.fact(f"performance.{metric}.{name}") for metric in (self.headline, "mae"))
        return Rival(errors=Errors(error=error, mae=mae), gain=self.fact(f"performance.gain.{name}"))

    def days(self, metrics: list[str]) -> Iterator[Day]:
        ids = [id.split(".") for id in self.known if id.startswith("performance.daily.")]
        for date in dict.fromkeys(date for _, _, name, date in ids if name in metrics):
            ids_of = {name: f"performance.daily.{name}.{date}" for name in metrics}
            yield Day(
                date=datetime.date.fromisoformat(date),
                rows=self.fact(f"performance.daily.rows.{date}"),
                values={name: self.known[id] for name, id in ids_of.items() if id in self.known},
            )

    def ranks(self) -> Discrimination:
        names = dict.fromkeys(id.split(".")[1] for id in self.known if id.startswith("performance."))
        ranked = [name for name in names if name not in (*OF_ERRORS, "daily", "gain", "ratio", "metric")]
        own = [name for name in ranked if f"performance.{name}.production" in self.known]
        ranking = Ranking(
            first="",
            reason="",
            metrics={name: self.pair(name) for name in ranked},
            spreads={name: self.fact(f"performance.{name}.spread") for name in ranked},
            levels={name: self.levels(name) for name in ranked},
            means=Means(
                **self.named("mean_prediction", "production spread reference"),
                base_rate=self.fact("performance.base_rate.reference"),
            ),
            others=Others(**self.named("others", "threshold trivial gain")),
            tops=(),
            days=tuple(self.days(ranked)),
            pays=False,
            weighed=False,
        )
        return Discrimination(binary=bool(own), reason="", absent={}, ranking=ranking if ranked else None)

    def named(self, stem: str, keys: str) -> dict[str, Fact]:
        return {key: self.fact(f"performance.{stem}.{key}") for key in keys.split()}

    def segments(self) -> Segments:
        cells: dict[str, dict[str, Fact]] = {}
        for id, fact in self.known.items():
            stem, _, metric = id.rpartition(".")
            if stem.count(".") == 2 and stem.startswith("segments."):
                cells.setdefault(stem, {})[metric] = fact
        return Segments(
            headline=self.headline,
            unit="",
            bias_unit="",
            reason="",
            worst=self.fact("segments.worst.name"),
            worst_error=self.fact("segments.worst.error"),
            levels=tuple(self.level(stem, metrics) for stem, metrics in cells.items()),
            pasts=(),
            watched="",
            days=(),
        )

    def limited(self) -> Limited:
        """Of the limits on segments the window alone: their days are made by the subject itself."""
        return Limited(window=self.fact("segments.limited.window"), courses=())

    def level(self, stem: str, metrics: dict[str, Fact]) -> LevelErrors:
        _, segment, name = map(unquote, stem.split("."))
        shrunk, ratio = (self.fact(f"{stem}.{key}") for key in (f"{self.headline}_shrunk", "ratio"))
        rows = self.fact(f"{stem}.n")
        return LevelErrors(segment=segment, name=name, rows=rows, metrics=metrics, shrunk=shrunk, ratio=ratio)

    def recent(self) -> Recent:
        windows = {
            name: {key: self.fact(f"windows.{name}.{key}") for key in ENDS}
            for name in WINDOWS
            if f"windows.{name}.end" in self.known
        }
        return Recent(
            headline=self.headline,
            unit="",
            windows={name: DayWindow(**ends) for name, ends in windows.items()},
            uncut=(),
            measures=dict(self.measures()),
            levels=(),
            worse=self.fact("windows.segments.worse"),
            concentration=(),
            acceptable=self.fact(f"performance.{self.headline}.acceptable"),
        )

    def measures(self) -> Iterator[tuple[Measure, Turned]]:
        yield Measure(metric=self.headline), self.turned(f"performance.{self.headline}.")
        for id in self.known:
            if id.startswith("performance.") and id.endswith(".recent"):
                yield Measure(metric=id.split(".")[1]), self.turned(id.removesuffix("recent"))
            elif id.startswith("segments.") and id.endswith("_recent"):
                _, segment, level, metric = map(unquote, id.removesuffix("_recent").split("."))
                yield Measure(metric=metric, segment=segment, level=level), self.turned(id.removesuffix("recent"))

    def turned(self, stem: str) -> Turned:
        earlier, recent, change, chance, material = (self.fact(f"{stem}{key}") for key in TURNED)
        return Turned(earlier=earlier, recent=recent, change=change, chance=chance, material=material)


def _both_day(row: Mapping[str, Cell]) -> BothDay:
    date, rows, own, previous = (row[key] for key in ("date", "rows", "own", "previous"))
    assert isinstance(date, str) and isinstance(rows, Fact) and isinstance(own, Fact) and isinstance(previous, Fact)
    return BothDay(date=datetime.date.fromisoformat(date), rows=rows, own=own, previous=previous)
