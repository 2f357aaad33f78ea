"""Takes a trusted MLflow folder, packed as one archive, gives the model in it as mlflow opens it; its code runs."""

from __future__ import annotations

import io
import tempfile
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from generator.scorer.asked import Asked, Columns, Opened
from generator.scorer.encoders import EncoderLevels
from generator.scorer.refused import AT_FILE, LISTED, MODULES, Lacks, Refused, first_line

try:
    import mlflow
    import mlflow.pyfunc
except ImportError as error:
    raise Lacks(
        f"the MLflow model needs a package that is not here: {error.name}",
        hint="make its environment, python -m venv ENV && ENV/bin/pip install -r DIR/requirements.txt, and name "
        "ENV/bin/python under model.python (init: --python PATH)",
    ) from error

TYPES = {"long": "int64", "integer": "int32", "double": "float64", "float": "float32", "boolean": "bool"}
"""Types of a signature that are numbers here; all others are texts."""
SIGN = "save it with a signature, or " + LISTED
AGAIN = (
    "save it anew where scipy is installed, since infer_signature needs it, or with a mlflow.models.ModelSignature "
    "that names each column"
)


class Folder(Opened):
    """A model of free code that answers for a table of its signature's columns, in its signature's types."""

    def __init__(self, model: Any, asked: Asked) -> None:
        """Take what mlflow opened, and the columns that are declared; raises Refused where none are known."""
        self._model, self._types = model, _signature(model) or dict.fromkeys(asked.order, "")
        if not self._types:
            raise Refused("the MLflow model has no signature that names its columns", "model.columns", SIGN)
        self.features = tuple(self._types)
        texts = [name for name, kind in self._types.items() if kind == "string"]
        self.levels = dict.fromkeys(texts, EncoderLevels(np.array([""], dtype=object), False))
        then = getattr(model.metadata, "mlflow_version", None)
        self.wrote = ("mlflow", str(then), str(mlflow.__version__)) if then else None

    def frame(self, columns: Columns) -> Any:
        """Return the rows as a table in the types of the signature; whole numbers with a missing one stay fractions."""
        return pd.DataFrame({name: _typed(columns[name], kind) for name, kind in self._types.items()}, copy=True)

    def answers(self, frame: Any) -> Any:
        """Return what the model predicts, of a table its one column; there is no design."""
        found = self._model.predict(frame)
        return (found.to_numpy() if hasattr(found, "to_numpy") else found), None


def open_model(asked: Asked) -> Folder:
    """Open a folder; raises Refused when mlflow cannot, or its columns are not known."""
    folder = tempfile.mkdtemp(prefix="model-")
    with zipfile.ZipFile(io.BytesIO(asked.content)) as archive:
        archive.extractall(folder)
    try:
        model = mlflow.pyfunc.load_model(folder)
    except MemoryError:
        raise
    except ImportError as error:
        raise Refused(f"the MLflow model needs the module {error.name}, which is not here", AT_FILE, MODULES) from error
    except Exception as error:
        what = f"mlflow cannot open the model: {type(error).__name__} {first_line(error)}"
        raise Refused(what, AT_FILE, MODULES) from error
    return Folder(model, asked)


def _signature(model: Any) -> dict[str, str]:
    """Return by column the type of the signature; none where it has no named columns."""
    schema = model.metadata.get_input_schema()
    if schema is None or schema.is_tensor_spec():
        return {}
    if not schema.has_input_names():
        what = "the signature names none of the columns, and by it MLflow gives the model the first column alone"
        raise Refused(what, AT_FILE, AGAIN)
    return {str(each.name): str(getattr(each.type, "name", "")) for each in schema.inputs}


def _typed(values: Any, kind: str) -> Any:
    if kind not in TYPES:
        return values
    numbers = np.asarray([_truth(v) for v in values] if values.dtype == object else values, dtype=np.float64)
    if np.isnan(numbers).any():
        return numbers
    made = numbers.astype(TYPES[kind])
    return made if kind == "float" or (made == numbers).all() else numbers  # which mlflow then refuses by name


def _truth(value: Any) -> Any:
    return {"true": 1.0, "false": 0.0}.get(value.strip().lower(), value) if isinstance(value, str) else value
