"""A project whose path has blanks and letters of other scripts, of a user without a home: the same documents."""

import os
import subprocess
import sys
from pathlib import Path

from tests.hostile.world import World

ROOT = Path(__file__).resolve().parents[2]
OF_HOME = {"HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}


def test_a_build_in_any_folder_and_without_a_home_gives_every_format_and_verifies(tmp_path: Path):
    """The home is a file, so that nobody can write into it, root neither; the rows' path holds YAML's own signs."""
    place, home = tmp_path / "Мої проєкти – café 100 % #1: 見本" / "my case", tmp_path / "home"
    place.parent.mkdir()
    home.touch()
    world = World(place)
    world.save()
    (place / "rows.csv").rename(place / "нові рядки #1.csv")
    text = (place / "dossier.yaml").read_text().replace("production: rows.csv", "production: 'нові рядки #1.csv'")
    (place / "dossier.yaml").write_text(text)
    kept = {name: value for name, value in os.environ.items() if name not in OF_HOME}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "generator", *words],
            env=kept | {"HOME": str(home), "PYTHONPATH": str(ROOT)},
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.strip()

    bundle = place / run("build", "--document", "rollback-runbook", "--quiet")
    assert {path.suffix for path in bundle.glob("rollback-runbook.*")} == {".md", ".html", ".pdf"}
    assert "documents: 3 of 3" in run("verify", str(bundle), "--quiet")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["home", place.parent.name])
    assert home.read_bytes() == b""
