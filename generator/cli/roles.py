"""The options that say what a table's columns are, written once for the commands that begin with a bare table."""

import inspect
from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from generator.records.inspection import Said

ModelFile = Annotated[
    Path | None,
    typer.Option("--model", metavar="FILE", help="A model file, or an MLflow model's folder.", show_default=False),
]
Target = Annotated[str | None, typer.Option("--target", metavar="COL", help="The truth.", show_default=False)]
Prediction = Annotated[
    str | None,
    typer.Option("--prediction", metavar="COL", help="Predictions, when there is no model file.", show_default=False),
]
Time = Annotated[str | None, typer.Option("--time", metavar="COL", help="Date or time of a row.", show_default=False)]
Entity = Annotated[
    str | None,
    typer.Option("--entity", metavar="COL", help="Whose rows resemble one another.", show_default=False),
]
Segments = Annotated[
    list[str] | None,
    typer.Option("--segment", metavar="COL", help="Column to report errors by; repeatable.", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="COL", help="Column that is no feature; repeatable.", show_default=False),
]
Trusted = Annotated[
    list[str] | None,
    typer.Option(
        "--trust",
        metavar="WORD",
        help="What you vouch for: a type in a skops file, or the SHA-256 of one that runs code; repeatable.",
        show_default=False,
    ),
]
Positive = Annotated[
    str | None,
    typer.Option("--positive", metavar="VALUE", help="The outcome that counts as 1.", show_default=False),
]
Negative = Annotated[
    list[str] | None,
    typer.Option("--negative", metavar="VALUE", help="An outcome that counts as 0; repeatable.", show_default=False),
]
TimeFormat = Annotated[
    str | None,
    typer.Option("--time-format", metavar="FORM", help="How times are written: DD/MM/YYYY.", show_default=False),
]

Columns = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="A,B,C", help="Columns of a model fitted on a matrix, in order.", show_default=False
    ),
]

Python = Annotated[
    Path | None,
    typer.Option("--python", metavar="PATH", help="The Python of the model's own environment.", show_default=False),
]

Penalty = Annotated[
    float | None,
    typer.Option("--penalty", metavar="VALUE", help="Lambda of a glmnet model that has several.", show_default=False),
]

ROLES = {
    "model": ModelFile,
    "target": Target,
    "prediction": Prediction,
    "time": Time,
    "entity": Entity,
    "segments": Segments,
    "exclude": Exclude,
    "trusted": Trusted,
    "columns": Columns,
    "python": Python,
    "penalty": Penalty,
    "positive": Positive,
    "negative": Negative,
    "time_format": TimeFormat,
}
"""Field of `Said` → its option, in the order of the help."""

MANY = ("segments", "exclude", "trusted", "negative")
"""Those of them that may be given more than once."""


def says_roles(command: Callable[..., None]) -> Callable[..., None]:
    """Put the options of `ROLES` in the place of a command's parameter `said`, which gets them as one `Said`."""

    def run(**given: Any) -> None:
        roles = {name: given.pop(name) for name in ROLES}
        many = {name: tuple(value or ()) for name, value in roles.items() if name in MANY}
        many["columns"] = tuple(filter(None, (roles["columns"] or "").split(",")))
        command(said=Said(**roles | many), **given)

    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in ROLES.items()
    ]
    signature = inspect.signature(command, eval_str=True, locals={"Said": Said})
    parameters: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += options if name == "said" else [keyword]
    update_wrapper(run, command, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect, and so by typer
    return run
