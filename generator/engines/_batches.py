"""Arrow batches of any size → batches of one size, and what a fold makes of them, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from generator.engines import BATCH_ROWS, State

LANES = 4
"""Batches that are added up at once at most, on however many processors: one thread cannot read for more."""


def ordered(
    batches: Iterator[pa.RecordBatch], partial: Callable[[pa.RecordBatch], State], jobs: int
) -> Iterator[State]:
    """Yield what `partial` makes of each batch, in their order, by `jobs` threads."""
    lanes = min(jobs, LANES)
    if lanes <= 1:
        yield from (partial(batch) for batch in batches)
        return
    waiting: deque[Future[State]] = deque()
    with ThreadPoolExecutor(lanes) as pool:
        for batch in batches:
            waiting.append(pool.submit(partial, batch))
            if len(waiting) > lanes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def rebatch(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """Yield batches of exactly BATCH_ROWS rows but for the last, so that sums do not depend on the reader."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        while rows >= BATCH_ROWS:
            whole = _one(held)
            yield whole.slice(0, BATCH_ROWS)
            held, rows = [whole.slice(BATCH_ROWS)], rows - BATCH_ROWS
    if rows:
        yield _one(held)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
