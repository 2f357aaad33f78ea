"""A lock installs on any later day, with the pip that came with this Python and with the newest one.

The index is a folder of wheels made here. One package asks for another with an extra, and of that other there is a
newer release than the locked one: a pip older than 23.3 that resolves the lock takes the newer one, and fails.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pip
import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
RESOLVING = ("install", "--quiet", "--require-hashes", "--requirement")


def make_wheel(index: Path, name: str, version: str, *metadata: str) -> str:
    """Write a wheel of one empty module into the index; return the digest a lock has for it."""
    path = index / f"{name}-{version}-py3-none-any.whl"
    information = f"{name}-{version}.dist-info"
    head = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{information}/METADATA", "\n".join(head) + "\n")
        archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{information}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def digests(index: Path) -> dict[str, str]:
    """The locked packages, all of version 1.0, and their digests."""
    more = ("Provides-Extra: more", 'Requires-Dist: helper>=1; extra == "more"')
    make_wheel(index, "asked", "2.0", *more)
    return {
        "asker": make_wheel(index, "asker", "1.0", "Requires-Dist: asked[more]>=1.0"),
        "asked": make_wheel(index, "asked", "1.0", *more),
        "helper": make_wheel(index, "helper", "1.0"),
    }


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


def lock(digests: dict[str, str], extra: str) -> str:
    names = {"asker": "asker", "asked": f"asked{extra}", "helper": "helper"}
    return "".join(f"{names[name]}==1.0 --hash=sha256:{digest}\n" for name, digest in digests.items())


def run(folder: Path, index: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose pip sees the index of fake wheels and no other."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON", "MAKE", "MFLAGS"))
    }
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": index.as_uri()}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pip that came with this Python."""
    folder = tmp_path_factory.mktemp("bundled")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
    return next(folder.glob("lib/*/site-packages"))


@pytest.fixture(params=["bundled", "newest"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path, bundled: Path) -> Path:
    """A fresh clone, as far as installing sees one, whose environment has the bundled or the locked pip."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True, timeout=300)
    packages = next(tmp_path.glob(".venv/lib/*/site-packages"))
    folder = bundled if request.param == "bundled" else Path(pip.__file__).parents[1]
    (packages / "pip.pth").write_text(f"{folder}\n")
    (tmp_path / ".venv/.made").touch()
    return tmp_path


def version_of_pip(checkout: Path) -> Version:
    done = run(checkout, checkout, ".venv/bin/python", "-m", "pip", "--version")
    return Version(done.stdout.split()[1])


def installed(checkout: Path) -> set[str]:
    return {path.name for path in checkout.glob(".venv/lib/*/site-packages/*.dist-info")}


def test_make_installs_what_is_locked(checkout: Path, index: Path, digests: dict[str, str]):
    (checkout / "requirements.lock").write_text(lock(digests, "[more]"))
    done = run(checkout, index, "make", ".venv/.locked")
    assert done.returncode == 0, done.stderr
    assert installed(checkout) == {f"{name}-1.0.dist-info" for name in digests}


def test_make_refuses_another_file_under_a_locked_name(checkout: Path, index: Path, digests: dict[str, str]):
    (checkout / "requirements.lock").write_text(lock(digests | {"helper": "0" * 64}, "[more]"))
    done = run(checkout, index, "make", ".venv/.locked")
    assert done.returncode == 2
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_resolving_a_lock_without_extras_fails_with_old_pips(checkout: Path, index: Path, digests: dict[str, str]):
    (checkout / "requirements.lock").write_text(lock(digests, ""))
    done = run(checkout, index, ".venv/bin/python", "-m", "pip", *RESOLVING, "requirements.lock")
    fails = version_of_pip(checkout) < Version("23.3")
    assert done.returncode == int(fails)
    assert ("must have their versions pinned" in done.stderr) == fails
