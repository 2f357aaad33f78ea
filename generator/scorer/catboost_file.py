"""Takes the bytes of CatBoost's own file, gives the model in it; no code of the file runs."""

from __future__ import annotations

from typing import Any

from generator.scorer.asked import Asked
from generator.scorer.boosted import Boosted, check_objective, named
from generator.scorer.categories import categories_of
from generator.scorer.classes import positive_place
from generator.scorer.refused import AT_FILE, Lacks, Refused, first_line

try:
    import catboost
except ImportError as error:
    raise Lacks(
        f"CatBoost's own files need a package that is not here: {error.name}",
        hint="python -m pip install 'deployment-dossier[catboost]', or name under model.python the Python of an "
        "environment that has catboost and pandas, with `trust: true`",
    ) from error

SAVE = "write it with save_model('model.cbm')"


class CatBooster(Boosted):
    """Trees of CatBoost; categories are texts."""

    def __init__(self, model: Any, asked: Asked) -> None:
        """Take an opened model; raises Refused for what it cannot answer."""
        objective = str(model.get_all_params().get("loss_function", "")) or "RMSE"
        check_objective(objective)
        classes = [] if model.classes_ is None else list(model.classes_)
        own = list(model.feature_names_)
        nameless = own == [str(place) for place in range(len(own))]
        names = named(None if nameless else own, len(own), asked.order)
        super().__init__(names, objective, False, asked)
        self._model, self.probability = model, bool(classes)
        self._place = positive_place(classes, asked.positive) if classes else 0
        self.knows(categories_of(model, names))

    def predicted(self, frame: Any) -> Any:
        """Return probabilities of the wanted class, or predictions, up to the best iteration that the file holds."""
        if not self.probability:
            return self._model.predict(frame, thread_count=1)
        return self._model.predict(frame, prediction_type="Probability", thread_count=1)[:, self._place]


def open_model(asked: Asked) -> CatBooster:
    """Open a file; raises Refused for what CatBoost cannot read, and for what gives no number a row."""
    model = catboost.CatBoost()
    try:
        model.load_model(blob=asked.content, format="cbm")
    except Exception as error:
        raise Refused(f"the CatBoost file cannot be opened: {first_line(error)}", AT_FILE, SAVE) from error
    return CatBooster(model, asked)
