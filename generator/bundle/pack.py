"""Takes a bundle that is in order and a PDF of it, gives two files for a change request: the PDF, and all as a zip."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from generator.bundle._manifest import LARGEST, NAME, Manifest
from generator.bundle._reading import listed
from generator.bundle._write import placed
from generator.errors import InputError
from generator.records.files import read_file
from generator.records.results import Header

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every member: when a file was packed is nothing that it says."""
UNIX = 3


def name_of(header: Header, change: str = "") -> str:
    """Return how the files of a pack are called, without their endings; a pack for a change has its name too."""
    return "-".join(filter(None, (header.project, header.version, header.as_of.isoformat(), change)))


def contents(bundle: Path, manifest: Manifest) -> dict[str, bytes]:
    """Return the bytes of every file of a bundle, each as listed, and those of the manifest."""
    files = {path: listed(bundle, path, manifest) for path in sorted(manifest.files)}
    return {**files, NAME: read_file(bundle / NAME, most=LARGEST)}


def write_pack(folder: Path, name: str, pdf: bytes, files: Mapping[str, bytes]) -> tuple[Path, Path]:
    """Return the paths of the PDF and of the zip that has it beside the bundle.

    Raises InputError when something else stands where one of them would go; then neither is written.
    """
    members = {f"{name}/{name}.pdf": pdf, **{f"{name}/{path}": content for path, content in files.items()}}
    wanted = {folder / f"{name}.pdf": pdf, folder / f"{name}.zip": _zipped(members)}
    for path, content in wanted.items():
        if path.exists() and not (path.is_file() and _same(path.read_bytes(), content)):
            hint = "name another folder with -o; nothing was written"
            raise InputError("something else stands where the file would go", where=str(path), hint=hint)
    for path, content in wanted.items():
        placed(path, content)
    pdf_path, zip_path = wanted
    return pdf_path, zip_path


def _same(one: bytes, other: bytes) -> bool:
    """Return whether two files say the same: how a zip packs its members depends on the library that packed them."""
    return one == other or (_members(one) == _members(other) != {})


def _members(content: bytes) -> dict[str, bytes]:
    """Return the members of a zip; none of what is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return {}


def _zipped(members: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(members):
            info = zipfile.ZipInfo(path, EARLIEST)
            info.create_system, info.external_attr = UNIX, 0o644 << 16
            archive.writestr(info, members[path], zipfile.ZIP_DEFLATED)
    return written.getvalue()
