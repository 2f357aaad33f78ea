"""The wheel, installed elsewhere, compiles a case; the editable install copies nothing."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import hatchling.build
import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from this checkout's modules and return what it prints; fail with its messages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network and without isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    with contextlib.chdir(ROOT):
        return folder / hatchling.build.build_wheel(str(folder))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, which sees this one's packages but not its editable install.

    A path that a .pth file adds is not searched for .pth files itself, and the editable install is one.
    """
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages, "outside.pth").write_text("\n".join(sorted(here)) + "\n")
    run(
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        wheel,
        cwd=folder,
    )
    return folder


def test_the_wheel_carries_the_templates(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"generator/templates/{path.relative_to(TEMPLATES).as_posix()}"
        for path in TEMPLATES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected
    assert expected <= names


def test_the_wheel_carries_nothing_else(wheel: Path):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    metadata = {top for top in tops if top.endswith(".dist-info")}
    assert len(metadata) == 1
    assert tops - metadata == {"generator"}


def test_an_editable_install_is_a_path_and_no_copy(tmp_path: Path):
    with contextlib.chdir(ROOT):
        built = zipfile.ZipFile(tmp_path / hatchling.build.build_editable(str(tmp_path)))
    files = [name for name in built.namelist() if ".dist-info/" not in name]
    assert files == ["_deployment_dossier.pth"]
    assert built.read(files[0]).decode().splitlines() == [str(ROOT)]


def test_the_installed_package_is_the_wheels(elsewhere: Path):
    where = run(elsewhere / "bin/python", "-c", "import generator; print(generator.__file__)", cwd=elsewhere)
    assert Path(where.strip()).is_relative_to(elsewhere)


def test_the_installed_wheel_compiles_a_case(elsewhere: Path, tmp_path: Path):
    bundle = tmp_path / "bundle"
    printed = run(
        elsewhere / "bin/dossier",
        "build",
        ROOT / "data/techmart",
        "--format",
        "md",
        "-o",
        bundle,
        cwd=tmp_path,
    )
    assert Path(printed.strip().splitlines()[-1]).resolve() == bundle.resolve()
    documents = {path.name.removesuffix(".md.j2") for path in (TEMPLATES / "documents").glob("*.md.j2")}
    documents.remove("change-request")  # it is made when a bundle is packed
    assert documents
    assert all((bundle / f"{document}.md").is_file() for document in documents)
