"""Takes the bytes of XGBoost's own file (JSON or UBJSON), gives the model in it; no code of the file runs."""

from __future__ import annotations

import json
import re
from typing import Any

from generator.scorer.asked import Asked
from generator.scorer.boosted import Boosted, named
from generator.scorer.categories import of_xgboost
from generator.scorer.refused import AT_FILE, Lacks, Refused, first_line

try:
    import xgboost
except ImportError as error:
    raise Lacks(
        f"XGBoost's own files need a package that is not here: {error.name}",
        hint="python -m pip install 'deployment-dossier[xgboost]', or export the predictions as a column of the data",
    ) from error

VERSION = re.compile(rb'"version":\s*(\[[0-9, ]+\])|version\[#L.{8}((?:i.){3})', re.DOTALL)
"""How both forms say what wrote them: three numbers."""
SAVE = "write it with save_model('model.ubj')"


class XgBooster(Boosted):
    """Trees, or a linear model, of XGBoost."""

    def __init__(self, booster: Any, asked: Asked) -> None:
        """Take an opened booster; raises Refused for what it cannot answer."""
        learner = json.loads(booster.save_config())["learner"]
        objective = learner["objective"]["name"]
        names = named(booster.feature_names, booster.num_features(), asked.order)
        super().__init__(names, objective, objective == "binary:logistic", asked)
        self._booster, self._own = booster, booster.feature_names
        if found := list(VERSION.finditer(asked.content)):
            numbers = re.findall(rb"\d+", found[-1][1] or b"") or [str(byte).encode() for byte in found[-1][2][1::2]]
            self.wrote = ("xgboost", b".".join(numbers).decode(), str(xgboost.__version__))
        best = booster.attributes().get("best_iteration")
        whole = best is None or learner["gradient_booster"]["name"] == "gblinear"
        self._range = (0, 0) if whole else (0, int(best) + 1)
        self.knows(of_xgboost(booster, names))

    def predicted(self, frame: Any) -> Any:
        """Return the answers of the trees up to the best iteration, as the trained model gives them."""
        frame.columns = self._own or [f"f{place}" for place in range(frame.shape[1])]
        matrix = xgboost.DMatrix(frame, enable_categorical=True, nthread=1)
        return self._booster.predict(matrix, iteration_range=self._range, validate_features=self._own is not None)


def open_model(asked: Asked) -> XgBooster:
    """Open a file; raises Refused for what XGBoost cannot read, and for what gives no number a row."""
    if not asked.content[:1] == b"{":
        raise Refused("not a file of XGBoost in JSON or UBJSON, which begin with a brace", AT_FILE, SAVE)
    booster = xgboost.Booster({"nthread": 1})
    try:
        booster.load_model(bytearray(asked.content))
    except xgboost.core.XGBoostError as error:
        raise Refused(f"the XGBoost file cannot be opened: {first_line(error)}", AT_FILE, SAVE) from error
    booster.set_param({"nthread": 1})
    return XgBooster(booster, asked)
