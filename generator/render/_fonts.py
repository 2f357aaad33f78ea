"""Takes the fonts that come as Python packages and gives Fontconfig these and no others."""

from __future__ import annotations

import atexit
import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from generator.errors import EnvironmentLacks
from generator.records.scratch import scratch

FACES = {
    "font_source_sans_pro": (
        "files",
        [f"SourceSansPro-{face}.ttf" for face in ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")],
    ),
    "matplotlib": (
        "mpl-data/fonts/ttf",
        [
            f"{name}.ttf"
            for name in ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSerif")
        ],
    ),
}
"""Package: folder in it, files. The text; symbols, names in code type and the fields of forms."""


@cache
def enclose() -> None:
    """Make Fontconfig see the shipped fonts alone; to be called before WeasyPrint is imported.

    Its file is written anew each time, into a folder that no other user can write to.
    """
    files = font_files()
    listed = "".join(f"<glob>{escape(str(path))}</glob>" for path in files)
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in sorted({path.parent for path in files}))
    target = cache_folder()
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}<cachedir>{escape(str(target))}</cachedir>"
        f"<selectfont><acceptfont>{listed}</acceptfont><rejectfont><glob>*</glob></rejectfont></selectfont>"
        "</fontconfig>"
    )
    config = target / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    fresh = target / f"{secrets.token_hex(8)}.conf"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(config)
    os.environ["FONTCONFIG_FILE"] = str(config)


def font_files() -> tuple[Path, ...]:
    """Return where the shipped fonts should lie; an EnvironmentLacks names a package that is not here."""
    return tuple(path for package, (folder, names) in FACES.items() for path in _paths(package, folder, names))


def _paths(package: str, folder: str, names: list[str]) -> list[Path]:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EnvironmentLacks(f"PDF needs the fonts of the package {package}", hint="install the package again")
    return [Path(spec.origin).parent / folder / name for name in names]


def cache_folder() -> Path:
    """Return a folder for what Fontconfig keeps: the user's cache, else one that goes with the process.

    A cache that another user owns or may write to is none. Raises EnvironmentLacks where no folder can be made.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deployment-dossier" / "fonts"
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
        if all(_is_own(folder) for folder in (home, home.parent)) and os.access(home, os.W_OK):
            return home
    except (OSError, RuntimeError):
        pass  # no home, or none that can be written
    kept = ExitStack()
    atexit.register(kept.close)
    try:
        return kept.enter_context(scratch(Path(tempfile.gettempdir()), "dossier-"))
    except OSError as error:
        what = f"no temporary folder can be made: {error.strerror}"
        raise EnvironmentLacks(what, where="TMPDIR", hint="set it to a folder that can be written") from error


def _is_own(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWOTH
