"""Takes raw rows of a world and what was said of them, gives each statement that they do not bear out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import chi2_contingency
from sklearn.metrics import roc_auc_score

from tests.oracle.recompute import finite

KNOWN = 0.9
"""Share of a day's outcomes from which on its rows count."""
LEVEL_POINTS, LEVEL_SHARE, SHARE_OF_CHANGE = 0.02, 0.2, 0.25
"""What the README says matters: of the level of probabilities, and of a change what a cause has to carry."""
BESIDE = ("y", "prediction", "entity", "row", "date", "acted_on")
"""Columns that are no inputs."""
FIFTHS = ("lowest fifth", "second fifth", "middle fifth", "fourth fifth", "highest fifth")


@dataclass(frozen=True, kw_only=True)
class Raw:
    """The rows of a world or case, and what two of its changes added to the squared error, where that is known."""

    production: pd.DataFrame
    """Rows with their outcome, of the days that have nearly all of theirs."""
    training: pd.DataFrame
    held_out: pd.DataFrame
    scored: pd.DataFrame
    """All rows of production."""
    binary: bool
    inputs: float = 0.0
    relation: float = 0.0
    acceptable: float | None = None
    """Error that the team still accepts."""
    stops: Mapping[str, float] = field(default_factory=dict)
    """Declared share of missing values from which on an input must not be used."""

    def error(self, rows: pd.DataFrame) -> float:
        """Return the Brier score, or the root of the mean squared error."""
        square = float(((rows["prediction"] - rows["y"]) ** 2).mean())
        return square if self.binary else square**0.5

    def gap(self, rows: pd.DataFrame) -> float:
        """Return the mean prediction less the mean outcome."""
        return float((rows["prediction"] - rows["y"]).mean())

    @property
    def margin(self) -> float:
        """Return by how much the level of probabilities may be off."""
        rate = float(self.production["y"].mean())
        return min(LEVEL_POINTS, LEVEL_SHARE * min(rate, 1.0 - rate))

    def window(self, name: str) -> pd.DataFrame:
        """Return the rows of the recent days (the last third, of at most 28 days), or of the earlier ones."""
        days = np.unique(self.production["date"])
        last = np.array_split(days, 3)[-1]
        within = days[pd.to_datetime(days) > pd.to_datetime(days[-1]) - pd.Timedelta(days=28)]
        size = min(max(min(len(last), len(within)), 7), len(days) - 7)
        recent = (self.production["date"] >= days[-size]).to_numpy()
        return pd.DataFrame(self.production[recent if name == "recent" else ~recent])


Holds = Callable[[Raw, re.Match[str]], bool]


def _rise(raw: Raw, _: re.Match[str]) -> bool:
    return raw.error(raw.production) > raw.error(raw.held_out)


def _recent(raw: Raw, _: re.Match[str]) -> bool:
    """Say of the recent days whether they err more than the earlier ones, or than is acceptable."""
    recent = raw.error(raw.window("recent"))
    return recent > raw.error(raw.window("earlier")) or (raw.acceptable is not None and recent > raw.acceptable)


def _fall(raw: Raw, found: re.Match[str]) -> bool:
    def value(rows: pd.DataFrame) -> float:
        if found[1] == "accuracy":
            return float(((rows["prediction"] >= 0.5) == rows["y"]).mean())
        if found[1] == "auc":
            return float(roc_auc_score(rows["y"], rows["prediction"]))
        return float(rows.nlargest(len(rows) // 10, "prediction")["y"].mean())

    return value(raw.production) < value(raw.held_out)


def _naive(raw: Raw, _: re.Match[str]) -> bool:
    naive = raw.production.assign(prediction=raw.training["y"].mean())
    return raw.error(raw.production) > raw.error(naive)


def _trivial(raw: Raw, _: re.Match[str]) -> bool:
    y = raw.production["y"]
    return float(((raw.production["prediction"] >= 0.5) == y).mean()) < max(y.mean(), 1.0 - y.mean())


def _reversed(raw: Raw, _: re.Match[str]) -> bool:
    return float(roc_auc_score(raw.production["y"], raw.production["prediction"])) < 0.5


def _apart(raw: Raw, _: re.Match[str]) -> bool:
    return abs(raw.gap(raw.production)) > raw.margin


def _level_moved(raw: Raw, _: re.Match[str]) -> bool:
    return abs(raw.gap(raw.production) - raw.gap(raw.held_out)) > raw.margin


def _segment(raw: Raw, found: re.Match[str]) -> bool:
    parts = (raw.window(name) for name in ("recent", "earlier"))
    recent, earlier = (raw.error(rows[rows[found[1]] == found[2]]) for rows in parts)
    return recent > earlier


def _promise(scores: pd.Series, rate: float) -> float:
    """Return the mean of p(1 − p) once all log-odds are moved alike until the mean of p is the rate."""
    odds = logit(scores.clip(1e-6, 1.0 - 1e-6))
    by = brentq(lambda shift: float(expit(odds + shift).mean()) - rate, -30.0, 30.0)
    return float((expit(odds + by) * (1.0 - expit(odds + by))).mean())


def _own_past(raw: Raw, found: re.Match[str]) -> bool:
    """Say of a level whether its error grew; of probabilities what lies beyond their promise at the rate that came."""

    def value(rows: pd.DataFrame) -> float:
        own = rows[rows[found[1]] == found[2]]
        return raw.error(own) - (_promise(own["prediction"], float(own["y"].mean())) if raw.binary else 0.0)

    return value(raw.production) > value(raw.held_out)


def _moved(raw: Raw, found: re.Match[str]) -> bool:
    now, then = raw.scored[found[1]], raw.training[found[1]]
    if not pd.api.types.is_numeric_dtype(now):
        shares = (one.value_counts(normalize=True) for one in (now, then))
        return float(np.abs(np.subtract(*pd.concat(shares, axis=1).fillna(0).to_numpy().T)).sum()) > 0.05
    now, then = finite(now), finite(then)
    return abs(float(now.mean() - then.mean())) > 0.1 * float(then.std()) or _left(now, then)


def _left(now: pd.Series, then: pd.Series) -> bool:
    """Return whether a fifth of the rows left the value that most of the training rows had."""
    usual = then.mode()[0]
    return float((then == usual).mean() - (now == usual).mean()) > 0.15


def _slice(raw: Raw, found: re.Match[str]) -> bool:
    rows, inside = raw.production, np.ones(len(raw.production), bool)
    for part in unquote(found[1]).split(", "):
        column, _, level = part.partition(" ")
        if level in FIFTHS:
            cuts = np.quantile(finite(raw.training[column]).dropna(), [0.2, 0.4, 0.6, 0.8])
            place = np.searchsorted(cuts, rows[column].to_numpy(), side="right")
            inside &= place == FIFTHS.index(level)
        else:
            inside &= (rows[column] == level).to_numpy()
    return raw.error(rows[inside]) > _of_like_prediction(rows[inside], rows[~inside], raw)


def _of_like_prediction(rows: pd.DataFrame, others: pd.DataFrame, raw: Raw) -> float:
    """Return the error of the others, weighted so that their predictions are spread as those of the rows."""
    cuts = np.quantile(raw.production["prediction"], np.arange(1, 10) / 10)
    own, rest = (np.searchsorted(cuts, one["prediction"].to_numpy()) for one in (rows, others))
    square = ((others["prediction"] - others["y"]) ** 2).groupby(rest).mean()
    found = float(square.reindex(own).mean())
    return found if raw.binary else found**0.5


def _missing(raw: Raw, found: re.Match[str]) -> bool:
    return float(raw.scored[found[1]].isna().mean() - raw.training[found[1]].isna().mean()) > 0.005


def _missing_others(raw: Raw, _: re.Match[str]) -> bool:
    columns = [name for name in raw.training.columns if name in raw.scored.columns]
    return bool(((raw.scored[columns].isna().mean() - raw.training[columns].isna().mean()) > 0.005).any())


def _errors_of_missing(raw: Raw, _: re.Match[str]) -> bool:
    empty = raw.production.isna()
    some = [name for name in raw.training.columns if empty[name].sum() >= 30]
    return any(raw.error(raw.production[empty[name]]) > 1.05 * raw.error(raw.production[~empty[name]]) for name in some)


def _correlation(raw: Raw, _: re.Match[str]) -> bool:
    numbers = raw.training.select_dtypes("number").columns.intersection(raw.scored.columns)
    now, then = finite(raw.scored[numbers]), finite(raw.training[numbers])
    return bool((now.corr() - then.corr()).abs().max().max() > 0.1)


def _stopped(raw: Raw, _: re.Match[str]) -> bool:
    last = raw.scored[raw.scored["date"] == raw.scored["date"].max()]
    return any(float(last[name].isna().mean()) > share for name, share in raw.stops.items())


def _endless(raw: Raw, _: re.Match[str]) -> bool:
    return bool((np.isinf(raw.scored.select_dtypes("number")).mean() > 0.01).any())


def _unseen(raw: Raw, found: re.Match[str]) -> bool:
    return not set(raw.scored[found[1]].dropna()) <= set(raw.training[found[1]])


def _repeated(raw: Raw, _: re.Match[str]) -> bool:
    """Say whether a hundredth of the rows have surely one prediction that was not half as frequent before."""
    now, then = (rows["prediction"].value_counts(normalize=True) for rows in (raw.production, raw.held_out))
    return bool(((now > 0.01) & (now > 1.5 * then.reindex(now.index).fillna(0.0))).any())


def _held(raw: Raw, _: re.Match[str]) -> bool:
    """Say whether an input that was new from row to row keeps its value now, or all inputs come again that did not."""
    inputs = [name for name in raw.training.columns if name in raw.scored.columns and name not in BESIDE]

    def kept(rows: pd.DataFrame) -> np.ndarray:
        before = rows.sort_values("date", kind="stable").groupby("entity")[inputs].shift().reindex(rows.index)
        return np.append((rows[inputs] == before).mean(), rows.duplicated(inputs).mean())

    now, then = kept(raw.scored), kept(raw.held_out)
    return bool(((now > 0.03) & (then < 0.03)).any())


def _late(raw: Raw, _: re.Match[str]) -> bool:
    """Say whether the tenth of the labels that took longest differ surely from the others, on days that have all."""
    rows = raw.scored[raw.scored["known_on"].notna()]
    known, day = pd.to_datetime(rows["known_on"]), pd.to_datetime(rows["date"])
    took = (known - day).dt.days
    whole = day <= known.max() - pd.Timedelta(days=int(took.max()))
    late = took[whole] > took[whole].quantile(0.9)
    return float(chi2_contingency(pd.crosstab(late, rows.loc[whole, "y"])).pvalue) < 0.01


def _caused(part: str) -> Holds:
    def holds(raw: Raw, _: re.Match[str]) -> bool:
        own = getattr(raw, part)
        return bool(own > SHARE_OF_CHANGE / 2 * (raw.inputs + raw.relation) and own > 0)

    return holds


HOLDS: dict[str, Holds] = {
    r"performance\.(?:rmse|brier)\.rise": _rise,
    r"performance\.(?:rmse|brier)\.recent": _recent,
    r"performance\.(accuracy|auc|precision_at_10)\.fall": _fall,
    r"performance\.worse_than_benchmark": _naive,
    r"performance\.auc\.reversed": _reversed,
    r"performance\.accuracy\.trivial": _trivial,
    r"calibration\.in_the_large": _apart,
    r"calibration\.changed\.level": _level_moved,
    r"segments\.(\w+)\.(\w+)\.(?:rmse|brier)_recent": _segment,
    r"segments\.(\w+)\.(\w+)\.past": _own_past,
    r"drift\.(\w+)": _moved,
    r"slices\.(.+)": _slice,
    r"missing\.others": _missing_others,
    r"missing\.errors": _errors_of_missing,
    r"missing\.(\w+)": _missing,
    r"correlation\.changed": _correlation,
    r"contract\.stop": _stopped,
    r"unseen\.(\w+)": _unseen,
    r"labels\.late": _late,
    r"left_out\.infinite_inputs": _endless,
    r"causes\.relation": _caused("relation"),
    r"causes\.inputs": _caused("inputs"),
    r"causes\.repeated": _repeated,
    r"causes\.held": _held,
    r"estimated\.relation": _caused("relation"),
}
"""What a finding of that id says of the rows."""
OTHERS = (
    r"calibration\.(slope|changed\.slope)|multivariate\..*|decision\.threshold|rollback\.false_alarm\..*|"
    r"(alerts?|ladder|claims?|rollout|runbook|retraining\.history|business)\..*"
)
"""Findings whose numbers are recomputed elsewhere, or that are on declarations."""


def refuted(ids: list[str], raw: Raw) -> Iterator[str]:
    """Yield the ids of findings that the rows refute, and those that nothing here can judge."""
    for id in ids:
        found = next(((holds, m) for form, holds in HOLDS.items() if (m := re.fullmatch(form, id))), None)
        if found is None:
            if not re.fullmatch(OTHERS, id):
                yield f"{id} is not judged"
        elif not found[0](raw, found[1]):
            yield id


FLOORS = ("auc", "accuracy", "average_precision", "r2", "precision_at_10", "precision_at_20")


def side(low: float, high: float, bound: float, metric: str) -> str:
    """Return the verdict of an interval against a bound; of a level the size counts."""
    if metric in ("bias", "in_the_large"):
        low, high = (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    if metric in FLOORS:
        low, high, bound = -high, -low, -bound
    return "pass" if high <= bound else "fail" if low > bound else "inconclusive"


def decided(gates: list[tuple[bool, str]]) -> str:
    """Return the verdict that follows from gates, each hard or not."""
    hard = {verdict for is_hard, verdict in gates if is_hard}
    if "fail" in hard:
        return "delay"
    if "pass" not in hard:
        return "not_enough"
    return "proceed" if {verdict for _, verdict in gates} == {"pass"} else "proceed_with_conditions"
