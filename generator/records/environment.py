"""This machine → the versions of what changes numbers or bytes, and the commit of the program where it is known."""

import json
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

DISTRIBUTION = "deployment-dossier"
PRINTED = (
    "duckdb",
    "jinja2",
    "markdown",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "skops",
    "weasyprint",
)
"""Packages whose versions the documents print; every installation has them."""
OTHERS = (
    "adbc-driver-postgresql",
    "cssselect2",
    "deltalake",
    "font-source-sans-pro",
    "fonttools",
    "joblib",
    "lightgbm",
    "markupsafe",
    "onnx",
    "onnxruntime",
    "pikepdf",
    "pillow",
    "pydyf",
    "pyphen",
    "rdata",
    "threadpoolctl",
    "tinycss2",
    "tinyhtml5",
    "xgboost",
    "xgboost-cpu",
)
"""Packages that change bytes of pages, or numbers of some projects."""

ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")
"""What libraries of matrices read when they are loaded; set before, it holds for a process and for its children."""


def python() -> str:
    """Return the version of Python that the documents name: its patches change no number and no page."""
    return ".".join(platform.python_version_tuple()[:2])


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def environment() -> dict[str, Any]:
    """Return what the manifest says of the machine: Python to its patch, packages, and the program's commit or None."""
    packages = versions(tuple(sorted((*PRINTED, *OTHERS))))
    return {"python": platform.python_version(), "packages": packages, "commit": commit()}


def commit() -> str | None:
    """Return the commit of the checkout this runs from, with `-dirty` where it was edited, or the one installed."""
    root = Path(__file__).resolve().parents[2]
    if (root / ".git").exists() and (root / "templates").is_dir():
        asked = ["git", "--no-optional-locks", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"]
        return _answer([*asked, "--exclude=*"])
    try:
        said = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
        return str(json.loads(said or "{}")["vcs_info"]["commit_id"])
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return None


def _answer(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
