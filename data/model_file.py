"""A fitted model → a skops file whose bytes depend on the model alone: its digest stands in a project file."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import skops.io


def write_model(model: Any, path: Path) -> None:
    """Write the file: memory addresses become numbers in the order they appear, times become 1980."""
    address = re.compile(r"\d{12,}")
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as source:
        schema = source.read("schema.json").decode()
        number = {found: str(i) for i, found in enumerate(dict.fromkeys(address.findall(schema)))}
        members = {number[Path(name).stem]: source.read(name) for name in source.namelist() if name.endswith(".npy")}
    schema = address.sub(lambda found: number[found[0]], schema)
    with zipfile.ZipFile(path, "w") as target:
        for name in sorted(members, key=int):
            target.writestr(zipfile.ZipInfo(f"{name}.npy"), members[name], zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("schema.json"), schema, zipfile.ZIP_DEFLATED)
