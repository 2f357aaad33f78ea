"""Libraries that multiply matrices → one core for each sum: its last digits are then the same on every machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from generator.records.environment import ONE_CORE


@contextmanager
def one_core_a_sum() -> Iterator[None]:
    """Keep matrix products on one core each, those of libraries that are loaded meanwhile too."""
    before = {name: os.environ.get(name) for name in ONE_CORE}
    os.environ.update(ONE_CORE)
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
