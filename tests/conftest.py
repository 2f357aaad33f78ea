"""Settings of all tests: the same examples in every run, and no test of what is not there."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from generator.scoring import _foreign, _process
from generator.scoring._process import started
from tests.nursery import Forked, Nursery

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

sys.warnoptions.append("error")  # as `python -W error`: `--quiet` then leaves warnings what the tests make of them

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs real data or a browser where there is none, and say so."""
    if item.get_closest_marker("real") and not REAL_DATA.is_dir():
        pytest.skip("there is no ../shared/data")
    if item.get_closest_marker("browser") and not any(map(shutil.which, BROWSERS)):
        pytest.skip("there is no Chromium")


@pytest.fixture(scope="session", autouse=True)
def _nursery() -> Iterator[None]:
    """Fork the scorers of this process from one that has imported their libraries."""
    made: list[Nursery] = []

    def forked(command: Sequence[str], environment: Mapping[str, str]) -> Any:
        if tuple(command) != tuple(_foreign.command()):
            return started(command, environment)
        if not made:
            made.append(Nursery(dict(environment)))
        return Forked(made[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_process, "started", forked)
        yield
    for nursery in made:
        nursery.close()


@pytest.fixture
def fresh_scorers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start scorers as a build does."""
    monkeypatch.setattr(_process, "started", started)
