"""A fitted model → a skops file with the same bytes on every machine: its digest stands in a project file."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import skops.io

DIGITS = 8
"""Significant digits kept of a fitted number: sums differ from processor to processor, solutions by up to 1e-12."""


def write_model(model: Any, path: Path) -> None:
    """Write the file: fitted numbers are rounded, memory addresses numbered as they appear, times become 1980."""
    address = re.compile(r"\d{12,}")
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as source:
        schema = source.read("schema.json").decode()
        number = {found: str(i) for i, found in enumerate(dict.fromkeys(address.findall(schema)))}
        members = {
            number[Path(name).stem]: rounded(source.read(name)) for name in source.namelist() if name.endswith(".npy")
        }
    schema = address.sub(lambda found: number[found[0]], schema)
    with zipfile.ZipFile(path, "w") as target:
        for name in sorted(members, key=int):
            target.writestr(zipfile.ZipInfo(f"{name}.npy"), members[name], zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("schema.json"), schema, zipfile.ZIP_DEFLATED)


def rounded(member: bytes) -> bytes:
    """Return an array's file with its floating-point numbers rounded to `DIGITS`; others as they are."""
    array = np.load(io.BytesIO(member))
    if array.dtype.kind != "f":
        return member
    kept = np.array([float(f"{number:.{DIGITS - 1}e}") for number in array.ravel()], array.dtype).reshape(array.shape)
    file = io.BytesIO()
    np.save(file, kept)
    return file.getvalue()
