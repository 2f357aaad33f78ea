"""The model, its file and the version before it."""

from dataclasses import dataclass
from typing import Literal

from generator.records.named import ModelFormat
from generator.records.project.units import Date


@dataclass(frozen=True, kw_only=True)
class Previous:
    """The model version that stands ready for a rollback."""

    version: str
    path: str | None = None
    sha256: str | None = None
    artifact: str | None = None
    released: Date | None = None


@dataclass(frozen=True, kw_only=True)
class ModelLimits:
    """What the process of a model may use for one answer, in place of what suits the size of its file."""

    seconds: float = 600.0
    """Computing time, on one core."""
    megabytes: float = 4000.0
    """Memory beside that of its libraries."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """The model that is to be deployed; without `path` the predictions stand in a column."""

    name: str
    version: str
    file: str | None = None
    """What the training job writes beside the project file: version, path, sha256, training, validation, metrics."""
    path: str | None = None
    """A model file, or the folder of an MLflow model."""
    format: Literal[ModelFormat, "column"] = "skops"
    sha256: str | None = None
    """Digest of the model file; of an MLflow folder, of the file in it, or of all its files as `init` tells it."""
    trusted_types: tuple[str, ...] = ()
    trust: bool = False
    """True lets a joblib or pickle file run the code it carries; it needs `sha256`, and the documents say so."""
    python: str | None = None
    """The Python of another environment that opens the model and asks it, a path from here; it needs `trust`."""
    columns: tuple[str, ...] = ()
    """Columns of a model that takes them as one matrix, in its order; else those of `data.features`."""
    cost: str | None = None
    """A kept measurement of the time predictions take, as `dossier cost` writes it."""
    limits: ModelLimits | None = None
    positive_class: str | None = None
    """The class of a classifier whose probability is the prediction; else `data.positive`, else its second class."""
    lambda_choice: Literal["lambda.min", "lambda.1se"] | None = None
    """The penalty of a cross-validated glmnet model; without it `lambda.1se`, which R's own predict takes."""
    lambda_value: float | None = None
    """The penalty itself, for a glmnet model that holds several."""
    family: str | None = None
    regularisation: str | None = None
    artifact: str | None = None
    released: Date | None = None
    preprocessing: str | None = None
    loading: str | None = None
    previous: Previous | None = None
