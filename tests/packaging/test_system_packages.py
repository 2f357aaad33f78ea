"""Missing system libraries: root installs them and says so, others are asked, where nobody can answer it is exit 3."""

import os
import pty
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "system-packages"
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
INSTALLED = f"apt-get install -y -qq --no-install-recommends {PANGO}"


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a folder of commands in which each writes its line to `ran`; there is nothing else on PATH."""

    def make(*, user: int, commands: str, libraries: bool = False) -> Path:
        for name in ("bash", "env"):
            (tmp_path / name).symlink_to(shutil.which(name) or "")
        bodies = {"id": f"echo {user}", "python": f"exit {int(not libraries)}"}
        bodies |= {name: f'echo "{name} $*" >>{tmp_path}/ran' for name in commands.split()}
        if "sudo" in bodies:
            bodies["sudo"] += '; exec "$@"'
        for name, body in bodies.items():
            (tmp_path / name).write_text(f"#!{tmp_path}/bash\n{body}\n")
            (tmp_path / name).chmod(0o755)
        (tmp_path / "ran").touch()
        return tmp_path

    return make


def run(folder: Path, answer: str | None = None) -> tuple[int, str, list[str]]:
    """Return the exit, what was said, and the commands that ran; an answer is given on a terminal."""
    command = [str(folder / "bash"), str(SCRIPT), "python", "build"]
    environment = {"PATH": str(folder)}
    if answer is None:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stderr, (folder / "ran").read_text().splitlines()
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        code = process.wait(timeout=60)
    said = os.read(ours, 65_536).decode()
    os.close(theirs)
    os.close(ours)
    return code, said, (folder / "ran").read_text().splitlines()


@pytest.mark.parametrize("user", [0, 1000])
def test_where_nothing_is_missing_nothing_is_said_or_done(machine: Callable[..., Path], user: int):
    assert run(machine(user=user, commands="apt-get sudo", libraries=True)) == (0, "", [])


def test_root_installs_and_says_so(machine: Callable[..., Path]):
    code, said, ran = run(machine(user=0, commands="apt-get"))
    assert (code, ran) == (0, [INSTALLED])
    assert f"missing: {PANGO}; installing with apt-get" in said


@pytest.mark.parametrize("commands", ["apt-get sudo", "apt-get"])
def test_without_a_terminal_the_one_command_is_told(machine: Callable[..., Path], commands: str):
    code, said, ran = run(machine(user=1000, commands=commands))
    assert (code, ran) == (3, [])
    assert f"As root:  apt-get install --no-install-recommends {PANGO}\n" in said
    assert "exit 3" in said


@pytest.mark.parametrize(("answer", "installs"), [("y\n", True), ("n\n", False), ("\n", False), ("\x04", False)])
def test_on_a_terminal_others_are_asked(machine: Callable[..., Path], answer: str, installs: bool):
    code, said, ran = run(machine(user=1000, commands="apt-get sudo"), answer)
    assert "Install with sudo apt-get? [y/N]" in said
    assert code == (0 if installs else 3)
    assert ran == ([f"sudo env DEBIAN_FRONTEND=noninteractive {INSTALLED}", INSTALLED] if installs else [])


def test_a_system_without_apt_is_told_what_is_needed(machine: Callable[..., Path]):
    code, said, ran = run(machine(user=0, commands=""))
    assert (code, ran) == (3, [])
    assert PANGO in said
    assert "Pango and HarfBuzz" in said
