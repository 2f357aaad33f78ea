"""Prints NOTICE: what the run-time lock installs, with the licence that each library states of itself.

`python -m tests.packaging.notice > NOTICE` writes it again after `make lock`; test_notice.py holds it to the lock.
"""

import re
from importlib.metadata import PackageNotFoundError, files, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """Deployment dossier compiler

Licensed under the Apache License, Version 2.0; see LICENSE.

It is used with the libraries below, which are installed from a package index and are not part of it. Each is named with
the licence that its own metadata state. Fonts: Source Sans Pro, and the DejaVu fonts that Matplotlib brings.
"""


def locked() -> list[str]:
    """Return the names of what the run-time lock installs, sorted."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", lock, re.M)))


def licence(name: str) -> str:
    """Return what a library's metadata say of its licence, in one line: expression, classifiers, text or file."""
    about = metadata(name)
    kinds = [each.split(" :: ")[-1] for each in about.get_all("Classifier") or () if each.startswith("License")]
    named = ", ".join(kind for kind in kinds if kind != "OSI Approved")
    stated = about["License-Expression"] or named or about["License"]
    return (stated or _file(name)).splitlines()[0]


def _file(name: str) -> str:
    """Return the text of a library's own licence file."""
    kept = [each for each in files(name) or () if "LICENSE" in each.name.upper()]
    return kept[0].read_text(encoding="utf-8") if kept else "not stated"


def notice() -> str:
    """Return the text of NOTICE; libraries that are locked for other systems alone are left out."""
    lines = []
    for name in locked():
        try:
            lines.append(f"{name}: {licence(name)}\n")
        except PackageNotFoundError:
            continue
    return HEAD + "\n" + "".join(lines)


if __name__ == "__main__":
    print(notice(), end="")
