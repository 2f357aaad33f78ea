import numpy as np
import pytest

from generator.stats.shape import course

DAYS = np.arange(30)
WEEKEND = (DAYS % 7 >= 5) * 1.0


def noise(seed: int, phi: float = 0.0, size: int = 30) -> np.ndarray:
    rng = np.random.default_rng(seed)
    out = np.empty(size)
    out[0] = rng.normal()
    for t in range(1, size):
        out[t] = phi * out[t - 1] + np.sqrt(1 - phi**2) * rng.normal()
    return out


def test_too_few_days_have_no_shape() -> None:
    assert course(np.arange(13.0), 0.0, 0.1) is None
    assert course(np.where(DAYS < 13, 1.0, np.nan), 0.0, 0.1) is None
    assert course(DAYS * 1.0, np.nan, 0.1) is None


def test_constants_are_a_level() -> None:
    level, off = course(np.full(30, 2.0), 2.0, 0.1), course(np.full(30, 3.0), 2.0, 0.1)
    assert level is not None and off is not None
    assert (level.shape, off.shape, off.change) == ("none", "offset", 1.0)


@pytest.mark.parametrize(
    ("curve", "shape"),
    [
        (0 * DAYS, "none"),
        (0 * DAYS + 6, "offset"),
        ((DAYS >= 11) * 6, "step"),
        (DAYS * 0.3, "trend"),
        (WEEKEND * 6, "weekly"),
        (WEEKEND * 6 + 12, "offset"),
        (WEEKEND * 6 + (DAYS >= 20) * 8, "step"),
        (10 + (DAYS >= 20) * 5, "offset"),
        ((DAYS >= 4) * -6, "step"),
    ],
)
@pytest.mark.parametrize("phi", [0.0, 0.3])
def test_planted_shapes_are_found(curve: np.ndarray, shape: str, phi: float) -> None:
    found = [course(curve + noise(seed, phi), 0.0, 3.0) for seed in range(40)]
    assert np.mean([one is not None and one.shape == shape for one in found]) >= 0.9


def test_the_day_of_a_step_is_found_and_its_range_holds_it() -> None:
    found = [course((DAYS >= 11) * 4.0 + noise(seed), 0.0, 2.0) for seed in range(200)]
    days = [one.since for one in found if one is not None and one.shape == "step"]
    assert len(days) >= 190 and np.mean(np.array(days) == 11) > 0.9
    held = [one.first <= 11 <= one.last for one in found if one is not None and one.shape == "step"]
    assert np.mean(held) > 0.93


def test_days_without_data_change_nothing() -> None:
    x = (DAYS >= 11) * 8.0 + noise(3)
    x[[2, 15, 16, 25]] = np.nan
    found = course(x, 0.0, 2.0)
    assert found is not None and (found.shape, found.since) == ("step", 11)
    assert found.change == pytest.approx(8, abs=1)


def test_wandering_days_are_rarely_called_a_shape() -> None:
    found = [course(noise(seed, 0.5), 0.0, 3.0) for seed in range(300)]
    assert np.mean([one is not None and one.shape != "none" for one in found]) < 0.1
