"""Takes means and second moments of many columns on two sides, gives how far the sides are apart in all at once."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from generator.stats.arrays import FloatArray, floats
from generator.stats.distributions import normal_cdf

RANK = 1e-6
"""Directions with less than this share of the largest variance are not looked along: columns that repeat others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inverse:
    """A pseudo-inverse (P, P) and the number of directions in it."""

    matrix: FloatArray
    rank: int


def pseudo_inverse(covariance: ArrayLike) -> Inverse:
    """Return the inverse of a covariance along the directions that vary (Moore-Penrose), negative ones left out."""
    s = floats(covariance)
    values, vectors = np.linalg.eigh((s + s.T) / 2.0)
    kept = values > RANK * max(float(values.max(initial=0.0)), 0.0)
    used = vectors[:, kept]
    return Inverse(matrix=floats((used / values[kept]) @ used.T), rank=int(kept.sum()))


def distance2(gap: ArrayLike, inverse: Inverse) -> FloatArray:
    """Return the squared Mahalanobis distance (…,) of mean gaps (…, P) (Mahalanobis 1936)."""
    d = floats(gap)
    return floats(np.einsum("...i,ij,...j->...", d, inverse.matrix, d))


def linear_auc(distance: float) -> float:
    """Return how often a linear rule tells a row of one side from one of the other, normal columns: Phi(D/sqrt 2)."""
    return normal_cdf(distance / math.sqrt(2.0))


def leading(correlation: ArrayLike, share: float) -> FloatArray:
    """Return the fewest principal directions (P, K) that hold at least `share` of the variance."""
    values, vectors = np.linalg.eigh(floats(correlation))
    order = np.argsort(values)[::-1]
    held = np.cumsum(np.maximum(values[order], 0.0))
    count = int(np.searchsorted(held, share * held[-1] * (1.0 - 1e-12))) + 1
    return floats(vectors[:, order[:count]])


def reconstruction_error(second: ArrayLike, directions: ArrayLike) -> FloatArray:
    """Return the mean squared error of rows rebuilt from `directions` (P, K): tr(S) - tr(P'SP), (…,) for S (…, P, P).

    `second` are mean products of the centred columns; the identity with the mean over rows is exact.
    """
    s, p = floats(second), floats(directions)
    return floats(np.trace(s, axis1=-2, axis2=-1) - np.einsum("ik,...ij,jk->...", p, s, p))
