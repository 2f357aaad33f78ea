"""Bad input of every kind is refused in a few clear lines with exit 2, and nothing is written."""

import gzip
import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.cli import app
from tests.hostile.spoil import (
    PICKLE,
    PICKLE_DIGEST,
    Spoil,
    a_file_there,
    a_folder,
    adds,
    all_of,
    binary,
    built,
    classifier,
    content,
    cut_at_line,
    declares,
    dumped,
    file,
    fitted_on,
    json_lines,
    model,
    nameless,
    nothing,
    of_data,
    outcomes,
    parquet,
    parts,
    profiled,
    row_too_long,
    says,
    sets,
    something_else,
    spoilt_bundle,
    statistics,
    table,
    training,
    with_value,
    without,
    without_numbers,
    written,
)
from tests.hostile.world import World, refused

MINIMAL = """project: {name: shop}
model: {name: m, version: '1', format: column}
data: {production: rows.csv, target: price, prediction: guess"""
SERVICE = "{id: a, title: A, objective: 0.9, unit: share"
PROJECT: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no YAML": (says("project: [name\n"), ("not readable as YAML", "dossier.yaml:")),
    "a tab for spaces": (says("project:\n\tname: shop\n"), ("not readable as YAML", "dossier.yaml:2:1")),
    "an empty project file": (says(""), ("the project file is empty", "dossier.yaml:1:1")),
    "a list for a project": (says("- project\n"), ("does not consist of keys and values", "dossier.yaml:1:1")),
    "a project that is no text": (says(b"\x89PNG\r\n\x1a\n\xff\xfe"), ("not UTF-8", "dossier.yaml:1:1")),
    "two documents": (adds("---\nproject: {name: b}\n"), ("a second document begins here", "`---`")),
    "a key twice": (adds("project: {name: b}\n"), ("`project` stands here for the second time", "keep one")),
    "a bomb of aliases": (
        says(
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefgh"))
        ),
        ("aliases unfold the file too far",),
    ),
    "keys beyond depth": (says("a: " + "{a: " * 100 + "1" + "}" * 100), ("nested more than",)),
    "an unknown key": (says(f"{MINIMAL}, segmants: []}}\n"), ("segmants", "segments", "dossier.yaml:3")),
    "several unknown keys": (
        says(f"{MINIMAL}}}\nobjektives: {{}}\nalertz: {{}}\n"),
        ("objektives", "objectives", "alertz", "alerts", "dossier.yaml:4", "dossier.yaml:5"),
    ),
    "a number for a name": (says("project: 7\nmodel: 8\ndata: 9\n"), ("dossier.yaml:1", "dossier.yaml:3")),
    "a number for a version": (declares("model", "version: 1.1"), ("`model.version` should be text", '"1.1"')),
    "a text for a number": (
        sets("policies", "{unseen_share: much}"),
        ("`policies.unseen_share` should be a share", "in figures"),
    ),
    "a required key that lacks": (says("project: {name: a}\nmodel: {name: a, version: '1'}\n"), ("data", "missing")),
    "a task of its own": (of_data("task: ranking"), ("one of regression, binary", "ranking")),
    "a format of its own": (declares("model", "format: h5"), ("one of skops, joblib", "h5")),
    "a day that is none": (
        says(MINIMAL.replace("'1'", "'1', released: 2026-02-30") + "}\n"),
        ("`model.released`", "no such day", "dossier.yaml:2"),
    ),
    "a day that cannot be meant": (declares("model", "released: 9999-12-31"), ("cannot be meant", "2100")),
    "a day as in America": (declares("model", "released: 12/31/2026"), ("should be a date", "year-month-day")),
    "a window from back to front": (of_data("training: {start: 2026-02-01, end: 2026-01-01}"), ("before `start`",)),
    "a share of a hundred": (sets("policies", "{unseen_share: 15}"), ("no share between 0 and 1", "0.15 for 15 %")),
    "an impossible likelihood": (
        sets("risks", "[{id: a, title: b, likelihood: 9, impact: 1}]"),
        ("not on the scale", "1 (low) to 5 (high)"),
    ),
    "costs below zero": (sets("business", "{implementation_cost: -5}"), ("is -5", "0 or more")),
    "more good than all": (
        sets("services", f"[{SERVICE}, counts: [{{day: 2026-01-01, good: 9, total: 8}}]}}]"),
        ("is 9, more than", "correct one"),
    ),
    "the same id twice": (
        sets("alerts", "{rules: [{id: a, metric: rmse, red: 1}, {id: a, metric: mae, red: 1}]}"),
        ("for the second time",),
    ),
    "an id in no list": (sets("retraining", "{chosen: weekly}"), ("no id under `retraining.options`",)),
    "thresholds against their operator": (
        sets("alerts", "{rules: [{id: a, metric: rmse, yellow: 10, red: 9.5}]}"),
        ("comes first with the operator >",),
    ),
    "a target that predicts itself": (of_data("prediction: price"), ("is the target already",)),
    "a feature that is the target": (of_data("features: [{name: price}]"), ("which is the target", "must not see it")),
    "a name that leaves the folder": (sets("project", "{name: ../up}"), ("cannot be part of a file name",)),
    "neither model nor prediction": (
        says(f"{MINIMAL.removesuffix(', prediction: guess')}}}\n"),
        ("prediction", "dossier.yaml"),
    ),
    "a placeholder left": (sets("context", "{purpose: TODO}"), ("still holds the placeholder 'TODO'",)),
    "a formula that is none": (
        sets("claims", "{figures: [{id: a, formula: 2 * (3 +}]}"),
        ("claims.figures[0].formula", "character"),
    ),
    "a formula that runs code": (
        sets("claims", "{figures: [{id: a, formula: \"__import__('os').system('id')\"}]}"),
        ("claims.figures[0]",),
    ),
    "a formula of unknown names": (sets("claims", "{figures: [{id: a, formula: leads * 2}]}"), ("names `leads`",)),
    "a formula through zero": (sets("claims", "{figures: [{id: a, formula: 1 / (2 - 2)}]}"), ("zero", "formula")),
    "formulas in a circle": (
        sets("claims", "{figures: [{id: a, formula: b + 1}, {id: b, formula: a + 1}]}"),
        ("a circle", "state one of them"),
    ),
    "a figure that shows none": (sets("claims", "{figures: [{id: a, stated: a lot}]}"), ("which shows no figure",)),
    "an arm of nobody": (sets("experiments", "[{id: a, n_control: 0, n_test: 10}]"), ("is 0", "1 or more")),
    "an arm of minus five": (sets("experiments", "[{id: a, n_control: -5}]"), ("is -5", "or more")),
    "traffic above all": (sets("experiments", "[{id: a, allocation: [1.5]}]"), ("is 1.5", "between 0 and 1")),
    "a rate above one": (
        sets("experiments", "[{id: a, metrics: [{name: b, control: 12, test: 13}]}]"),
        ("is 12, which is no share",),
    ),
    "an experiment that ends first": (
        sets("experiments", "[{id: a, start: 2026-02-01, end: 2026-01-01}]"),
        ("lies before `start`",),
    ),
}
ROWS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a missing target": (without("price"), ("column price", "rows.csv")),
    "a missing prediction": (without("guess"), ("column guess", "rows.csv")),
    "a missing segment": (without("city"), ("column city (segment)", "rows.csv")),
    "a missing entity": (without("item"), ("column item", "rows.csv")),
    "a missing time": (without("date"), ("column date", "rows.csv")),
    "a missing feature": (without("weight"), ("weight", "rows.csv")),
    "several missing columns": (without("price", "city", "weight"), ("price", "city", "rows.csv")),
    "a misspelt column": (of_data("target: prize"), ("prize", "price")),
    "one column": (table(lambda rows: rows[["price"]]), ("guess", "date", "rows.csv")),
    "a column twice": (
        written(lambda text: text.replace("weight", "cost", 1)),
        ("cost", "as columns 3 and 6", "rows.csv"),
    ),
    "a column without a name": (written(lambda text: text.replace("weight", "", 1)), ("weight", "rows.csv")),
    "a text among the prices": (with_value("price", "a lot"), ("price", "a lot", "rows.csv")),
    "a text among the predictions": (with_value("guess", "12 EUR"), ("guess", "12 EUR", "rows.csv")),
    "a text among the dates": (with_value("date", "yesterday"), ("date", "yesterday", "rows.csv")),
    "a text among the numbers": (with_value("weight", "heavy"), ("weight", "heavy", "rows.csv")),
    "a date before all": (with_value("date", "1969-12-31"), ("date", "1969-12-31", "1970", "rows.csv")),
    "a date after all": (with_value("date", "9999-12-31"), ("date", "9999-12-31", "rows.csv")),
    "a date beyond the calendar": (with_value("date", "20260-01-31"), ("date", "20260-01-31", "rows.csv")),
    "a day that no month has": (with_value("date", "2026-02-30"), ("date", "2026-02-30", "rows.csv")),
    "a huge number": (with_value("weight", "1e300"), ("weight", "1e+300", "rows.csv")),
    "a huge negative number": (with_value("weight", "-1e300"), ("weight", "1e+300", "rows.csv")),
    "a huge price": (with_value("price", "1e300"), ("price", "1e+300", "rows.csv")),
    "a row too long": (written(row_too_long), ("rows.csv", "Line: 120", "columns")),
    "a row cut short": (written(cut_at_line(120, "2026-03-05,I001")), ("rows.csv", "Line: 120", "columns")),
    "a quote that never ends": (written(cut_at_line(90, '2026-03-05,"I001')), ("rows.csv",)),
    "an empty file": (content(b""), ("empty", "rows.csv")),
    "a header alone": (
        content(b"date,item,cost,rating,clicks,weight,city,brand,price,guess,old\n"),
        ("no rows", "rows.csv"),
    ),
    "a file of line breaks": (content(b"\n\n\n"), ("rows.csv",)),
    "a file of zero bytes": (content(b"\x00" * 400), ("rows.csv",)),
    "a zero byte among the numbers": (with_value("weight", "1\0"), ("weight", "rows.csv")),
    "a picture": (content(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8), ("rows.csv",)),
    "a CSV in Latin-1": (
        written(lambda text: text.replace("Graz", "Düsseldorf").encode("latin-1")),
        ("rows.csv", "not UTF-8", "windows-1252"),
    ),
    "a CSV in another encoding than declared": (
        all_of(of_data("csv: {encoding: ascii}"), written(lambda text: text.replace("Graz", "Düsseldorf"))),
        ("not written in ascii", "data.csv.encoding"),
    ),
    "an encoding nobody knows": (of_data("csv: {encoding: utf-9}"), ("no known encoding",)),
    "another delimiter than declared": (of_data("csv: {delimiter: ';'}"), ("rows.csv", "price")),
    "decimal commas": (
        all_of(table(lambda rows: rows), written(lambda text: text.replace(",", ";").replace(".", ","))),
        ("rows.csv",),
    ),
    "a packed file that is none": (file("rows.csv.gz", lambda _: b"price,guess\n1,2\n"), ("rows.csv.gz",)),
    "a packed file cut short": (
        file("rows.csv.gz", lambda rows: gzip.compress(rows.to_csv(index=False).encode(), mtime=0)[:-40]),
        ("rows.csv.gz",),
    ),
    "a folder for a file": (a_folder, ("rows.csv",)),
    "no such file": (of_data("production: lines.csv"), ("lines.csv",)),
    "no Parquet": (of_data("production: dossier.yaml"), ("dossier.yaml",)),
    "a Parquet file cut short": (file("rows.parquet", lambda rows: parquet(rows)[:-20]), ("rows.parquet",)),
    "a Parquet file with a hole": (
        file("rows.parquet", lambda rows: parquet(rows)[:300] + bytes(200) + parquet(rows)[500:]),
        ("rows.parquet",),
    ),
    "a broken line of JSON": (
        file("rows.jsonl", lambda rows: json_lines(rows).replace(b"}\n", b'}\n{"price": 1,\n', 1)),
        ("line 2 is no JSON", "rows.jsonl:2"),
    ),
    "a pattern of no file": (of_data("production: rows/*.csv"), ("matches no file",)),
    "a pattern of other columns": (
        parts("a.csv", "b.csv", lambda rows: rows.drop(columns="cost").to_csv(index=False).encode()),
        ("other columns than a.csv", "it lacks cost"),
    ),
    "a pattern of other formats": (parts("a.csv", "b.parquet", parquet), ("of different formats: csv, parquet",)),
    "training without a column": (training(lambda rows: rows.drop(columns="cost")), ("cost", "training.csv")),
    "labels of nobody": (
        outcomes("labels.csv", "row,price\nx1,5\nx2,6\n", "{path: labels.csv, key: row}"),
        ("none of the 2 labels has a prediction", "labels.csv", "column row"),
    ),
    "labels without their key": (
        outcomes("labels.csv", "line,price\n1,5\n", "{path: labels.csv, key: row}"),
        ("row", "labels.csv"),
    ),
    "labels that are not there": (of_data("labels: {path: labels.csv, key: item}"), ("'labels.csv'", "not exist")),
    "labels that are no numbers": (
        outcomes("labels.csv", "row,price\n1,a lot\n", "{path: labels.csv, key: row}"),
        ("price", "a lot", "labels.csv"),
    ),
    "three classes": (all_of(binary(1, 0), of_data("positive: null"), with_value("price", "2")), ("price", "rows.csv")),
    "classes without a positive one": (all_of(binary(), of_data("positive: null")), ("price", "yes")),
    "a positive value never seen": (
        all_of(binary(), of_data("positive: Yes!")),
        ("none of the 288 known outcomes in column price is 'Yes!'",),
    ),
    "a probability above one": (all_of(binary(), with_value("guess", 1.2)), ("guess", "1.2", "rows.csv")),
    "a probability below zero": (all_of(binary(), with_value("guess", -0.1)), ("guess", "-0.1", "rows.csv")),
}
MODELS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no model file": (declares("model", "{format: skops, path: model.skops}"), ("'model.skops'", "not exist")),
    "a model of another digest": (
        model(fitted_on("cost"), sha256="0" * 64),
        ("not the digest of 'model.skops'", "approved"),
    ),
    "a digest that is none": (model(fitted_on("cost"), sha256="abc"), ("is not a sha256 digest",)),
    "a model that is none": (model(b"this is no model"), ("not a skops file", "model.path")),
    "an empty model": (model(b""), ("'model.skops', which is empty",)),
    "a model cut off": (model(fitted_on("cost")[:500]), ("not a skops file",)),
    "a folder for a model": (declares("model", "{format: skops, path: .}"), ("which is a folder",)),
    "a model of other columns": (model(fitted_on("cost", "height", "depth")), ("height", "depth", "rows.csv")),
    "a model without names": (model(nameless()), ("does not know its columns by name", "model.columns")),
    "something that is no model": (model(dumped({"coef": [1, 2]})), ("model.path",)),
    "types nobody vouches for": (model(dumped(Path("a"))), ("nobody vouches for", "model.trusted_types", "pathlib")),
    "predictions that are no numbers": (model(without_numbers()), ("gives no number",)),
    "a classifier for numbers": (model(classifier(2)), ("the model is a classifier", "data.task")),
    "a classifier of three classes": (all_of(binary(), model(classifier(3))), ("3 classes", "model.path")),
    "a regression for two outcomes": (
        all_of(binary(), model(fitted_on("cost", "weight"))),
        ("where a probability is wanted",),
    ),
    "a class the model does not know": (
        all_of(binary(), model(classifier(2), positive_class="maybe")),
        ("maybe", "model"),
    ),
    "a pickle nobody trusts": (model(PICKLE, "joblib"), ("run any code", "model.trust", PICKLE_DIGEST)),
    "a trusted pickle of another digest": (
        model(PICKLE, "joblib", trust=True, sha256="0" * 64),
        ("digest", "model.joblib"),
    ),
    "a trusted pickle that is none": (
        model(b"no pickle", "joblib", trust=True, sha256=hashlib.sha256(b"no pickle").hexdigest()),
        ("cannot be opened",),
    ),
    "an ONNX file that is none": (model(b"\x08\x07", "onnx"), ("not an ONNX file", "model.path")),
    "an R file that is none": (model(b"RDX3\n", "rds"), ("not an .rds file",)),
    "a folder of MLflow without its file": (
        declares("model", "{format: mlflow, path: .}"),
        ("there is no MLmodel in the folder",),
    ),
}
STATISTICS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "statistics that are no JSON": (statistics(b"mean,sd"), ("not training statistics", "statistics.json")),
    "statistics of nothing": (statistics(b"{}"), ("not training statistics", "`dossier profile`")),
    "statistics that are a list": (statistics(b"[1, 2]"), ("not training statistics",)),
    "statistics of another schema": (
        profiled(lambda body: body.update(schema_version=0)),
        ("schema_version is 0", "statistics.json"),
    ),
    "statistics with a hole": (profiled(lambda body: body["sums"].clear()), ("not training statistics",)),
    "statistics of another model": (profiled(features=[{"name": "cost"}, {"name": "height"}]), ("height",)),
    "statistics of another task": (
        all_of(profiled(), binary()),
        ("the training statistics are those of", "data.task is binary"),
    ),
    "statistics in a database": (
        all_of(statistics(b"{}"), of_data("reference_stats: postgresql://host/db")),
        ("training statistics are a file",),
    ),
    "a CSV of statistics without features": (statistics(b"mean,sd\n1,2\n", "stats.csv"), ("name no feature",)),
}


@dataclass(frozen=True, kw_only=True)
class Command:
    """Words on the command line and what is said of them; {case} and {out} are the world's own folders."""

    words: str
    said: tuple[str, ...]
    spoil: Spoil = nothing
    code: int = 2
    usage: bool = False
    """True where the words themselves do not fit the command: no place, no cure but --help."""


BUILD = "build {case} -o {out} --quiet --format md --document monitoring"
COMMANDS: dict[str, Command] = {
    "an unknown command": Command(words="compile {case}", said=("compile",), usage=True),
    "an unknown option": Command(words=f"{BUILD} --fast", said=("--fast",), usage=True),
    "no project": Command(words="build", said=("there is no dossier.yaml in", "dossier init DIR")),
    "an unknown format": Command(words=f"{BUILD} --format docx", said=("no format 'docx'", "md, html, pdf")),
    "an unknown document": Command(words=f"{BUILD} --document memo", said=("no document 'memo'", "monitoring")),
    "a day that is none": Command(words=f"{BUILD} --as-of 2026-02-30", said=("2026-02-30",), usage=True),
    "a day beyond the calendar": Command(words=f"{BUILD} --as-of 9999-12-31", said=("9999-12-31", "--as-of")),
    "no thread": Command(words=f"{BUILD} --jobs 0", said=("--jobs",), usage=True),
    "an unknown outcome": Command(words=f"{BUILD} --fail-on never-ever", said=("--fail-on",), usage=True),
    "an unknown engine": Command(words=f"{BUILD} --engine abacus", said=("no engine 'abacus'", "duckdb")),
    "a folder that is none": Command(words="build {case}/bundles -o {out} -q", said=("there is no {case}/bundles",)),
    "an output that is something else": Command(
        words=BUILD, said=("holds something that is no bundle", "{out}"), spoil=something_else
    ),
    "an output that is a file": Command(words=BUILD, said=("is a file", "{out}"), spoil=a_file_there),
    "an output nobody may write": Command(words=BUILD.replace("{out}", "/proc/out"), said=("/proc/out",)),
    "rendering what is no bundle": Command(words="render {case} -q", said=("there is no results.json", "{case}")),
    "rendering broken results": Command(
        words="render {out} -o {out}-2 -q",
        said=("results.json was changed after the bundle was made",),
        code=4,
        spoil=spoilt_bundle("results.json", b'{"facts": '),
    ),
    "rendering results of another schema": Command(
        words="render {out} -o {out}-2 -q",
        said=("results.json was changed after the bundle was made",),
        code=4,
        spoil=spoilt_bundle("results.json", b'{"schema_version": 0}'),
    ),
    "explaining a fact that is none": Command(
        words="explain {out} performance.rnse.production",
        said=("no fact 'performance.rnse.production'", "rmse"),
        spoil=built,
    ),
    "explaining without a bundle": Command(words="explain {case} a.b", said=("there is no results.json",)),
    "starting from nothing": Command(words="init {case}/new --production {case}/none.csv -q", said=("none.csv",)),
    "starting without rows": Command(words="init {case}/new", said=("--production",), usage=True),
    "starting where a project is": Command(
        words="init {case} --production {case}/rows.csv -q", said=("there is one already", "dossier.yaml")
    ),
    "starting with a column that is none": Command(
        words="init {case}/new --production {case}/rows.csv --target prize -q", said=("no column prize", "price")
    ),
    "profiling twice told": Command(
        words="profile {case}/training.csv --project {case} --target price", said=("--project says the roles already",)
    ),
    "profiling what is not there": Command(
        words="profile {case}/none.csv --target price --prediction guess -q", said=("none.csv",)
    ),
}


def of(folder: Path, spoil: Spoil) -> World:
    world = World(folder=folder)
    world.folder.mkdir()
    spoil(world)
    world.save()
    return world


INPUTS = PROJECT | ROWS | MODELS | STATISTICS


@pytest.mark.parametrize("name", INPUTS)
def test_bad_input_is_refused(tmp_path: Path, name: str):
    spoil, said = INPUTS[name]
    world = of(tmp_path / "case", spoil)
    refused(world, world.build(), *said)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_bad_command_is_refused(tmp_path: Path, name: str):
    command = COMMANDS[name]
    world = of(tmp_path / "case", command.spoil)
    names = {"case": world.folder, "out": world.output}
    words = [word.format(**names) for word in command.words.split()]
    before = sorted(world.folder.rglob("*"))
    result = CliRunner().invoke(app, words)
    assert result.exit_code == command.code, result.output
    assert "Traceback" not in result.output
    for part in command.said:
        assert part.format(**names) in result.stderr, result.stderr
    assert result.stderr.startswith("Usage: " if command.usage else "error: ")
    assert sorted(world.folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["a missing target", "several unknown keys", "a model that is none", "an empty file"])
def test_check_refuses_as_build_does(tmp_path: Path, name: str):
    spoil, said = INPUTS[name]
    world = of(tmp_path / "case", spoil)
    refused(world, CliRunner().invoke(app, ["check", str(world.folder), "--quiet"]), *said)


def test_there_is_no_project(tmp_path: Path):
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.yaml"):
        result = CliRunner().invoke(app, ["build", str(place), "-o", str(tmp_path / "out"), "--quiet"])
        assert result.exit_code == 2
        assert result.stderr.startswith("error: ")
        assert str(place) in result.stderr
