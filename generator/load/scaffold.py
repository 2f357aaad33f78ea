"""The roles of a table's columns → a `dossier.yaml` that explains every key and builds at once."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generator.load.examples import later_sections
from generator.load.guess import Roles
from generator.load.scalars import resolve
from generator.records.inspection import ModelFile, Said
from generator.records.project import Csv

PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")
SLUG = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of a project, by their paths from its folder."""

    production: str
    reference: str | None = None
    reference_stats: str | None = None
    reference_is: str = "training"
    held_out: str | None = None
    model: str | None = None
    python: str | None = None
    looked: ModelFile | None = None
    said: Said = field(default_factory=Said)
    csv: Csv | None = None
    labels: str | None = None
    key: str | None = None
    arrived: str | None = None


def scaffold(name: str, files: Files, roles: Roles, markers: Mapping[str, tuple[str, ...]]) -> str:
    """Return the text of the project file; a key left out stands behind `#`, a remark behind `# `."""
    parts = (HEAD, _project(name), _model(name, files, roles), _data(files, roles, markers), _objectives(roles))
    later = later_sections(binary=roles.outcome.task == "binary")
    return "\n".join((*("\n".join(part) + "\n" for part in parts), later))


def slug(name: str) -> str:
    """Return a name that can stand in file names: `My model!` → `my-model`."""
    return SLUG.sub("-", name).strip("-_").lower()[:60].strip("-_") or "dossier"


def scalar(text: str) -> str:
    """Return a text as YAML, in quotes where it could be read as anything else."""
    safe = PLAIN.fullmatch(text) and resolve(text) == text and text.lower() not in {"y", "n", "yes", "no", "on", "off"}
    return text if safe else json.dumps(text, ensure_ascii=False)


SCHEMA = "dossier.schema.json"
"""The schema is kept beside the project: the address then holds offline, for everybody who has the folder."""
HEAD = (
    f"# yaml-language-server: $schema={SCHEMA}",
    "# The project file of a deployment dossier. `dossier check` names everything wrong with it, with line and column.",
    "# Examples of keys left out stand behind a `#`: take it away and write your own value.",
    "# What stays out becomes a gap in the documents, with the key that would fill it.",
    f"# With {SCHEMA} editors complete and explain every key; `dossier check --schema` prints it again.",
)


def _project(name: str) -> Iterator[str]:
    yield "project:"
    yield f"  name: {scalar(name)}  # names the output folder: letters, digits, `-` and `_`"
    yield "  #title: Prices of tomorrow  # how documents call the system; else the name"
    yield "  #owner: Jo Doe, model owner"
    yield "  #classification: internal  # printed on every page"
    yield "  #currency: EUR  # three capital letters; USD if left out"
    yield "  #time_zone: Europe/Vienna  # of the calendar; UTC if left out"


def _model(name: str, files: Files, roles: Roles) -> Iterator[str]:
    yield "model:"
    yield f"  name: {scalar(name)}"
    yield '  version: "1"  # a guess: the version that is to be deployed'
    if files.model:
        yield f"  path: {scalar(files.model)}  # relative to this file"
    if files.model and files.looked:
        yield from _file(files.looked, files.said)
        if files.python:
            yield f"  python: {scalar(files.python)}  # of the environment that the model runs in"
    if not files.model:
        yield f"  format: column  # no model file: predictions stand in the column {scalar(roles.prediction or '')}"
    if not roles.time:
        yield "  #released: 2026-01-31  # no column has dates: write the last day of the rows, or build with --as-of"
    yield "  #family: ridge regression"
    yield "  #artifact: s3://models/1/model.skops  # where production loads it from"
    yield "  #preprocessing: mean for missing values, then standardised"
    yield '  #previous: {version: "0"}  # to fall back on; also path, sha256, artifact, released'


def _file(looked: ModelFile, said: Said) -> Iterator[str]:
    yield f"  format: {looked.format}"
    yield f"  sha256: {looked.sha256}  # {_pinned(looked)}"
    if not looked.opened:
        yield "  trust: false  # the file runs any code it carries: write true only if you know who made it"
    if said.digest:
        yield "  trust: true  # the file runs any code it carries, and you said that you know who made it"
    if said.trusted_types:
        yield f"  trusted_types: [{_listed(said.trusted_types)}]  # types in the file you vouch for"
    if said.penalty is not None:
        yield f"  lambda_value: {said.penalty:.15g}  # of the penalties that the file holds"
    if said.columns:
        yield f"  columns: [{_listed(said.columns)}]  # of the matrix it was fitted on, in its order"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(scalar, names))


def _pinned(looked: ModelFile) -> str:
    inner = " in the folder" if looked.format == "mlflow" else ""
    return f"the file{inner} that was inspected; another one is refused"


def _data(files: Files, roles: Roles, markers: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield "data:"
    yield f"  production: {scalar(files.production)}  # the inputs of each prediction and, where it is known, the truth"
    yield from _csv(files.csv)
    yield from _reference(files)
    yield from _labels(files)
    yield f"  target: {scalar(roles.target)}  # the truth"
    if roles.outcome.task == "binary":
        yield "  task: binary  # the truth is one of two outcomes, and a prediction the probability of one of them"
    if roles.outcome.positive is not None:
        yield f"  positive: {json.dumps(roles.outcome.positive, ensure_ascii=False)}  # the value that counts as 1"
    if roles.outcome.negative:
        values = ", ".join(json.dumps(value, ensure_ascii=False) for value in roles.outcome.negative)
        yield f"  negative: [{values}]  # what counts as 0; any other value is no outcome, and is counted"
    yield "  #target_unit: EUR"
    yield from _role("prediction", roles.prediction, "predictions", "predicted")
    yield "  #previous_prediction: old_prediction  # of the version before, where no file gives it"
    yield "  #benchmark: present_process  # what would be done without a model; else means by the first segment"
    yield from _role("time", roles.time, "one day is one point of every time series", "date")
    if roles.time_format:
        yield f"  time_format: {json.dumps(roles.time_format)}  # how the times are written"
    yield from _role("entity", roles.entity, "rows of one entity resemble one another: intervals are wider", "buyer")
    yield "  #missing_markers: [unknown]  # texts that mean no value"
    if markers:
        yield "  missing_in:  # texts that mean no value in one column"
    for column, texts in markers.items():
        listed = ", ".join(json.dumps(text, ensure_ascii=False) for text in texts)
        yield f"    - {{column: {scalar(column)}, markers: [{listed}]}}"
    if roles.exclude:
        yield f"  exclude: [{', '.join(map(scalar, roles.exclude))}]  # columns that are no features"
    else:
        yield "  #exclude: [internal_note]  # columns that are no features"
    yield "  #training: {start: 2026-01-01, end: 2026-03-31}  # both ends included"
    yield "  #validation: {start: 2026-04-01, end: 2026-04-30}  # days the model was not trained on"
    yield "  #simulated: true  # page 1 of every document then says so"
    yield from _segments(roles)
    yield from _features(roles, told=files.looked is None or files.looked.opened)


def _reference(files: Files) -> Iterator[str]:
    if files.reference_stats:
        yield f"  reference_stats: {scalar(files.reference_stats)}  # of the {_rows(files)}"
        if files.reference:
            yield f"  # Again after a training: dossier profile {files.reference} --project ."
    elif files.reference:
        yield f"  reference: {scalar(files.reference)}  # the {_rows(files)}; counted once by `dossier profile`:"
        yield "  #reference_stats: training_statistics.json"
    else:
        yield "  # No drift without training rows: `dossier profile training.csv --project .` writes what this names."
        yield "  #reference_stats: training_statistics.json"
    if files.reference_is == "held_out":
        yield "  reference_is: held_out  # the model was not fitted on the reference rows"
    if files.held_out:
        yield f"  held_out: {scalar(files.held_out)}  # rows it was not fitted on: the errors on them are those before"
    else:
        yield "  # Rows that the model was not fitted on, with outcomes, go under held_out: later.csv; else no change"
        yield "  # of the error is told, since errors on rows that it was fitted on flatter it."


def _rows(files: Files) -> str:
    return "training rows" if files.reference_is == "training" else "reference rows"


def unusual(csv: Csv | None) -> str:
    """Return how CSV files are written as YAML; empty for the usual way."""
    usual, found = vars(Csv()), vars(csv) if csv else {}
    return ", ".join(f"{key}: {json.dumps(value)}" for key, value in found.items() if value != usual[key])


def _csv(csv: Csv | None) -> Iterator[str]:
    if said := unusual(csv):
        yield f"  csv: {{{said}}}  # how the CSV files are written, by their first lines"
    else:
        yield '  #csv: {delimiter: ";", decimal: ",", encoding: windows-1252}  # where the CSV files are not written so'


def _labels(files: Files) -> Iterator[str]:
    if files.labels:
        yield "  labels:  # outcomes that come later, in a file of their own"
        yield f"    path: {scalar(files.labels)}"
        yield f"    key: {scalar(files.key or '')}  # joins them to the predictions"
        example = scalar(files.arrived) if files.arrived else "received"
        yield f"    {'' if files.arrived else '#'}arrived: {example}  # when each became known"
        yield "    #mature_at: 0.9  # share of a day's outcomes that makes the day count"
    else:
        yield "  # Outcomes in a file of their own go under labels: {path: outcomes.csv, key: id, arrived: received}."


def _role(role: str, column: str | None, meaning: str, example: str) -> Iterator[str]:
    yield f"  {role}: {scalar(column)}  # {meaning}" if column else f"  #{role}: {example}  # {meaning}"


def _segments(roles: Roles) -> Iterator[str]:
    yield "  # Errors are reported by each level of these; numbers need quantiles: [0.5] and tiers: [low, high]."
    yield "  segments:" if roles.segments else "  #segments:"
    for column in roles.segments:
        yield f"    - column: {scalar(column.name)}"
    if not roles.segments:
        yield "  #  - column: region"


def _features(roles: Roles, *, told: bool) -> Iterator[str]:
    yield "  # More for each feature: meaning, unit, source, owner, low, high, missing_expected, missing_alert,"
    yield "  # critical (true: its drift weighs more), sensitivity, when_missing, when_unseen, transformation."
    sign = "" if told else "#"
    if not told:
        yield "  # The model names its own once it is trusted; take the `#` away from those that it takes."
    yield f"  {sign}features:"
    for column in roles.features:
        kind = "numeric" if column.kind == "number" else "categorical"
        yield f"  {sign}  - {{name: {scalar(column.name)}, kind: {kind}}}"
    yield "  # The systems they come from; a feature names one as its `source`."
    yield "  #sources:"
    yield "  #  - {name: shop_db, kind: database, latency_budget_ms: 50, owner: Data team, freshness_minutes: 60}"


def _objectives(roles: Roles) -> Iterator[str]:
    binary = roles.outcome.task == "binary"
    metrics = "brier, log_loss, auc, accuracy or precision_at" if binary else "rmse, mae, median_ae, wape, r2 or bias"
    yield f"# What validation gave (n: its rows), and the worst you accept; {metrics}."
    yield "#objectives:"
    yield "#  metrics:"
    if binary:
        yield "#    - {metric: brier, validation: 0.12, n: 1680, acceptable: 0.14, why: half of the present error}"
        yield "#    - {metric: auc, validation: 0.8, n: 1680, acceptable: 0.75}  # more is better: the least you accept"
        yield "#    - {metric: precision_at, top: 0.2, validation: 0.6, n: 1680}  # of the highest fifth"
    else:
        yield "#    - {metric: rmse, validation: 4.1, n: 1680, acceptable: 5, why: half of the present error}"
        yield "#  extreme_errors: [20]  # errors beyond these are counted"
    split = next((column for column in roles.segments if column.levels), None)
    if split and split.levels:
        worst = "metric: brier, acceptable: 0.2" if binary else "acceptable: 6"
        limit = f"{{segment: {scalar(split.name)}, level: {scalar(split.levels[0])}, {worst}}}"
        yield "#  critical_segments:  # each decides the verdict alone"
        yield f"#    - {limit}"
