"""This machine → one check for each thing a build needs, and for what only some projects need: extras, R."""

import os
import platform
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Literal

from generator import __version__
from generator.errors import EnvironmentLacks

CHECKOUT = Path(__file__).resolve().parents[2]
DISTRIBUTION = "deployment-dossier"
LEAST = (3, 11)
EXTRA = re.compile(r"extra\s*==\s*['\"]([A-Za-z0-9_-]+)")
NEEDED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?P<rule>==|>=)?\s*(?P<version>[0-9][0-9.]*)?")
INSTALL = "python -m pip install --upgrade"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing a build needs: `lacks` stops a build, `note` does not."""

    name: str
    state: Literal["ok", "lacks", "note"]
    found: str
    hint: str = ""


def checks() -> tuple[Check, ...]:
    """Return all checks in the order in which one thing needs the other."""
    looks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("templates", _templates),
        ("fonts", _fonts),
        ("cache folder", _cache),
        ("PDF", _pdf),
    )
    own = Check(name=DISTRIBUTION, state="ok", found=__version__)
    return (own, _python(), *_packages(), *(_answered(name, look) for name, look in looks), *_extras(), _r())


def _answered(name: str, look: Callable[[], Check]) -> Check:
    """Return a check, or what is missing for it to be made at all."""
    try:
        return look()
    except EnvironmentLacks as error:
        problem = error.problems[0]
        return Check(name=name, state="lacks", found=problem.what, hint=problem.hint)
    except ImportError as error:
        return Check(name=name, state="lacks", found=str(error), hint=f"{INSTALL} {DISTRIBUTION}")
    except Exception as error:
        return Check(name=name, state="lacks", found=f"{type(error).__name__}: {error}", hint="please report it")


def _python() -> Check:
    found = f"{platform.python_version()}, {sys.executable}"
    wanted = ".".join(map(str, LEAST))
    if sys.version_info < LEAST:
        return Check(name="Python", state="lacks", found=found, hint=f"install Python {wanted} or newer")
    return Check(name="Python", state="ok", found=found)


def _packages() -> tuple[Check, ...]:
    return tuple(package(line) for line in _requirements() if "extra ==" not in line)


def _requirements() -> list[str]:
    """Return what the installed distribution asks for, else what the checkout this runs from declares."""
    try:
        return metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = declared["optional-dependencies"].items()
        more = [f"{line}; extra == '{extra}'" for extra, lines in extras for line in lines]
        return [*declared["dependencies"], *more]


def _extras() -> Iterator[Check]:
    """Yield a check for each package of an extra: what only some projects need is noted and lacks nothing."""
    for line in _requirements():
        if match := EXTRA.search(line):
            found = package(line.partition(";")[0])
            name = f"{found.name} (extra {match[1]})"
            if found.state == "ok":
                yield replace(found, name=name)
            else:
                hint = f"{INSTALL} '{DISTRIBUTION}[{match[1]}]'"
                yield Check(name=name, state="note", found=f"{found.found}; only some projects need it", hint=hint)


def _r() -> Check:
    """Return where R is; a build reads models of R without it."""
    place = shutil.which("Rscript")
    return Check(name="R", state="ok" if place else "note", found=place or "not here; .rds files are read without it")


def package(requirement: str) -> Check:
    """Return the check of one requirement such as `duckdb>=2.0`."""
    match = NEEDED.match(requirement)
    assert match
    name, rule, wanted = match["name"], match["rule"] or ">=", match["version"] or "0"
    hint = f"{INSTALL} '{name}{rule}{wanted}'"
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name=name, state="lacks", found="not installed", hint=hint)
    if fits(found, rule, wanted):
        return Check(name=name, state="ok", found=found)
    return Check(name=name, state="lacks", found=f"{found}, but {rule}{wanted} is needed", hint=hint)


def fits(found: str, rule: str, wanted: str) -> bool:
    """Return whether a version is at least, or with `==` the same as, the wanted one."""
    have, want = _numbers(found), _numbers(wanted)
    length = max(len(have), len(want))
    have, want = have + (0,) * (length - len(have)), want + (0,) * (length - len(want))
    return have == want if rule == "==" else have >= want


def _numbers(version: str) -> tuple[int, ...]:
    release = re.match(r"v?([0-9]+(?:\.[0-9]+)*)", version)
    return tuple(map(int, release[1].split("."))) if release else ()


def _templates() -> Check:
    from generator.records.places import templates

    return Check(name="templates", state="ok", found=str(templates()))


def _fonts() -> Check:
    from generator.render.pdf import font_files

    files = font_files()
    absent = [path.name for path in files if not path.is_file()]
    if absent:
        hint = f"{INSTALL} --force-reinstall font-source-sans-pro matplotlib"
        return Check(name="fonts", state="lacks", found=f"not here: {', '.join(absent)}", hint=hint)
    found = (
        f"{len(files)} files; a sign that none of them has stands in PDFs by its code point (Chinese, Korean, Hindi)"
    )
    return Check(name="fonts", state="ok", found=found)


def _cache() -> Check:
    from generator.records.caches import cache_folder

    folder = cache_folder("fonts")
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        return Check(name="cache folder", state="lacks", found=f"{folder} cannot be written", hint=SOMEWHERE)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if home not in folder.parents:
        found = f"{home} cannot be written; {folder} serves"
        return Check(name="cache folder", state="note", found=found, hint=SOMEWHERE)
    return Check(name="cache folder", state="ok", found=str(folder))


SOMEWHERE = "set XDG_CACHE_HOME to a folder you can write to"


def _pdf() -> Check:
    from generator.render.pdf import load, trial

    version = load().__version__
    return Check(name="PDF", state="ok", found=f"WeasyPrint {version} made a page of {trial():,} bytes")
