"""Takes documents and an order of formats and gives their files, written in one process or in several."""

import ctypes
import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial

from generator.errors import InputError
from generator.records.artifact import Artifact
from generator.records.document import Document
from generator.records.format import Format

Plan = tuple[tuple[Format, bool], ...]
"""Formats in the order in which they are written, and whether their files are kept."""
Work = Callable[[Document], tuple[Artifact, ...]]
PR_SET_PDEATHSIG = 1
"""What Linux calls the wish to get a signal when the parent ends."""


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
    """Return the kept files of each document, in order; where no process can be started or one dies, this one works."""
    work = partial(_written, plan=plan)
    heavy = any(each.needs is not None for each, _ in plan)
    most = min(jobs, len(documents))
    if most >= 2 and heavy:
        _warm(plan)
        with suppress(OSError, BrokenProcessPool):
            return _in_processes(documents, work, most)
    return [work(document) for document in documents]


def _in_processes(documents: Sequence[Document], work: Work, most: int) -> list[tuple[Artifact, ...]]:
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(most, mp_context=context, initializer=_begin, initargs=(os.getpid(),))
    earlier = set(multiprocessing.active_children())
    try:
        # Not by map: it cancels what waits when one fails, and a pool of 3.11 whose process then dies hangs for ever.
        waiting = [pool.submit(work, document) for document in documents]
        return [each.result() for each in waiting]
    except BaseException:
        for child in set(multiprocessing.active_children()) - earlier:
            child.kill()
            child.join()
        raise
    finally:
        pool.shutdown()


def _begin(parent: int) -> None:
    """Make a process short and quiet: no garbage is collected, a signal or the parent's end ends it without a word."""
    gc.disable()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)
    end_with_parent = getattr(ctypes.CDLL(None), "prctl", None)
    if end_with_parent is not None:
        end_with_parent(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


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
