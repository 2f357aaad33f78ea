"""Takes documents and an order of formats and gives their files, written in one process or in several."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from generator.errors import InputError
from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.records.format import Format

Plan = tuple[tuple[Format, bool], ...]
"""Formats in the order in which they are written, and whether their files are kept."""


def in_order(formats: Sequence[Format], wanted: Sequence[str]) -> Plan:
    """Return the wanted formats and those they need, each after what it needs."""
    by_id = {each.id: each for each in formats}
    plan: dict[str, Format] = {}

    def add(id: str) -> None:
        if id not in by_id:
            raise InputError(f"there is no format {id}", hint=f"there are {', '.join(by_id)}")
        needs = by_id[id].needs
        if needs is not None:
            add(needs)
        plan.setdefault(id, by_id[id])

    for id in wanted:
        add(id)
    return tuple((each, each.id in wanted) for each in plan.values())


def shared_out(documents: Sequence[Document], plan: Plan, jobs: int) -> list[tuple[Artifact, ...]]:
    """Return the kept files of each document, in order."""
    work = partial(_written, plan=plan)
    heavy = any(each.needs is not None for each, _ in plan)
    if min(jobs, len(documents)) < 2 or not heavy:
        return [work(document) for document in documents]
    _warm(plan)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(min(jobs, len(documents)), mp_context=context, initializer=_begin) as pool:
        return list(pool.map(work, documents))


def _begin() -> None:
    """Make a process short and quiet: it collects no garbage, and Ctrl-C ends it without a word."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _written(document: Document, plan: Plan) -> tuple[Artifact, ...]:
    made: dict[str, Artifact] = {}
    for each, _ in plan:
        made[each.id] = each.render(document, made.get(each.needs or ""))
    return tuple(made[each.id] for each, is_kept in plan if is_kept)


def _warm(plan: Plan) -> None:
    """Import what is slow to import once, before the processes part."""
    for each, _ in plan:
        if each.prepare is not None:
            each.prepare()
