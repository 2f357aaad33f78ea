"""What the scorer says of a model that cannot be used: what is wrong, where it is mended, what would be right."""

from __future__ import annotations

import re

EXPORT = "export the predictions as a column of the data and name it under data.prediction"
ONE_CLASS = "train it on one class against all others, or export the probability of one class as data.prediction"
COLUMNS = "the production columns have to be those the model was trained on, with the same types"
MODULES = (
    "put the module beside the project file and trust it, or name the Python that has it under model.python "
    "(init: --python PATH)"
)
PLACE = re.compile(r"^\[[0-9:]{8}\] \S+:[0-9]+: ")
"""The time and the line of source that XGBoost writes before what is wrong."""
LISTED = "list them under model.columns (init: --columns A,B,C), in the order of the matrix it was trained on"
AS_ONNX = (
    "as ONNX, where onnxscript stands beside torch: "
    "torch.onnx.export(model, (rows,), 'model.onnx', dynamic_shapes=({0: 'rows'},), external_data=False)"
)
"""Without these two words torch writes a graph for as many rows as it was shown, with its weights in another file."""
AT_FILE, AT_ROWS = "model.path", "model"


class Refused(Exception):
    """The model cannot be used, for a reason that a person can act on."""

    def __init__(self, what: str, where: str = AT_FILE, hint: str = EXPORT) -> None:
        super().__init__(what)
        self.what, self.where, self.hint = what, where, hint


class Lacks(Refused):
    """The environment lacks a package that the model needs."""


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, the name of its type without one; at most 300 characters."""
    try:
        lines = PLACE.sub("", str(error).strip()).splitlines()
    except Exception:  # an error of the model's own making may not be able to say what it is
        lines = []
    return lines[0][:300] if lines else type(error).__name__
