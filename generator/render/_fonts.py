"""Takes the fonts that come as Python packages and gives Fontconfig these and no others."""

import hashlib
import os
import secrets
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from generator.errors import EnvironmentLacks
from generator.records.caches import cache_folder

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
    target = cache_folder("fonts")
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
