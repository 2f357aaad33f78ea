"""Takes an MLflow model folder, gives which file in it holds the model and in which format; mlflow never runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.records.plugin import Reader
from generator.records.project import Model as Declared
from generator.scoring._classes import EXPORT

DESCRIPTION = "MLmodel"
LARGEST = 1_000_000
"""Bytes of a description; those that MLflow writes have a few thousand."""
PICKLES = ("pickle", "cloudpickle")
AGAIN = "save it with mlflow.sklearn.save_model(…, serialization_format='skops'), or as ONNX"


def inside(folder: Path, declared: Declared) -> Declared:
    """Return what is declared of the model file in the folder `declared.path`; raises InputError when none is known."""
    where = declared.path or ""
    flavors = _flavors(folder / where, where)
    sklearn, onnx = flavors.get("sklearn"), flavors.get("onnx")
    if isinstance(onnx, dict):
        return _file(folder, declared, onnx.get("data"), "onnx")
    if isinstance(sklearn, dict):
        stored = sklearn.get("serialization_format", PICKLES[0])
        if stored == "skops":
            return _file(folder, declared, sklearn.get("pickled_model"), "skops")
        if stored in PICKLES:
            return _file(folder, declared, sklearn.get("pickled_model"), "joblib")
        raise InputError(f"the MLflow model is serialised as {stored}", where=where, hint=AGAIN)
    listed = ", ".join(sorted(map(str, flavors))) or "none"
    raise InputError(
        f"no flavour of the MLflow model can be read: it has {listed}",
        where=where,
        hint=f"readable are onnx and sklearn; {EXPORT}",
    )


def _flavors(folder: Path, where: str) -> dict[str, Any]:
    import yaml

    file = folder / DESCRIPTION
    if not file.is_file():
        raise InputError(f"there is no {DESCRIPTION} in the folder", where=where, hint="name the MLflow model's folder")
    if file.stat().st_size > LARGEST:
        raise InputError(f"the {DESCRIPTION} file has {file.stat().st_size:,} bytes", where=where, hint=EXPORT)
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"the {DESCRIPTION} file cannot be read: {reason}", where=where, hint=EXPORT) from error
    flavors = found.get("flavors") if isinstance(found, dict) else None
    return flavors if isinstance(flavors, dict) else {}


def _file(folder: Path, declared: Declared, name: object, kind: Any) -> Declared:
    """Return what is declared of a file in the folder; raises InputError for one that is outside or not there."""
    top = (folder / (declared.path or "")).resolve()
    file = (top / str(name)).resolve()
    if not name or not file.is_relative_to(top) or not file.is_file():
        what = f"the {DESCRIPTION} file names {name!r}, which is no file in the folder"
        raise InputError(what, where=declared.path or "", hint="copy the whole folder that MLflow wrote")
    return replace(declared, path=f"{declared.path}/{name}", format=kind)


def open_model(content: bytes, declared: Declared) -> None:
    """Refuse: a model of MLflow is a folder, and the file in it has a reader of its own."""
    raise InputError(
        "format `mlflow` is for folders", where="model.format", hint="name the folder, or the format of the file"
    )


READER = Reader(
    id="mlflow", title="MLflow model folders that hold scikit-learn or ONNX", open=open_model, inside=inside
)
