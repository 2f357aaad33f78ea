"""`dossier init`: a table, perhaps a model and training rows → a project file that builds at once."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from generator.cli.contents import catalog_with
from generator.cli.options import AsJson, EngineName, Key, LabelsFile, Quiet, present, processors
from generator.cli.progress import progress
from generator.cli.report import plain_text, working
from generator.cli.roles import says_roles
from generator.records.inspection import Said
from generator.records.named import model_format
from generator.records.registry import is_registered, located

if TYPE_CHECKING:
    from generator.load.asks import Ask
    from generator.load.start import Started


@says_roles
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder, new or old.")],
    production: Annotated[Path, typer.Option("--production", metavar="FILE", help="Production rows: CSV or Parquet.")],
    reference: Annotated[
        Path | None,
        typer.Option("--reference", metavar="FILE", help="Training rows, counted once.", show_default=False),
    ] = None,
    reference_stats: Annotated[
        Path | None,
        typer.Option("--reference-stats", metavar="FILE", help="Training statistics instead.", show_default=False),
    ] = None,
    reference_is: Annotated[
        Literal["held_out", "training"],
        typer.Option("--reference-is", help="Whether the model was fitted on the reference.", show_default=False),
    ] = "training",
    held_out: Annotated[
        Path | None,
        typer.Option("--held-out", metavar="FILE", help="Rows it was not fitted on.", show_default=False),
    ] = None,
    labels: LabelsFile = None,
    key: Key = None,
    *,
    said: Said,
    engine: EngineName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a commented project file, guessing what is not said.

    DIR gets a dossier.yaml. Files stay where they are. What was guessed is listed, and what to fill in next.
    """
    if reference and reference_stats:
        raise typer.BadParameter("give --reference or --reference-stats", param_hint="--reference")
    if key and not labels:
        raise typer.BadParameter("it joins --labels, and there are none", param_hint="--key")
    with working(as_json, quiet):
        present(production, reference, reference_stats, held_out, labels)
        if said.model and is_registered(str(said.model)):
            said = replace(said, model=located(str(said.model), Path.cwd()))
        if said.model:
            model_format(said.model)
        catalog = catalog_with(engine)
        from generator import start
        from generator.load.asks import asks
        from generator.load.start import Wish

        files = {"reference": reference, "reference_stats": reference_stats, "labels": labels}
        files["held_out"] = held_out
        wish = Wish(folder=folder, production=production, said=said, key=key, reference_is=reference_is, **files)
        started = start.init(wish, catalog, progress(quiet), jobs=processors())
        wanted = asks(binary=started.binary, held_out=started.held_out)
        typer.echo(json.dumps(_plain(started, wanted), indent=2) if as_json else plain_text(_lines(started, wanted)))


def _plain(started: "Started", asks: "tuple[Ask, ...]") -> dict[str, object]:
    return {
        "project": str(started.file),
        "statistics": str(started.statistics) if started.statistics else None,
        "model_opened": started.closed is None,
        "dated": started.dated,
        "guessed": [vars(guess) for guess in started.guesses],
        "next": [vars(ask) for ask in asks],
    }


def _other_version(wrote: str | None) -> str:
    """Return what to add where another scikit-learn wrote the file than is here: its own Python opens it."""
    here = version("scikit-learn")
    if wrote is None or wrote.split(".")[:2] == here.split(".")[:2]:
        return ""
    return f", and --python PATH: scikit-learn {wrote} wrote it, {here} is here, and PATH is a Python that has it"


def _lines(started: "Started", asks: "tuple[Ask, ...]") -> Iterator[str]:
    yield "guessed; correct in the file what is wrong:"
    yield from [f"  {guess.key}: {guess.value}  ({guess.why})" for guess in started.guesses] or ["  nothing"]
    yield "fill in next, the most useful first; the file has an example of each:"
    yield from (f"  {ask.key:<30}{ask.why}" for ask in asks)
    build = f"dossier build {shlex.quote(str(started.file.parent))}"
    if started.closed:
        other = _other_version(started.wrote)
        yield "the model file runs any code it carries when it is opened, so it was not: its columns are not known yet."
        yield "Better, save it in a format that runs none: skops.io.dump, ONNX, the library's own file. If you know who"
        yield f"made it, start again in another folder, with the same words and --trust {started.closed}"
        yield f"to have it opened{other}; or go on with what was guessed:"
        build += " --set model.trust=true" + (" --set model.python=PATH" if other else "")
    if not started.dated:
        yield "no column has dates: write the last day of the rows in place of YYYY-MM-DD."
        build += " --as-of YYYY-MM-DD"
    yield f"then: {build}"
    if started.statistics:
        yield str(started.statistics)
    yield str(started.file)
