"""Takes the bytes of LightGBM's own text file, gives the model in it; no code of the file runs."""

from __future__ import annotations

import re
from typing import Any

from generator.scorer.asked import Asked
from generator.scorer.boosted import Boosted, named
from generator.scorer.categories import of_lightgbm
from generator.scorer.refused import AT_FILE, Lacks, Refused, first_line

try:
    import lightgbm
except ImportError as error:
    raise Lacks(
        f"LightGBM's own files need a package that is not here: {error.name}",
        hint="python -m pip install 'deployment-dossier[lightgbm]', or export the predictions as a column of the data",
    ) from error

SAVE = "write it with booster_.save_model('model.txt')"
HEAD = b"tree\n"
OBJECTIVE = re.compile(r"^objective=(.*)$", re.MULTILINE)
NAMELESS = re.compile(r"Column_\d+")
CHANCES = ("binary", "cross_entropy", "xentropy")
"""Objectives whose answers are probabilities."""


class LightBooster(Boosted):
    """Trees of LightGBM; its file ends with the best iteration."""

    def __init__(self, booster: Any, objective: str, asked: Asked) -> None:
        """Take an opened booster; raises Refused for what it cannot answer."""
        own = booster.feature_name()
        nameless = all(NAMELESS.fullmatch(name) for name in own)
        names = named(None if nameless else own, booster.num_feature(), asked.order)
        super().__init__(names, objective, objective.split(" ")[0] in CHANCES, asked)
        self._booster, self._own = booster, own
        self.knows(of_lightgbm(booster, names))

    def predicted(self, frame: Any) -> Any:
        """Return the answers of all trees of the file."""
        frame.columns = self._own
        return self._booster.predict(frame, num_threads=1)


def open_model(asked: Asked) -> LightBooster:
    """Open a file; raises Refused for what LightGBM cannot read, and for what gives no number a row."""
    if not asked.content.startswith(HEAD):
        raise Refused("not a model file of LightGBM, which begins with the line `tree`", AT_FILE, SAVE)
    text = asked.content.decode("utf-8", "replace")
    objective = OBJECTIVE.search(text)
    try:
        booster = lightgbm.Booster(model_str=text)
    except Exception as error:
        raise Refused(f"the LightGBM file cannot be opened: {first_line(error)}", AT_FILE, SAVE) from error
    return LightBooster(booster, objective.group(1).strip() if objective else "", asked)
