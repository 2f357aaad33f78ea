"""Settings → experiments whose figures cannot be: shares above one, changes that cannot be read, doubled names."""

from collections.abc import Iterator

from generator.load.complaint import Complaint, Path, repeated
from generator.records.project import Experiment, Outcome, Settings
from generator.stats import printed


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every experiment that cannot be checked."""
    for number, experiment in enumerate(settings.experiments):
        path: Path = ("experiments", number)
        yield from repeated((*path, "metrics"), "name", (metric.name for metric in experiment.metrics))
        yield from _arms(path, experiment)
        for place, metric in enumerate(experiment.metrics):
            yield from _metric((*path, "metrics", place), metric)


def _arms(path: Path, experiment: Experiment) -> Iterator[Complaint]:
    for place, share in enumerate(experiment.allocation):
        if not 0 < share < 1:
            yield Complaint((*path, "allocation", place), f"is {share:g}", "write a share between 0 and 1")
    for key in ("n_control", "n_test", "days", "traffic_per_month"):
        if getattr(experiment, key) == 0:
            yield Complaint((*path, key), "is 0", "write 1 or more, or leave it away")
    if experiment.start and experiment.end and experiment.start > experiment.end:
        what = f"is {experiment.end}, which lies before `start`, {experiment.start}"
        yield Complaint((*path, "end"), what, "exchange the two, or correct one")


def _metric(path: Path, metric: Outcome) -> Iterator[Complaint]:
    for key in ("control", "test"):
        value = getattr(metric, key)
        if metric.kind == "proportion" and not 0 <= value <= 1:
            cure = f"write {value / 100:g} for {value:g} %, or `kind: mean`" if value <= 100 else "write `kind: mean`"
            yield Complaint((*path, key), f"is {value:g}, which is no share between 0 and 1", cure)
    for key in ("sd", "margin"):
        value = getattr(metric, key)
        if value is not None and value <= 0:
            yield Complaint((*path, key), f"is {value:g}", "write a number above 0")
    if metric.stated_change is not None and not _readable(metric.stated_change):
        what = f"is {metric.stated_change[:60]!r}, which shows no change"
        yield Complaint((*path, "stated_change"), what, 'write it as printed, such as "+14.6 %" or "+0.1 pp"')


def _readable(text: str) -> bool:
    try:
        return printed.read(text).unit != "date"
    except printed.NotPrinted:
        return False
