"""Takes edges whose own values are counted apart, gives the bounds of the buckets between and at them."""

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats

SHORTER = 4
"""Digits that the next number after a value needs more than the value itself, which somebody wrote or counted."""


def bounds(edges: ArrayLike) -> FloatArray:
    """Return the 2E + 2 bounds of 2E + 1 buckets: below, at, between and above the edges.

    An atom has no width.
    """
    inner = np.repeat(floats(edges), 2)
    return floats(np.concatenate([[-np.inf], inner, [np.inf]]))


def atom(edge: float) -> float:
    """Return the value that an edge right behind it sets apart, such as 0.0 for 5e-324; any other edge is itself."""
    before = float(np.nextafter(edge, -np.inf))
    return before if before == 0.0 or len(repr(before)) + SHORTER <= len(repr(edge)) else edge


def absolute_counts(counts: ArrayLike) -> FloatArray:
    """Return counts of |error| buckets (..., E + 1) from those of signed ones (..., 2(E + 1))."""
    signed = floats(counts)
    half = signed.shape[-1] // 2
    return floats(signed[..., half:] + signed[..., :half][..., ::-1])


def absolute_bounds(edges: ArrayLike) -> FloatArray:
    """Return the E + 2 bounds of |error| buckets, 0 at first."""
    return floats(np.concatenate([[0.0], floats(edges), [np.inf]]))
