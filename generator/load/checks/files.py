"""Settings and their folder → declared files that are not there, are empty, or are not the declared ones."""

import contextlib
import glob
import hashlib
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path as Location

from generator.errors import InputError
from generator.load.complaint import Complaint, Path
from generator.load.keys import nearest
from generator.records.address import ELSEWHERE, Unfit, address, check_store, is_address, is_store
from generator.records.files import ABSENT, MODEL_BYTES, read_file, unfit
from generator.records.places import files_of
from generator.records.project import Settings

LOOKED_AT = 1_000
"""Files of a folder among which the one that is meant may be."""
SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]+://|postgres(?:ql)?:")
DIGEST = re.compile("[0-9a-f]{64}")
ANOTHER = "name a file that this user may read; what a program writes into a pipe goes into a file first"


def check(settings: Settings, folder: Location, statistics: bool = True) -> Iterator[Complaint]:
    """Yield a complaint for every file that is missing or has another digest than declared."""
    data, model, previous = settings.data, settings.model, settings.model.previous
    declared: list[tuple[Path, str | None, str | None]] = [
        (("data", "production"), data.production, None),
        (("data", "reference"), data.reference, None),
        (("data", "held_out"), data.held_out, None),
        (("data", "reference_stats"), data.reference_stats if statistics else None, None),
        (("data", "labels", "path"), data.labels.path if data.labels else None, None),
        (("data", "requests", "path"), data.requests.path if data.requests else None, None),
        (("model", "path"), model.path, model.sha256),
        (("model", "cost"), model.cost if statistics else None, None),
    ]
    if previous:
        declared.append((("model", "previous", "path"), previous.path, previous.sha256))
    yield from _same(settings, folder)
    for path, name, digest in declared:
        if name is not None:
            yield from _named(folder, path, name, digest)
            if path[0] == "model" and model.format != "mlflow" and os.path.isdir(folder / name):
                what = f"names {name[:80]!r}, which is a folder"
                yield Complaint(path, what, "name a file; folders are for `format: mlflow`")
        elif digest:
            yield Complaint((*path[:-1], "sha256"), "is the digest of no file", "declare `path` too", (path,))


def _named(folder: Location, path: Path, name: str, digest: str | None) -> Iterator[Complaint]:
    """Yield what is wrong with an address, a pattern or a file."""
    data = path[0] == "data"
    if not name.strip():
        yield Complaint(path, "is blank", "write the path of a file, or leave the key away")
        return
    if data and is_address(name):
        yield from _address(folder, path, name)
    elif scheme := SCHEME.match(name):
        what = f"is an address that begins with {scheme[0][:20]}, and those are not read"
        yield Complaint(path, what, ELSEWHERE)
    elif data and glob.has_magic(name) and not os.path.exists(folder / name):
        yield from _pattern(folder, path, name)
    else:
        yield from _file(folder, path, name, digest)


def _address(folder: Location, path: Path, text: str) -> Iterator[Complaint]:
    """Yield what is wrong with the address of a database or a store, without its text: it may hold a password."""
    if path[-1] == "reference_stats":
        yield Complaint(path, "is an address", "training statistics are a file; rows go to `reference`")
        return
    try:
        if is_store(text):
            check_store(text)
            return
        query = address(text).query
    except Unfit as error:
        yield Complaint(path, f"is an address and {error.what}", error.hint)
        return
    if query and (state := _state(folder / query)):
        yield Complaint(path, f"names the query {query[:80]!r}, which {state}", _cure(folder / query, folder, state))


def _same(settings: Settings, folder: Location) -> Iterator[Complaint]:
    """Yield a complaint where production is held against itself."""
    rows, data = settings.data.production, settings.data
    for key, name, which in (("reference", data.reference, "training"), ("held_out", data.held_out, "held-out")):
        if name is None or is_address(name) or is_address(rows):
            continue
        with contextlib.suppress(OSError, ValueError):
            if os.path.samefile(folder / rows, folder / name):
                what = "is the file of `data.production` too: nothing can be told from its comparison with itself"
                yield Complaint(("data", key), what, f"name the {which} rows, or leave the key away")


def _pattern(folder: Location, path: Path, name: str) -> Iterator[Complaint]:
    try:
        found = files_of(folder, name)
    except InputError as error:
        yield Complaint(path, f"is the pattern {name[:80]!r}, which is too wide", error.problems[0].hint)
        return
    if not found:
        what = f"is the pattern {name[:80]!r}, which matches no file"
        yield Complaint(path, what, f"paths are relative to {folder.absolute()}")
    for file in found:
        if state := _state(file):
            yield Complaint(path, f"matches {file.name[:80]!r}, which {state}", "take it away, or narrow the pattern")
            return


def _file(folder: Location, path: Path, name: str, digest: str | None) -> Iterator[Complaint]:
    file = folder / name
    if state := _state(file):
        yield Complaint(path, f"names {name[:80]!r}, which {state}", _cure(file, folder, state))
    elif digest and not file.is_dir():
        yield from _digest(file, (*path[:-1], "sha256"), digest)


def _state(file: Location) -> str:
    """Return what is wrong with a file, or with a folder that is no model or table of its own."""
    if os.path.isdir(file):
        return ""
    return unfit(file) or ("" if file.stat().st_size else "is empty")


def _cure(file: Location, folder: Location, state: str) -> str:
    """Return what takes away that a file is in this state: where to look for one that is not there, else another."""
    if state != ABSENT:
        return "make it anew with what belongs in it, or name another file" if state == "is empty" else ANOTHER
    try:
        near = nearest(file.name, (other.name for other in islice(file.parent.iterdir(), LOOKED_AT)))
    except (OSError, ValueError):
        near = None
    if near and near != file.name:
        return f"there is a {near!r} in the same folder"
    name = str(file.relative_to(folder)) if file.is_relative_to(folder) else ""
    if name.startswith(("~", "$")):
        return f"write out what `{name.split('/')[0][:40]}` stands for: a shell knows it, a project file does not"
    return f"paths are relative to {folder.absolute()}"


def _digest(file: Location, path: Path, declared: str) -> Iterator[Complaint]:
    if not DIGEST.fullmatch(declared.lower()):
        yield Complaint(path, "is not a sha256 digest", "write the 64 hexadecimal digits of `sha256sum`")
        return
    try:
        found = hashlib.sha256(read_file(file, most=MODEL_BYTES)).hexdigest()
    except InputError as error:
        yield Complaint(path, f"cannot be compared: {error.problems[0].what}", "name a file that can be read")
        return
    if found != declared.lower():
        yield Complaint(
            path,
            f"is not the digest of {file.name!r}",
            f"the file has {found}: is it the one that was approved?",
        )
