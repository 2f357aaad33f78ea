"""`dossier init`: from files to a project file that builds, with every guess said."""

import hashlib
import json
import pickle
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import skops.io
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from typer.testing import CliRunner

from generator import pipeline
from generator.catalog import CATALOG
from generator.cli import app
from generator.cli.progress import progress
from generator.errors import InputError
from generator.load import load
from generator.records.places import schema_file
from generator.records.project import Markers
from tests.cli.conftest import FEATURES
from tests.scoring.onnx_files import regressor
from tests.scoring.r_objects import linear, rds
from tests.scoring.test_joblib import Bomb

LEFT_OUT = re.compile(r"^(\s*)#(?=\S|  )", re.MULTILINE)


@pytest.fixture
def here(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the present folder, with the newcomer's files in it."""
    for file in given.iterdir():
        shutil.copy2(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object) -> Any:
    return CliRunner().invoke(app, ["init", *map(str, words), "--quiet"])


def started(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    return {guess["key"]: guess["value"] for guess in found["guessed"]} | {"next": found["next"]}


def test_held_out_rows_are_named_and_errors_compared_with_them(here: Path) -> None:
    shutil.copy2("training.csv", "later.csv")
    words = ["--production", "production.csv", "--reference", "training.csv", "--model", "model.skops"]
    started("one", *words, "--held-out", "later.csv")
    assert load(Path("one")).settings.data.held_out == "../later.csv"
    started("two", *words, "--reference-is", "held_out")
    data = load(Path("two")).settings.data
    assert (data.reference_is, data.held_out, data.reference_stats) == (
        "held_out",
        "../training.csv",
        "training_statistics.json",
    )
    assert run("three", *words, "--held-out", "nowhere.csv").exit_code == 2


WITH_MODEL = ["my", "--production", "production.csv", "--reference", "training.csv", "--model", "model.skops"]


def test_a_model_and_its_rows_become_a_project_that_builds(here: Path):
    result = run(*WITH_MODEL)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-2:] == ["my/training_statistics.json", "my/dossier.yaml"]
    names = ["dossier.schema.json", "dossier.yaml", "training_statistics.json"]
    assert sorted(path.name for path in (here / "my").iterdir()) == names
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None
    settings = load(here / "my").settings
    assert (settings.data.target, settings.data.time, settings.data.entity) == ("minutes", "day", "courier")
    assert [segment.column for segment in settings.data.segments] == ["city"]
    assert [(f.name, f.kind) for f in settings.data.features] == [
        (name, "categorical" if name == "city" else "numeric") for name in FEATURES
    ]
    assert settings.model.sha256 == hashlib.sha256((here / "model.skops").read_bytes()).hexdigest()
    assert (settings.model.path, settings.data.production) == ("../model.skops", "../production.csv")


def test_an_editor_finds_the_schema_beside_the_file(here: Path):
    """As yaml-language-server reads the first line: a path from the folder of the file, which needs no network."""
    (here / "my").mkdir()
    (here / "my" / "kept.schema.json").write_text("{}")
    assert run("my", "--production", "ready.csv").exit_code == 0
    first, *_ = (here / "my" / "dossier.yaml").read_text(encoding="utf-8").splitlines()
    line = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert line and (here / "my" / line[1]).read_bytes() == schema_file().read_bytes()


def test_every_example_in_the_file_is_valid_and_its_keys_are_known(here: Path):
    assert run(*WITH_MODEL).exit_code == 0
    file = here / "my" / "dossier.yaml"
    whole = LEFT_OUT.sub(r"\1", file.read_text(encoding="utf-8"))
    file.write_text(whole, encoding="utf-8")
    shutil.copy2("training.csv", "my/held_out.csv")
    settings = load(file).settings
    assert settings.objectives.metrics and settings.alerts.rules and settings.rollback.steps
    assert settings.data.sources and settings.model.previous and settings.data.simulated


def test_what_to_fill_in_next_are_eleven_keys_of_the_file_and_rows_out_of_sample_the_first(here: Path):
    asks = started(*WITH_MODEL)["next"]
    assert (len(asks), asks[0]["key"]) == (11, "data.held_out")
    text = (here / "my" / "dossier.yaml").read_text(encoding="utf-8")
    assert all(f"{ask['key'].rsplit('.')[-1]}:" in text for ask in asks)
    assert all(ask["why"] for ask in asks)


def test_ready_predictions_need_no_model(here: Path):
    found = started("my", "--production", "ready.csv")
    assert found["data.prediction"] == "minutes_pred"
    assert found["data.target"] == "minutes"
    assert found["data.exclude"] == "orderID"
    settings = load(here / "my").settings
    assert (settings.model.format, settings.data.exclude) == ("column", ("orderID",))
    assert [feature.name for feature in settings.data.features] == FEATURES
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_statistics_can_take_the_place_of_the_training_rows(here: Path):
    words = [
        "training.csv",
        "-o",
        "known.json",
        "--target",
        "minutes",
        "--time",
        "day",
        "--entity",
        "courier",
        "--exclude",
        "orderID",
    ]
    assert CliRunner().invoke(app, ["profile", *words]).exit_code == 0
    found = started("my", "--production", "ready.csv", "--reference-stats", "known.json")
    assert found["data.segments"] == "city"
    assert load(here / "my").settings.data.reference_stats == "../known.json"
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


@pytest.mark.parametrize("n", ["400", ""])
def test_statistics_in_a_plain_csv_take_that_place_too_whether_they_tell_their_rows_or_not(here: Path, n: str):
    table = pd.read_csv("training.csv")
    rows = [f"{name},{table[name].mean()},{table[name].std()},{n}" for name in ("km", "items", "rain", "minutes")]
    (here / "told.csv").write_text("\n".join(["feature,mean,sd,n", *rows]) + "\n")
    started("my", "--production", "ready.csv", "--target", "minutes", "--reference-stats", "told.csv")
    data = load(here / "my").settings.data
    assert data.reference_stats == "../told.csv"
    assert [feature.name for feature in data.features] == ["km", "items", "rain"]
    built = pipeline.judge(here / "my" / "dossier.yaml", CATALOG, None, progress(True))
    assert built.facts["data.reference.rows"].value == (int(n) if n else None)


def test_what_is_said_is_not_guessed(here: Path):
    words = "--target km --prediction minutes --time day --entity orderID --segment courier --exclude minutes_pred"
    found = started("my", "--production", "ready.csv", *words.split())
    assert set(found) == {"next"}
    data = load(here / "my").settings.data
    assert (data.target, data.prediction, data.entity) == ("km", "minutes", "orderID")
    assert [segment.column for segment in data.segments] == ["courier"]
    assert data.exclude == ("minutes_pred",)


def test_rows_without_dates_need_a_day_that_is_said_and_never_that_of_a_file(here: Path):
    pd.read_csv("production.csv").drop(columns="day").to_csv("undated.csv", index=False)
    said = run("my", "--production", "undated.csv", "--model", "model.skops")
    settings = load(here / "my").settings
    assert settings.data.time is None
    assert settings.model.released is None
    assert "then: dossier build my --as-of YYYY-MM-DD" in said.stdout
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_texts_that_mean_no_value_are_found(here: Path):
    table = pd.read_csv("ready.csv")
    table["rain"] = table["rain"].map(str).replace("nan", "unknown")
    table.to_csv("marked.csv", index=False)
    started("my", "--production", "marked.csv")
    data = load(here / "my").settings.data
    assert data.missing_in == (Markers(column="rain", markers=("unknown",)),)
    assert {feature.name: feature.kind for feature in data.features}["rain"] == "numeric"


def test_names_that_yaml_would_misread_are_quoted(here: Path):
    table = pd.read_csv("ready.csv").rename(columns={"km": "yes", "rain": "2026", "city": "a: b # c", "items": 'q"'})
    table.to_csv("odd.csv", index=False)
    started("my folder, 1", "--production", "odd.csv")
    settings = load(here / "my folder, 1").settings
    assert {feature.name for feature in settings.data.features} == {"yes", "2026", "a: b # c", 'q"'}
    assert settings.project.name == "my-folder-1"


def test_nothing_is_overwritten(here: Path):
    (here / "my").mkdir()
    (here / "my" / "training_statistics.json").write_text("mine")
    assert run(*WITH_MODEL).exit_code == 2
    assert sorted(path.name for path in (here / "my").iterdir()) == ["training_statistics.json"]
    (here / "my" / "training_statistics.json").unlink()
    (here / "my" / "dossier.yaml").write_text("mine")
    result = run(*WITH_MODEL)
    assert (result.exit_code, (here / "my" / "dossier.yaml").read_text()) == (2, "mine")
    assert "nothing is overwritten" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--production nowhere.csv", "there is no such file"),
        ("--production production.csv", "neither a model nor a column of predictions"),
        ("--production ready.csv --target minuets", "did you mean minutes?"),
        ("--production ready.csv --target city", "the classes Graz, Lviv, Porto, neither numbers nor two outcomes"),
        ("--production ready.csv --prediction km", "no column looks like the truth"),
        ("--production ready.csv --model ready.csv", "no reader is for model files that end in .csv"),
        ("--production ready.csv --model nowhere.skops", "there is no such model file"),
        ("--production ready.csv --reference nowhere.csv", "there is no such file"),
        ("--production ready.csv --reference-stats training.csv", "the training statistics name no feature"),
        ("--production ready.csv --reference a --reference-stats b", "give --reference or --reference-stats"),
        ("--production empty.csv", "the file is empty"),
        ("--production header.csv", "the table has no rows"),
        ("--production lacking.csv --model model.skops", "column km (feature) is missing"),
        ("--production ready.csv --time city", "the column city holds texts that are no dates"),
        ("--production ready.csv --prediction city", "the column city holds texts that are no numbers"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_stays(here: Path, words: str, said: str):
    (here / "empty.csv").write_text("")
    (here / "header.csv").write_text("a,b\n")
    pd.read_csv("production.csv").drop(columns="km").to_csv("lacking.csv", index=False)
    result = run("my", *words.split())
    assert (result.exit_code, (here / "my").exists()) == (2, False), result.output
    assert said in re.sub(r"\s+", " ", re.sub(r"[│╭╮╰╯─]", " ", result.stderr))


@pytest.mark.parametrize(
    ("names", "positive"),
    [((0, 1), None), (("no", "yes"), "yes"), (("late", "not late"), "late"), ((False, True), "True")],
)
def test_two_outcomes_are_a_binary_target(here: Path, names: tuple[object, object], positive: str | None):
    table = pd.read_csv("ready.csv")
    late = table["minutes"] > 30
    table["late"] = late.map({False: names[positive == names[0]], True: names[positive != names[0]]})
    table["p_late_proba"] = late * 0.8 + 0.1
    table.drop(columns=["predicted", "minutes"], errors="ignore").to_csv("late.csv", index=False)
    guessed = started("my", "--production", "late.csv", "--target", "late")
    assert "binary" in guessed["data.task"]
    data = load(here / "my").settings.data
    assert (data.task, data.positive, data.prediction) == ("binary", positive, "p_late_proba")
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_several_classes_are_refused(here: Path):
    table = pd.read_csv("ready.csv")
    table.assign(kind=["abc"[row % 3] for row in range(len(table))]).to_csv("k.csv")
    result = run("my", "--production", "k.csv", "--target", "kind")
    assert (result.exit_code, "the classes a, b, c" in result.stderr) == (2, True)


def classified(dump: Any) -> None:
    """Write rows with a text outcome, and a classifier of it."""
    for name in ("production.csv", "training.csv"):
        table = pd.read_csv(name)
        table["late"] = (table["minutes"] > table["minutes"].median()).map({True: "yes", False: "no"})
        table.drop(columns="minutes").to_csv(name, index=False)
    model = make_pipeline(SimpleImputer(), LogisticRegression()).fit(table[["km", "items"]], table["late"])
    dump(model)


def test_the_examples_for_a_classifier_are_valid_and_speak_of_probabilities(here: Path):
    classified(lambda model: skops.io.dump(model, "model.skops"))
    asked = [ask["key"] for ask in started(*WITH_MODEL, "--target", "late")["next"]]
    assert "decision.costs" in asked and "business.loss_per_unit_error" not in asked
    file = here / "my" / "dossier.yaml"
    text = file.read_text(encoding="utf-8")
    assert "rmse" not in text
    file.write_text(LEFT_OUT.sub(r"\1", text), encoding="utf-8")
    shutil.copy2("training.csv", "my/held_out.csv")
    settings = load(file).settings
    assert settings.decision.costs.true_positive is not None
    assert "brier" in {one.metric for one in settings.objectives.metrics}


def test_a_classifier_becomes_a_binary_project_that_builds(here: Path):
    classified(lambda model: skops.io.dump(model, "model.skops"))
    guessed = started(*WITH_MODEL, "--target", "late")
    assert guessed["data.task"] == "binary, yes counts as 1"
    data = load(here / "my").settings.data
    assert (data.task, data.positive, [f.name for f in data.features]) == ("binary", "yes", ["km", "items"])
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


@pytest.mark.parametrize("kind", ["joblib", "pkl", "mlflow"])
def test_a_pickle_is_pinned_and_never_opened(here: Path, kind: str):
    marker = here / "marker"
    content = pickle.dumps(Bomb(marker))
    place = Path("model") if kind == "mlflow" else Path(f"model.{kind}")
    if kind == "mlflow":
        place.mkdir()
        (place / "MLmodel").write_text("flavors: {sklearn: {pickled_model: model.pkl}}")
    file = place / "model.pkl" if kind == "mlflow" else place
    file.write_bytes(content)
    result = run(*WITH_MODEL[:-1], str(place), "--target", "minutes")
    assert result.exit_code == 0, result.output
    assert f"--trust {hashlib.sha256(content).hexdigest()}" in result.stdout
    model = load(here / "my").settings.model
    assert (model.trust, model.sha256) == (False, hashlib.sha256(content).hexdigest())
    assert model.format == ("mlflow" if kind == "mlflow" else "joblib")
    with pytest.raises(InputError, match="does not trust this one"):
        pipeline.check(here / "my", CATALOG, progress(True))
    assert not marker.exists()


def test_the_command_that_is_printed_last_works(here: Path):
    """With a model that nobody has opened yet too; the folder's name needs quotes."""
    regression = make_pipeline(SimpleImputer(), LinearRegression())
    training = pd.read_csv("training.csv")
    joblib.dump(regression.fit(training[FEATURES[:3]], training["minutes"]), "model.joblib")
    words = ("--production", "production.csv", "--model", "model.joblib", "--exclude", "city", "--exclude", "orderID")
    result = run("my project", *words, "--target", "minutes")
    assert result.exit_code == 0, result.output
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("then: ")]
    program, *command = shlex.split(line.removeprefix("then: "))
    assert (program, command) == ("dossier", ["build", "my project", "--set", "model.trust=true"])
    built = CliRunner().invoke(app, [*command, "--format", "md", "--document", "executive-summary"])
    assert built.exit_code == 0, built.output


def test_a_pickle_of_another_version_asks_for_its_own_python(here: Path):
    regression = LinearRegression().fit(pd.read_csv("training.csv")[["km"]], [0.0] * len(pd.read_csv("training.csv")))
    joblib.dump(regression, "model.joblib")
    content = Path("model.joblib").read_bytes()
    written = sklearn.__version__.encode()
    Path("model.joblib").write_bytes(content.replace(written, b"0.99.9"[: len(written)].ljust(len(written), b"0")))
    result = run("my", "--production", "production.csv", "--model", "model.joblib", "--target", "minutes")
    assert result.exit_code == 0 and "--python PATH: scikit-learn 0.99" in result.stdout
    assert result.stdout.splitlines()[-2].endswith("--set model.trust=true --set model.python=PATH")


def test_the_outcome_is_the_column_that_the_predictions_explain(here: Path):
    for name in ("production.csv", "training.csv"):
        table = pd.read_csv(name).rename(columns={"minutes": "duration"})
        other = np.arange(len(table)) % 13.0
        table.assign(other=other, forecast=8 + 5 * table["km"] + table["items"]).to_csv(name, index=False)
    assert started("my", "--production", "production.csv")["data.target"] == "duration"


def test_a_trusted_pickle_builds_after_one_word(here: Path):
    classified(lambda model: joblib.dump(model, "model.joblib"))
    table = pd.read_csv("training.csv").columns
    others = [word for name in table if name not in ("km", "items", "late") for word in ("--exclude", name)]
    result = run(*WITH_MODEL[:-1], "model.joblib", "--target", "late", *others)
    assert result.exit_code == 0, result.output
    file = here / "my" / "dossier.yaml"
    file.write_text(file.read_text().replace("trust: false", "trust: true"))
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_an_onnx_file_becomes_a_project_that_builds(here: Path):
    Path("model.onnx").write_bytes(regressor([1.0, 2.0], 3.0, ["km", "items"]))
    result = run(*WITH_MODEL[:-1], "model.onnx", "--target", "minutes")
    assert result.exit_code == 0, result.output
    settings = load(here / "my").settings
    assert (settings.model.format, [f.name for f in settings.data.features]) == ("onnx", ["km", "items"])
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_an_r_model_becomes_a_project_that_builds(here: Path):
    content = rds(linear({"minutes": "numeric", "km": "numeric"}, ["km"], [[0, 1]], [3.0, 2.0]))
    Path("model.rds").write_bytes(content)
    result = run(*WITH_MODEL[:-1], "model.rds", "--target", "minutes")
    assert result.exit_code == 0, result.output
    settings = load(here / "my").settings
    assert (settings.model.format, [f.name for f in settings.data.features]) == ("rds", ["km"])
    assert pipeline.check(here / "my", CATALOG, progress(True)) is not None


def test_an_interruption_leaves_nothing(here: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.measure.profile", interrupted)
    assert run(*WITH_MODEL).exit_code == 130
    assert not (here / "my").exists()
