"""Takes an MLflow model folder, gives which file in it holds the model and in which format; mlflow does not run.

Where no file of it can be read alone, and somebody vouches for the whole folder, mlflow opens it by its own pyfunc.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.errors import InputError
from generator.records.files import MEGABYTE, read_text, unfit
from generator.records.named import ModelFormat
from generator.records.plugin import Reader
from generator.records.project import Model
from generator.records.registry import is_registered, located
from generator.scorer.refused import EXPORT
from generator.scoring._foreign import Foreign, opened
from generator.scoring._trust import check_trust

DESCRIPTION = "MLmodel"
LARGEST = MEGABYTE
"""Bytes of a description; those that MLflow writes have a few thousand."""
DEEPEST, MOST_NODES = 32, 50_000
"""How deep a description may be nested, and how many values it may have, aliases written out."""
PICKLES = ("pickle", "cloudpickle")
FLAVORS: dict[str, dict[str, ModelFormat]] = {
    "onnx": {"": "onnx"},
    "xgboost": {".json": "xgboost", ".ubj": "xgboost", ".xgb": "xgboost"},
    "lightgbm": {".lgb": "lightgbm", ".txt": "lightgbm", ".skops": "skops", ".pkl": "joblib"},
    "catboost": {".cbm": "catboost", ".cb": "catboost"},
    "sklearn": {},
}
"""Flavour → the format of its file by suffix, in the order in which flavours are looked for."""
FREE = "an MLflow model without a file that can be read alone is opened by mlflow, and runs any code it carries"
SAFER = "write what mlflow.pyfunc.load_model(DIR).predict(rows) gives into a column of the data"
PYFUNC = "python_function"
"""The flavour that mlflow itself opens."""
AGAIN = "save it with mlflow.sklearn.save_model(…, serialization_format='skops'), or as ONNX"


def inside(folder: Path, declared: Model) -> Model:
    """Return what is declared of the model file in the folder `declared.path`; raises InputError when none is known."""
    where = declared.path or ""
    if is_registered(where):
        where = Path(os.path.relpath(located(where, folder), folder.resolve())).as_posix()
        declared = replace(declared, path=where)
    flavors = _flavors(folder / where, where)
    for name, formats in FLAVORS.items():
        if isinstance(flavor := flavors.get(name), dict):
            file = flavor.get("data") or flavor.get("pickled_model")
            return _file(folder, declared, file, _format(flavor, file, formats, where))
    if PYFUNC in flavors:
        return declared
    listed = ", ".join(sorted(str(name)[:60] for name in flavors)[:12]) or "none"
    raise InputError(
        f"no flavour of the MLflow model can be read: it has {listed}",
        where=where,
        hint=f"readable are {', '.join(FLAVORS)} and {PYFUNC}; {EXPORT}",
    )


def _format(flavor: dict[str, Any], file: object, formats: dict[str, ModelFormat], where: str) -> ModelFormat:
    """Return the format of a flavour's file: as it is serialised, else by its suffix; raises InputError for others."""
    stored = flavor.get("serialization_format", None if formats else PICKLES[0])
    if stored == "skops":
        return "skops"
    if stored in PICKLES:
        return "joblib"
    suffix = Path(file).suffix if isinstance(file, str) else ""
    if stored is None and (known := formats.get(suffix) or formats.get("")):
        return known
    if stored is None and not isinstance(file, str):
        return "skops"  # there is no file, and that is what is told
    shown = suffix if stored is None else stored[:60] if isinstance(stored, str) else f"a {type(stored).__name__}"
    raise InputError(f"the MLflow model is serialised as {shown}", where=where, hint=AGAIN)


def _flavors(folder: Path, where: str) -> dict[str, Any]:
    import yaml

    file = folder / DESCRIPTION
    if not file.exists():
        raise InputError(f"there is no {DESCRIPTION} in the folder", where=where, hint="name the MLflow model's folder")
    text = read_text(file, most=LARGEST, name=f"{where}/{DESCRIPTION}", hint="name the folder that MLflow wrote")
    try:
        _check_size(yaml.parse(text, Loader=yaml.CSafeLoader))
        found = yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, OverflowError, yaml.YAMLError, RecursionError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(f"the {DESCRIPTION} file cannot be read: {reason}", where=where, hint=EXPORT) from error
    flavors = found.get("flavors") if isinstance(found, dict) else None
    return flavors if isinstance(flavors, dict) else {}


def _check_size(events: Iterator[Any]) -> None:
    """Raise ValueError when a document is nested too deep, or has too many values with its aliases written out."""
    import yaml

    count, open_nodes, sizes = 0, list[tuple[str | None, int]](), dict[str | None, int]()
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            sizes |= {anchor: count - before} if anchor else {}
        elif isinstance(event, yaml.NodeEvent):
            count += sizes.get(event.anchor, MOST_NODES) if isinstance(event, yaml.AliasEvent) else 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append((event.anchor, count - 1))
            elif isinstance(event, yaml.ScalarEvent) and event.anchor:
                sizes[event.anchor] = 1
        if count > MOST_NODES or len(open_nodes) > DEEPEST:
            raise ValueError("it unfolds to more than any description has")


def _file(folder: Path, declared: Model, name: object, kind: ModelFormat) -> Model:
    """Return what is declared of a file in the folder; raises InputError for one that is outside or not there."""
    top = (folder / (declared.path or "")).resolve()
    if not isinstance(name, str) or not name or not _lies_in(top, name):
        shown = repr(name[:60]) if isinstance(name, str) else f"a {type(name).__name__}" if name else "nothing"
        what = f"the {DESCRIPTION} file names {shown}, which is no file in the folder"
        raise InputError(what, where=declared.path or "", hint="copy the whole folder that MLflow wrote")
    return replace(declared, path=f"{declared.path}/{name}", format=kind)


def _lies_in(top: Path, name: str) -> bool:
    try:
        file = (top / name).resolve()
    except (OSError, ValueError):
        return False
    return file.is_relative_to(top) and not unfit(file)


def open_model(content: bytes, declared: Model, folder: Path | None = None) -> Foreign:
    """Open a packed folder by mlflow; raises InputError unless it is trusted and has the declared digest."""
    check_trust(content, declared, what=FREE, safer=SAFER)
    return opened("mlflow", content, declared, folder, trusted=True)


READER = Reader(
    id="mlflow",
    title="MLflow model folders: scikit-learn, boosters, ONNX; others by mlflow, trusted",
    open=open_model,
    inside=inside,
)
