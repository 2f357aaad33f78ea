"""Settings → columns with two roles, features named twice, undeclared sources, a model without a file."""

from collections.abc import Iterator

from generator.load.complaint import Complaint, repeated
from generator.load.keys import nearest
from generator.records.project import Settings

ROLES = ("target", "prediction", "previous_prediction", "time", "entity")


def check(settings: Settings) -> Iterator[Complaint]:
    """Yield a complaint for every column that cannot be what it is declared to be."""
    yield from _roles(settings)
    yield from _features(settings)
    yield from _sources(settings)
    yield from _model(settings)


def _roles(settings: Settings) -> Iterator[Complaint]:
    taken: dict[str, str] = {}
    for role in ROLES:
        column = getattr(settings.data, role)
        if column in taken:
            yield Complaint(
                ("data", role),
                f"is the column {column!r}, which is the {taken[column]} already",
                "each role has a column of its own",
            )
        elif column is not None:
            taken[column] = role


def _features(settings: Settings) -> Iterator[Complaint]:
    data = settings.data
    yield from repeated(("data", "features"), "name", (feature.name for feature in data.features))
    roles = {getattr(data, role): role for role in reversed(ROLES)}
    for number, feature in enumerate(data.features):
        path = ("data", "features", number, "name")
        if feature.name in roles:
            yield Complaint(
                path,
                f"is {feature.name!r}, which is the {roles[feature.name]}",
                "a model must not see it: take it out of the features",
            )
        elif feature.name in data.exclude:
            what = f"is {feature.name!r}, which `data.exclude` excludes"
            yield Complaint(path, what, "keep it in one of the two")


def _sources(settings: Settings) -> Iterator[Complaint]:
    known = [source.name for source in settings.data.sources]
    yield from repeated(("data", "sources"), "name", known)
    for number, feature in enumerate(settings.data.features):
        if feature.source is not None and feature.source not in known:
            near = nearest(feature.source, known)
            yield Complaint(
                ("data", "features", number, "source"),
                f"is {feature.source[:80]!r}, which `data.sources` does not declare",
                f"did you mean {near}?" if near else "declare it under `data.sources`",
                (("data", "sources"),),
            )


def _model(settings: Settings) -> Iterator[Complaint]:
    model, prediction = settings.model, settings.data.prediction
    if model.format == "column" and prediction is None:
        yield Complaint(
            ("model", "format"),
            "is column, but no column with predictions is declared",
            "declare `data.prediction`",
            (("data", "prediction"),),
        )
    if model.format != "column" and model.path is None:
        other = ", or write `format: column`" if prediction else ""
        depends = (("model", "path"), ("data", "prediction"))
        what = f"is {model.format}, but there is no model file"
        yield Complaint(("model", "format"), what, f"give its `path`{other}", depends)
