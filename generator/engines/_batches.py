"""Arrow batches of any size → batches of one size, and what a fold makes of them, in their order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from generator.engines import BATCH_ROWS, State

FEWEST, CELLS = 512, BATCH_ROWS * 256
"""Rows of the smallest batch, values of the largest."""
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


def rows_at_once(columns: int) -> int:
    """Return the rows of a batch: BATCH_ROWS, fewer of a table so wide that a batch would not fit beside its sums."""
    return min(BATCH_ROWS, max(FEWEST, CELLS // max(columns, 1)))


def rebatch(reader: pa.RecordBatchReader, size: int) -> Iterator[pa.RecordBatch]:
    """Yield batches of exactly `size` rows but for the last, so that sums do not depend on the reader."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in reader:
        held.append(batch)
        rows += batch.num_rows
        while rows >= size:
            whole = _one(held)
            yield whole.slice(0, size)
            held, rows = [whole.slice(size)], rows - size
    if rows:
        yield _one(held)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
