"""Takes the degraded modes and the windows, gives what serves with less: by what it is typed, shown and limited."""

import math
import re
import shlex
from collections.abc import Iterator

from generator.records.evidence import Claim, Finding, finding
from generator.records.fact import Fact, segment_of
from generator.records.project import Mode, Project
from generator.records.reason import UNDECLARED, lacking
from generator.records.table import Cell, Table
from generator.results.words import quantities, tables
from generator.subjects.kit.facts import declared, derived, flag
from generator.subjects.kit.known import Known
from generator.subjects.limits.formulas import closing
from generator.subjects.limits.quantities import Limit
from generator.subjects.limits.rules import rule_levels, title_of
from generator.subjects.limits.waking import WAKING
from generator.subjects.limits.watched import taking
from generator.subjects.rollback._watch import alert_ids
from generator.subjects.windows.found import Recent, TeamLevel

QUANTITY, TABLE = quantities(__file__), tables(__file__)

HELPS = ("error", "inputs", "service", "output")
UNASKED = "Nobody is named who may begin {} at once, without asking."
SHOWN = 3
"""Groups whose error grew most that are named."""
ADDS = {"rmse": 2, "mae": 1, "brier": 1, "log_loss": 1}
"""Errors that are a mean of the errors of the rows, or of their power: that of all rows is made of those of groups."""


def by_hand(project: Project, at: Known) -> Iterator[Finding]:
    """Yield what is said of serving with less and nobody can type: not how it is switched on, or not how it ends."""
    modes = project.settings.rollback.degraded_modes
    open_ended = [mode.name for mode in modes if not mode.undo and not mode.automated]
    untyped = [mode.name for mode in modes if not mode.command and not mode.automated]
    known_modes = {mode.name for mode in modes}
    asked = (rule.mode for rule in project.settings.alerts.rules if rule.mode and rule.mode not in known_modes)
    untyped += dict.fromkeys(asked)
    typed = [mode for mode in modes if mode.command and not mode.automated]
    unshown = [mode.name for mode in typed if not mode.expected or not mode.effect]
    endless = [mode.name for mode in modes if not mode.until and not mode.automated]
    seen = {watch.what for watch in project.settings.rollback.watched}
    unseen = [words for words in project.settings.rollback.not_when if words not in seen]
    late = [mode.name for mode in modes if (mode.call_after_days or math.inf) < (_ends_after(mode, at, project) or 0.0)]
    heard = alert_ids(project, at)
    unheard = [id for mode in modes for id in mode.sets_off if id not in heard]
    loud = {level.rule.id: level.rule for level in rule_levels(project) if level.severity in WAKING}
    unaided = [title_of(rule) for rule in loud.values() if rule.mitigation and not rule.mode]
    for id, names, what in (
        ("untyped", untyped, "No command says how {} is switched on."),
        ("open", open_ended, "No command says how {} is undone."),
        ("unshown", unshown, "No word says what the command of {} must show, or from when on its effect is seen."),
        ("endless", endless, "No word says what ends {}, so that its undo is typed."),
        (
            "late",
            late,
            "What ends {} cannot be seen within the days after which somebody is called: outcomes take longer.",
        ),
        ("unheard", unheard, "There is no alert {}, which a degraded mode is said to set off."),
        ("unseen", unseen, "No word says by what this cause, which both versions share, is seen: {}."),
        ("unasked", () if not typed or project.settings.rollback.modes_set_by else ("serving with less",), UNASKED),
        ("unaided", unaided, "At its gravest level the alert {} names no degraded mode: somebody mends it by hand."),
    ):
        if names:
            words = what.format(" or ".join(f"“{name}”" for name in names))
            proof = flag(QUANTITY("runbook.modes.{id}", id=id), False)
            claim = Claim(what=f"modes.{id}", relation="fails", value=proof)
            yield finding(f"runbook.modes.{id}", "alert", "watch", "serving with less", (words,), claim)


def helping(project: Project) -> Iterator[Fact]:
    """Yield the first degraded mode against each kind of failure."""
    for kind in HELPS:
        modes = enumerate(project.settings.rollback.degraded_modes)
        index, name = next(((place, mode.name) for place, mode in modes if mode.against == kind), (None, None))
        path = "rollback.degraded_modes" if index is None else f"rollback.degraded_modes.{index}.name"
        yield declared(project, f"runbook.mode.{kind}", name, path, label=f"Degraded mode against: {kind}")
    missing = (one for one in project.settings.alerts.rules if one.mode and one.metric in ("missing", "missing_points"))
    rule = next(missing, None)
    stands_in = rule.mode if rule else None
    yield declared(project, "runbook.mode.missing", stands_in, "alerts.rules", label="Degraded mode for missing values")
    mode = taking(project)
    name, most = (mode.name, mode.most) if mode else (None, None)
    path = "rollback.degraded_modes"
    yield declared(project, "runbook.mode.groups", name, path, label="Degraded mode that takes groups out")
    yield declared(project, "runbook.mode.most", most, path, unit="share", label="Most that it may take out")


def less(at: Known, project: Project) -> Table:
    """Ways to serve with less, each with what is typed to begin and to end it, and what ends it."""
    titles = {rule.id: title_of(rule) for rule in project.settings.alerts.rules}
    who = project.settings.rollback.modes_set_by
    by = f"no command is declared: by hand, set by {who}" if who else "no command is declared, nor who sets it by hand"
    rows = (
        (
            mode.name,
            ". ".join(filter(None, (mode.when, mode.how))),
            mode.command or ("by itself" if mode.automated else by),
            mode.undo or ("by itself" if mode.automated else "not declared"),
            mode.limits or (),
            mode.expected or ("nothing is typed" if mode.automated else ()),
            mode.check or (),
            mode.effect or (),
            _minutes(index, mode, project),
            _until(index, mode, at, project),
            " · ".join(titles.get(id, id) for id in mode.sets_off) or (),
        )
        for index, mode in enumerate(project.settings.rollback.degraded_modes)
    )
    reason = lacking(UNDECLARED, "rollback.degraded_modes", file=project.file)
    return TABLE("runbook.modes", rows, reason=reason)


def _ends_after(mode: Mode, at: Known, project: Project) -> float | None:
    """Return the days until what ends a mode can first be seen: those that it asks for and those that outcomes take."""
    rule = next((one for one in project.settings.alerts.rules if one.id == mode.until_rule), None)
    days = rule.window_days if rule else mode.until_days
    return None if days is None else days + math.ceil(closing(rule.metric if rule else "rmse", at, project))


def _until(index: int, mode: Mode, at: Known, project: Project) -> Cell:
    """Return what ends a mode, with the days until it can first be seen."""
    words = mode.until or ("by itself" if mode.automated else "not declared")
    after = derived(
        QUANTITY("runbook.mode.{index}.ends_after", index=index, name=mode.name), _ends_after(mode, at, project)
    )
    return (
        words
        if after.number is None
        else (f"{words}. Numbers show it ", after, " after the cause ended, at the earliest")
    )


def worse(at: Known, project: Project) -> tuple[Table, Table, Table]:
    """Where the error surely grew, the largest growth first: what may be taken out, and what is too much."""
    rows = _recent_rows(at)
    worse = [(one, _share_of(one, rows)) for one in at.shelf[Recent].levels if one.worse]
    most = mode.most if (mode := taking(project)) else None
    fits = [(one, share) for one, share in worse if most is None or (share.number or 0.0) <= most]
    red = _red(at, project) if mode else None
    shown = (
        (one.name, one.turned.recent, share if most else (), *_above(_rest(one, rows, at), red))
        for one, share in fits[:SHOWN]
    )
    beyond = ((one.name, share) for one, share in worse if (one, share) not in fits)
    reason = "no group errs surely more than before"
    return (
        TABLE("runbook.worse", shown, reason=reason),
        TABLE("runbook.beyond", beyond, reason=reason),
        TABLE("runbook.together", _together(fits[:SHOWN], most), reason=reason),
    )


def _red(at: Known, project: Project) -> Limit | None:
    """Return the gravest limit on the error of all rows, where an alert has one."""
    metric = at.shelf[Recent].headline
    levels = (one for one in rule_levels(project) if one.gravest and one.rule.metric == metric)
    return next((one.limit for one in levels if not one.limit.segment), None)


def _above(rest: Fact, red: Limit | None) -> tuple[Cell, Cell]:
    """Return the error that is left without a group and the limit that it passes; nothing where it keeps it."""
    above = red is not None and rest.number is not None and red.breached(rest.number)
    return (rest, red.threshold) if red is not None and above else ((), ())


def _together(fits: list[tuple[TeamLevel, Fact]], most: float | None) -> Iterator[tuple[Cell, ...]]:
    """Yield the groups of one column that a mode may take out one by one, and not all of them."""
    for segment in dict.fromkeys(one.segment for one, _ in fits):
        own = [(one.name, share.number or 0.0) for one, share in fits if one.segment == segment]
        whole = math.fsum(share for _, share in own)
        if most is not None and whole > most:
            told = QUANTITY("runbook.together.{segment_id}", segment=segment, segment_id=segment_of(segment))
            yield " and ".join(name for name, _ in own), derived(told, whole), own[0][0]


def _share_of(one: TeamLevel, rows: float | None) -> Fact:
    """Return the share of the recent rows that a group holds."""
    own = one.turned.recent.n
    return derived(
        QUANTITY(
            "runbook.share.{segment_id}.{name_id}",
            segment_id=segment_of(one.segment),
            name_id=segment_of(one.name),
            name=one.name,
        ),
        own / rows if own and rows else None,
        source=one.turned.recent.id,
    )


def _minutes(index: int, mode: Mode, project: Project) -> Cell:
    if mode.minutes is None:
        return ()
    path = f"rollback.degraded_modes.{index}.minutes"
    return declared(project, f"runbook.mode.{index}.minutes", mode.minutes, path, unit="minutes")


def groups(at: Known, project: Project) -> Table:
    """Every group with its usual error, how it is written for the mode that takes it out, and what is left then."""
    mode, rows = next((one for one in project.settings.rollback.degraded_modes if one.slot), None), _recent_rows(at)
    hidden = {one.name or one.column for one in project.settings.data.segments if one.sensitive}
    shown = [one for one in at.shelf[Recent].levels if one.segment not in hidden]
    order = list(dict.fromkeys(one.segment for one in shown))
    lines = (
        (
            *(one.segment, one.name, _typed(one, mode, _share_of(one, rows)), _share_of(one, rows)),
            *(one.turned.earlier, one.turned.recent, _rest(one, rows, at)),
        )
        for one in sorted(shown, key=lambda one: (order.index(one.segment), -(one.turned.recent.n or 0)))
    )
    return TABLE("runbook.groups", lines, reason="the rows have no group with an error of its own")


def _recent_rows(at: Known) -> float | None:
    window = at.shelf[Recent].windows.get("recent")
    return window.rows.number if window else None


def _typed(one: TeamLevel, mode: Mode | None, share: Fact) -> str:
    """Return how a group that may be taken out is written: quoted for a shell, since names come with the rows."""
    if mode is None or not mode.slot or one.name.startswith("("):
        return ""
    if mode.most is not None and (share.number or 0.0) > mode.most:
        return "too large"
    taken = not mode.segments or one.segment in mode.segments
    names = {"{segment}": shlex.quote(one.segment), "{level}": shlex.quote(one.name)}
    return re.sub("{segment}|{level}", lambda found: names[found[0]], mode.slot) if taken else ""


def _rest(one: TeamLevel, rows: float | None, at: Known) -> Fact:
    """Return the recent error of all rows but those of a group."""
    found = at.shelf[Recent]
    power, own, whole = ADDS.get(found.headline), one.turned.recent, found.overall.recent
    value = None
    if power and rows and own.n and own.number is not None and whole.number is not None and rows > own.n:
        left = (rows * whole.number**power - own.n * own.number**power) / (rows - own.n)
        value = math.pow(max(left, 0.0), 1 / power)
    question = QUANTITY(
        "runbook.rest.{segment_id}.{name_id}",
        segment=one.segment,
        name=one.name,
        segment_id=segment_of(one.segment),
        name_id=segment_of(one.name),
    )
    return derived(question, value, unit=found.unit, source=own.id)
