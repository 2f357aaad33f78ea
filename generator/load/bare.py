"""Roles said on the command line → a project that no file stands behind."""

from pathlib import Path

from generator.records.inspection import Said
from generator.records.named import model_format
from generator.records.project import About, Csv, Data, Model, Project, Segment, Settings


def bare(table: Path, said: Said, csv: Csv) -> Project:
    """Return the project whose production rows are `table`; paths are relative to the present folder."""
    model = Model(
        name="model",
        version="1",
        path=str(said.model.absolute()) if said.model else None,
        format=model_format(said.model) if said.model else "column",
        trusted_types=said.trusted_types,
        trust=said.digest is not None,
        sha256=said.digest,
        columns=said.columns,
        lambda_value=said.penalty,
        python=str(said.python.absolute()) if said.python else None,
    )
    data = Data(
        production=str(table.absolute()),
        target=said.target or "",
        task="regression" if said.positive is None else "binary",
        positive=said.positive,
        negative=said.negative,
        time_format=said.time_format,
        prediction=said.prediction,
        time=said.time,
        entity=said.entity,
        segments=tuple(Segment(column=column) for column in said.segments),
        exclude=said.exclude,
        csv=csv,
    )
    settings = Settings(project=About(name="table"), model=model, data=data)
    return Project(settings=settings, folder=str(Path.cwd()), file="", lines={}, sha256="")
