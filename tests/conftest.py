"""Settings of all tests: the same examples in every run, and no test of what is not there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

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
