"""What people name on the command line, a project, a bundle, a model: the file that is meant, or why there is none."""

import os
from pathlib import Path
from typing import Literal, TypeAlias

from generator.errors import InputError
from generator.records.files import unfit

PROJECT = "dossier.yaml"
WANTED = f"give a folder with a {PROJECT}, or the file itself"
ModelFormat: TypeAlias = Literal[
    "skops", "joblib", "rds", "onnx", "xgboost", "lightgbm", "catboost", "torchscript", "mlflow"
]
FORMATS: dict[str, ModelFormat] = {
    ".skops": "skops",
    ".joblib": "joblib",
    ".pkl": "joblib",
    ".pickle": "joblib",
    ".rds": "rds",
    ".onnx": "onnx",
    ".ubj": "xgboost",
    ".json": "xgboost",
    ".txt": "lightgbm",
    ".cbm": "catboost",
    ".pt": "torchscript",
    ".pth": "torchscript",
    ".ts": "torchscript",
}
"""Suffix of a model file → the reader that opens it."""
SIGNS: dict[bytes, ModelFormat] = {
    b"\x80": "joblib",
    b"\x1f\x8b": "joblib",
    b"tree\nversion=": "lightgbm",
    b"{L": "xgboost",
    b"CBM1": "catboost",
}
"""How model files begin whose suffix tells nothing, such as model.sav: a pickle, one that joblib packed, a booster."""
LONGEST = max(map(len, SIGNS))
KERAS = (".keras", ".h5")
"""Files of networks that are read once they are written as ONNX."""
MLFLOW = "MLmodel"
"""The file that makes a folder an MLflow model."""


def project_file(path: Path) -> Path:
    """Return the project file that `path` is, or that stands in the folder `path`."""
    file = path / PROJECT if path.is_dir() else path
    wrong = unfit(file)
    if not wrong:
        return file
    if not os.path.exists(path):
        raise InputError(f"there is no {path}", hint=WANTED)
    if not path.is_dir():
        raise InputError(f"{path} {wrong}", hint=WANTED)
    others = sorted({*path.glob("*.yaml"), *path.glob("*.yml")})
    hint = f"is it {others[0]}? Then give that file" if others else f"name the project file {PROJECT}"
    raise InputError(f"the folder {path} has no {PROJECT}", hint=hint)


def is_project(path: Path) -> bool:
    """Say whether a path is a project's folder or file, and no table."""
    return (path / PROJECT).is_file() or path.suffix.lower() in (".yaml", ".yml")


def results_file(bundle: Path) -> Path:
    """Return where the `results.json` of a bundle's folder is; raises InputError for a folder that is no bundle."""
    file = bundle / "results.json"
    if not file.is_file() and not (bundle / "manifest.json").is_file():
        raise InputError("there is no results.json", where=str(bundle), hint="name the folder of a finished bundle")
    return file


def model_format(path: Path) -> ModelFormat:
    """Return the format of a model file or folder; raises InputError for one that is not there, or has no reader."""
    if path.is_dir() and (path / MLFLOW).is_file():
        return "mlflow"
    if not path.is_file():
        what = f"there is no {MLFLOW} file in the folder" if path.is_dir() else "there is no such model file"
        raise InputError(what, where=str(path), hint="name a model file, or the folder of an MLflow model")
    if path.suffix.lower() in FORMATS:
        return FORMATS[path.suffix.lower()]
    with path.open("rb") as file:
        first = file.read(LONGEST)
    found = next((told for sign, told in SIGNS.items() if first.startswith(sign)), None)
    if found is None:
        known = f"models are read from {', '.join(FORMATS)} and folders of MLflow"
        onnx = "export it as ONNX: model.export('model.onnx', format='onnx')"
        way = onnx if path.suffix.lower() in KERAS else known
        raise InputError(
            f"no reader is for model files that end in {path.suffix or 'nothing'}",
            where=str(path),
            hint=f"{way}; or write the predictions into a column and name it with --prediction",
        )
    return found
