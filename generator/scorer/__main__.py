"""Takes the place of its own folder, gives the scorer started; the package around it is not imported."""

from __future__ import annotations

import gc
import os
import sys
import types


def _named() -> None:
    """Let `generator.scorer` be imported from here alone: an environment of the model's own has no such package."""
    package = types.ModuleType("generator")
    package.__path__ = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    sys.modules["generator"] = package


if __name__ == "__main__":
    _named()
    gc.set_threshold(50_000)  # what libraries make while they are loaded stays: looking through it is for nothing
    from generator.scorer.serve import main

    main()
