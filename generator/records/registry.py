"""A model's name in a local registry of MLflow, `models:/churn/3` or `models:/churn@champion` → its folder.

The registry is a SQLite file, read and never written; mlflow itself does not run. Other registries are refused by name.
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.errors import InputError

SCHEME = "models:/"
NAMED = re.compile(r"models:/+(?P<name>[^/@]+)(?:/(?P<version>\d+)|@(?P<alias>[^/@]+))")
LOGGED = re.compile(r"models:/+(?P<id>m-[0-9a-f]+)")
STORES = ("MLFLOW_REGISTRY_URI", "MLFLOW_TRACKING_URI")
SQLITE, USUAL = "sqlite:///", "mlflow.db"
FORM = "write models:/name/version or models:/name@alias"
ELSEWHERE = "download it: mlflow artifacts download --artifact-uri URI --dst-path DIR, and name the folder"


def is_registered(path: str) -> bool:
    """Return whether a path is the name of a model in a registry."""
    return path.startswith(SCHEME)


def located(path: str, folder: Path) -> Path:
    """Return the folder of a registered model; raises InputError where no local registry tells of one.

    The registry is what MLFLOW_REGISTRY_URI or MLFLOW_TRACKING_URI names, else mlflow.db in `folder`.
    """
    wanted = NAMED.fullmatch(path)
    if wanted is None:
        raise InputError("this names no version of a model", where=path, hint=FORM)
    store = _store(path, folder)
    try:
        with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as database:
            place = _place(database, wanted)
    except sqlite3.Error as error:
        what = f"the registry cannot be read: {error}"
        raise InputError(what, where=str(store), hint="name the database of an MLflow server of your own") from error
    if place is None:
        raise InputError(f"the registry {store.name} has no such model", where=path, hint=FORM)
    return _folder(place, path)


def _store(path: str, folder: Path) -> Path:
    """Return the file of the registry; raises InputError where it is no local one."""
    named = next((os.environ[name] for name in STORES if os.environ.get(name)), None)
    if named is not None and not named.startswith(SQLITE):
        raise InputError("only a registry in a SQLite file is read", where=path, hint=ELSEWHERE)
    store = Path(folder, named.removeprefix(SQLITE) if named else USUAL)
    if not store.is_file():
        hint = "let MLFLOW_TRACKING_URI name it, such as sqlite:////srv/mlflow.db"
        raise InputError(f"there is no registry at {store}", where=path, hint=hint)
    return store


def _place(database: sqlite3.Connection, wanted: re.Match[str]) -> str | None:
    """Return where the files of a version lie, as the registry writes it."""
    version = wanted["version"]
    if wanted["alias"]:
        query = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"
        version = _one(database, query, wanted["name"], wanted["alias"])
    query = "SELECT coalesce(storage_location, source) FROM model_versions WHERE name = ? AND version = ?"
    place = _one(database, query, wanted["name"], version) if version else None
    if place and (logged := LOGGED.fullmatch(place)):
        return _one(database, "SELECT artifact_location FROM logged_models WHERE model_id = ?", logged["id"])
    return place


def _one(database: sqlite3.Connection, query: str, *values: str) -> str | None:
    row = database.execute(query, values).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _folder(place: str, path: str) -> Path:
    address = urlsplit(place)
    if address.scheme not in ("", "file"):
        raise InputError(f"its files lie at {address.scheme}:, not on this machine", where=path, hint=ELSEWHERE)
    folder = Path(unquote(address.path))
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}", where=path, hint=ELSEWHERE)
    return folder
