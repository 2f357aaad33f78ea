"""Settings → service levels that cannot be measured as declared: no log, no share, more good requests than requests."""

import re
from collections.abc import Iterator

from generator.load.complaint import Complaint, Path
from generator.records.project import Requests, Service, Settings

SELECTOR = re.compile(r'[a-zA-Z_:][\w:]*(\{\s*(\w+\s*(=|!=|=~|!~)\s*"([^"\\]|\\.)*"\s*,?\s*)*\})?')


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every service level that its counts or the log cannot give."""
    for number, service in enumerate(settings.services):
        path = ("services", number)
        yield from _counts(path, service)
        yield from _log(path, service, settings.data.requests)
        yield from _counters(path, service)


def _counts(path: Path, service: Service) -> Iterator[Complaint]:
    if service.counts and service.log is not None:
        yield Complaint((*path, "log"), f"is {service.log}, but `counts` are declared too", "leave one of them away")
    seen = set()
    for number, one in enumerate(service.counts):
        here = (*path, "counts", number)
        if one.good > one.total:
            yield Complaint((*here, "good"), f"is {one.good}, more than `total`, {one.total}", "correct one of them")
        if one.hour is not None and one.hour > 23:
            yield Complaint((*here, "hour"), f"is {one.hour}, which is no hour of a day", "write 0 to 23")
        if (one.day, one.hour) in seen:
            yield Complaint((*here, "day"), f"is {one.day} for the second time", "one line a window")
        seen.add((one.day, one.hour))
    if len({one.hour is None for one in service.counts}) > 1:
        yield Complaint((*path, "counts"), "hold windows of an hour and of a day", "declare `hour` on all, or on none")


def _counters(path: Path, service: Service) -> Iterator[Complaint]:
    if service.counters is None:
        return
    here = (*path, "counters")
    for key, selector in (("good", service.counters.good), ("total", service.counters.total)):
        if not SELECTOR.fullmatch(selector):
            what = "is no selector of counters: a metric, and labels in braces"
            yield Complaint((*here, key), what, 'write http_requests_total{job="api"}, without a window or a function')
    if service.promised is None:
        what = "need `share`: how many of the requests must keep the objective"
        yield Complaint(here, what, "declare `share: 0.99` for a 99th percentile")


def _log(path: Path, service: Service, requests: Requests | None) -> Iterator[Complaint]:
    if service.log is None:
        return
    if requests is None:
        yield Complaint((*path, "log"), f"is {service.log}, but no log is declared", "declare `data.requests`")
    elif getattr(requests, service.log) is None:
        what = f"is {service.log}, but `data.requests` names no such column"
        yield Complaint((*path, "log"), what, f"declare `data.requests.{service.log}`")
    if service.log == "duration" and service.share is None:
        what = "needs `share`: how many of the requests must be that fast"
        yield Complaint((*path, "log"), what, "declare `share: 0.99` for a 99th percentile")
    if service.log == "duration" and service.operator not in ("<", "<="):
        what = f"is {service.operator}, but a duration is good when it is short"
        yield Complaint((*path, "operator"), what, "write <")
