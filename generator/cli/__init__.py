"""Words on the command line → a bundle, a list, or an error in a few lines; and an exit code.

Stages are imported inside the commands: `--help` needs none of them.
"""

import atexit
import gc
import io
import os
import sys
from typing import Annotated

import typer

from generator import __version__
from generator.cli.build import build, render
from generator.cli.check import check
from generator.cli.contract import contract
from generator.cli.cost import cost
from generator.cli.diff import diff
from generator.cli.doctor import doctor
from generator.cli.explain import explain
from generator.cli.init import init
from generator.cli.listing import list_
from generator.cli.metrics import metrics
from generator.cli.pack import pack
from generator.cli.profile import profile
from generator.cli.record import record
from generator.cli.sign import sign
from generator.cli.status import status
from generator.cli.verify import verify
from generator.records.environment import ONE_CORE

COMMANDS = (
    (build, "dossier build my-model --format pdf --fail-on error"),
    (check, "dossier check my-model --set data.production=new.csv"),
    (init, "dossier init my-model --production rows.csv --model model.skops"),
    (render, "dossier render output/shop/1.4.0/2026-06-01 -o again"),
    (profile, "dossier profile training.csv --project my-model"),
    (cost, "dossier cost my-model"),
    (list_, "dossier list --json"),
    (explain, "dossier explain output/shop/1.4.0/2026-06-01 performance.rmse.production"),
    (diff, "dossier diff output/shop/1.4.0/2026-06-01 output/shop/1.5.0/2026-07-01"),
    (verify, "dossier verify output/shop/1.4.0/2026-06-01"),
    (pack, "dossier pack output/shop/1.4.0/2026-06-01 -o change"),
    (metrics, "dossier metrics my-model -o /var/lib/prometheus/node-exporter/my-model.prom"),
    (record, 'dossier record my-model control monitoring live --evidence dashboard.png --who "Ada Byron"'),
    (sign, 'dossier sign output/shop/1.4.0/2026-06-01 --role CTO --name "Ada Byron" --decision approve --ssh-key KEY'),
    (status, "dossier status my-model"),
    (doctor, "dossier doctor"),
)
"""Each command with an example for its help, in the order in which they are listed."""

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Example: dossier build my-model",
)
for _command, _example in COMMANDS:
    app.command(_command.__name__.rstrip("_"), epilog=f"Example: {_example}")(_command)
app.add_typer(contract, name="contract")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"dossier {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option("-V", "--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Compile deployment documents from a project file, a model and its data."""
    os.environ.update(ONE_CORE)  # before anything that reads it is imported
    gc.set_threshold(50_000)  # modules and records stay to the end: looking through them is for nothing
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    """Run a command as a process of its own, which ends at once: nothing is taken down that ends with it anyway."""
    codes: list[int] = []
    atexit.register(_end, codes)  # the first to be registered is the last to be called
    try:
        app(prog_name="dossier")
    except SystemExit as ended:
        if isinstance(ended.code, int):
            codes.append(ended.code)
        raise


def _end(codes: list[int]) -> None:
    for code in codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
