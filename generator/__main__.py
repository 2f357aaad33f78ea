"""`python -m generator`: the same command as `dossier`."""

from generator.cli import app

if __name__ == "__main__":
    app(prog_name="dossier")
