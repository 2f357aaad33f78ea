"""What stands beside rows and project: statistics, records, labels, other Pythons, and the words of a command."""

import gzip
import os
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.catalog import CATALOG
from generator.cli import app
from generator.load import load
from generator.measure import measure
from tests.hostile.spoil import (
    Spoil,
    adds,
    all_of,
    binary,
    content,
    declares,
    file,
    fitted_on,
    json_lines,
    model,
    of_data,
    outcomes,
    parquet,
    put,
    sets,
    statistics,
    table,
    written,
)
from tests.hostile.test_bad_inputs import Command
from tests.hostile.test_project_files import of
from tests.hostile.test_rows import lines
from tests.hostile.world import World, refused

pytestmark = pytest.mark.usefixtures("ends")
HEAD = "feature,mean,sd,n"


def told(text: str, name: str = "stats.csv") -> Spoil:
    return statistics(text.encode(), name)


def recorded(text: bytes) -> Spoil:
    return lambda world: put(world, "records.jsonl", text)


def a_pipe_of_records(world: World) -> None:
    os.mkfifo(world.folder / "records.jsonl")


def labelled(text: str, more: str = "") -> Spoil:
    return outcomes("labels.csv", text, f"{{path: labels.csv, key: row{more}}}")


def python(path: str, trust: str = "true") -> Spoil:
    return all_of(model(fitted_on("cost", "weight")), declares("model", f"{{python: {path}, trust: {trust}}}"))


BESIDE: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    # Statistics.
    "packed statistics": (statistics(gzip.compress(b"{}")), ("not training statistics", "`dossier profile`")),
    "statistics in Latin-1": (statistics(b'{"a":"\xe9"}'), ("not training statistics",)),
    "no version": (statistics(b'{"schema_version": NaN}'), ("schema_version is nan",)),
    "statistics in YAML": (told("a: 1\n", "s.yaml"), ("not training statistics",)),
    "no R object": (told("RDX3garbage", "s.rds"), ("not an .rds file",)),
    "a mean in words": (told(f"{HEAD}\ncost,a lot,1,100\n"), ("mean of cost is no number: 'a lot'",)),
    "a spread below zero": (told(f"{HEAD}\ncost,5,-1,100\n"), ("of cost cannot be: sd is below 0",)),
    "an endless mean": (told(f"{HEAD}\ncost,inf,1,100\n"), ("a number lies beyond 1e+50",)),
    "a mean beyond squares": (told(f"{HEAD}\ncost,1e300,1,100\n"), ("a number lies beyond 1e+50",)),
    "rows below zero": (told(f"{HEAD}\ncost,5,1,-100\n"), ("are of no rows",)),
    "no rows": (told(f"{HEAD}\ncost,5,1,0\n"), ("are of no rows",)),
    "rows without end": (told(f"{HEAD}\ncost,5,1,inf\n"), ("a number lies beyond 1e+50",)),
    "percent of missing": (
        told(f"{HEAD},missing_rate\ncost,5,1,100,12\n"),
        ("missing_rate is 12, no share between 0 and 1",),
    ),
    "quantiles that fall": (told(f"{HEAD},p10,p90\ncost,5,1,100,9,1\n"), ("quantiles fall",)),
    "a quantile below all": (told(f"{HEAD},min,p10\ncost,5,1,100,3,1\n"), ("quantiles fall, or leave min and max",)),
    "a feature twice": (told(f"{HEAD}\ncost,5,1,100\ncost,6,1,100\n"), ("of cost cannot be: they stand there twice",)),
    "features of another model": (told(f"{HEAD}\nkost,5,1,100\n"), ("know none of the features", "they know kost")),
    "a picture of statistics": (statistics(b"\x89PNG" * 100, "s.csv"), ("name no feature",)),
    # Records.
    "records in a pipe": (a_pipe_of_records, ("this is a pipe, not a file", "records.jsonl")),
    "words for records": (recorded(b"hello\n"), ("the line is no record", "records.jsonl:1")),
    "records nested without end": (recorded(b"[" * 100_000), ("the line is no record",)),
    "records of no text": (recorded(b"\xff\xfe" * 100), ("not UTF-8 text", "records.jsonl:1:1")),
    "a million records that are none": (recorded(b"{}\n" * 1_000_000), ("the line is no record", "8 more of the kind")),
    # Labels.
    "labels without rows": (labelled("row,price\n"), ("the labels have no rows", "labels.csv")),
    "keys written otherwise": (
        labelled("row,price\n" + "".join(f"0{n},5\n" for n in range(100))),
        ("none of the 100 labels has a prediction", "joined as texts"),
    ),
    "labels without keys": (labelled("row,price\n,5\n,6\n"), ("none of the 2 labels has a prediction",)),
    "labels that came in words": (
        labelled("row,price,when\n" + "".join(f"{n},5,soon\n" for n in range(100)), ", arrived: when"),
        ("100 values of column when are no dates: 'soon'",),
    ),
    "labels that never came": (
        labelled("row,price\n1,5\n", ", arrived: when"),
        ("column when (arrival of the labels)",),
    ),
    # Models and their Python.
    "a program that is no Python": (python("/bin/true"), ("ended with code", "is it a Python?")),
    "a Python that is not there": (python("nowhere/python"), ("no Python can be started there", "model.python")),
    "a folder for a Python": (python("."), ("no Python can be started there: Permission denied",)),
    "a Python nobody trusts": (python("/usr/bin/env", "false"), ("does not trust it", "model.python")),
    "rows for a model": (model(b"a,b\n1,2\n"), ("not a skops file",)),
    "a graph for a pipeline": (model(b"\x08\x07\x12"), ("not a skops file",)),
    # Paths.
    "the project for rows": (of_data("production: dossier.yaml"), ("none of the 7 columns",)),
    "memory for rows": (of_data("production: /proc/self/mem"), ("is empty",)),
    "chance for rows": (of_data("production: /dev/urandom"), ("a device, not a file",)),
    "all of the disk": (of_data("production: /"), ("cannot be read|more than 100,000 files",)),
    "a sign nobody sees": (of_data('production: "rows.csv\\u200b"'), ("there is a 'rows.csv' in the same folder",)),
    "an address's blank": (of_data("production: rows%20.csv"), ("there is a 'rows.csv' in the same folder",)),
    "half a pattern": (of_data("production: '[rows.csv'"), ("is the pattern '[rows.csv', which matches no file",)),
    "braces of a shell": (of_data("production: '{rows,more}.csv'"), ("does not exist", "there is a 'rows.csv'")),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, name: str):
    spoil, said = BESIDE[name]
    world = of(tmp_path / "case", spoil)
    result = CliRunner().invoke(app, ["check", str(world.folder), "--quiet"])
    refused(world, result, *(words for words in said if "|" not in words))
    assert all(any(way in result.stderr for way in words.split("|")) for words in said), result.stderr


LONG, HERE = "a" * 5_000, "{case}/rows.csv"
COMMANDS: dict[str, Command] = {
    "a day of no month": Command(words="build {case} --as-of 2026-13-01", said=("2026-13-01",), usage=True),
    "a day in a word": Command(words="build {case} --as-of tomorrow", said=("tomorrow",), usage=True),
    "a day with its hour": Command(
        words="build {case} --as-of 2026-03-05T10:00", said=("2026-03-05T10:00",), usage=True
    ),
    "a key alone": Command(words="check {case} -q --set data", said=("is not KEY=VALUE",)),
    "no key": Command(words="check {case} -q --set =x", said=("is not KEY=VALUE",)),
    "a key that is none": Command(words="check {case} -q --set data.targett=x", said=("did you mean `target`?",)),
    "an entry that is none": Command(
        words="check {case} -q --set data.segments[9].column=x", said=("has no entry 9", "there are 0 to 1")
    ),
    "a list that stays open": Command(words="check {case} -q --set data.target=[a", said=("close it with `]`",)),
    "code in a value": Command(
        words="check {case} -q --set project.title=!!python/name:os.system", said=("is not read here",)
    ),
    "a password in a value": Command(
        words="check {case} -q --set data.production=mysql://u:hunter2@h/d", said=("mysql://…@h/d",)
    ),
    "keys without end": Command(words=f"check {{case}} -q --set {'a.' * 3_000}b=1", said=("is not KEY=VALUE",)),
    "threads below zero": Command(words="build {case} --jobs -1", said=("--jobs",), usage=True),
    "formats in one word": Command(words="build {case} -q --format md,html", said=("no format 'md,html'", "md, html")),
    "a format in capitals": Command(words="build {case} -q --format PDF", said=("no format 'PDF'",)),
    "a document by its title": Command(words="build {case} -q --document Summary", said=("executive-summary",)),
    "an output of 5,000 letters": Command(words=f"build {{case}} -q -o {LONG}", said=("File name too long",)),
    "an output below a file": Command(words=f"build {{case}} -q -o {HERE}/x", said=("lies below", "a file")),
    "a project of 5,000 letters": Command(words=f"check {LONG}", said=("File name too long",)),
    "rows for a project": Command(words=f"check -q {HERE}", said=("does not consist of keys and values",)),
    "a device for a project": Command(words="check /dev/zero", said=("is a device, not a file",)),
    "a file for a bundle": Command(words=f"render -q {HERE}", said=("there is no results.json",)),
    "two that are no bundles": Command(words="diff -q {case} {case}", said=("there is no results.json",)),
    "a target that the rows lack": Command(
        words="profile {case}/training.csv --target prize -q", said=("there is no column prize", "did you mean price?")
    ),
    "statistics onto rows": Command(
        words=f"profile {{case}}/training.csv --target price -q -o {HERE}", said=("something else stands where",)
    ),
    "a start at a device": Command(words="init {case}/n --production /dev/zero -q", said=("a device, not a file",)),
    "one column for two roles": Command(
        words=f"init {{case}}/n --production {HERE} --target price --prediction price -q",
        said=("is the column 'price', which is the target already", "each role has a column of its own"),
    ),
    "a contract with itself": Command(
        words="contract check -q {case} {case}/dossier.yaml", said=("none of the model's features",)
    ),
    "the cost of a column": Command(words="cost -q {case}", said=("predictions stand in a column", "model.path")),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_cannot_be_meant_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    command, world = COMMANDS[name], of(tmp_path / "case", command_spoil)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = CliRunner().invoke(app, command.words.format(case=world.folder).split())
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("Usage: " if command.usage else "error: "), result.stderr
    for part in command.said:
        assert part in result.stderr, result.stderr
    assert not [word for word in ("hunter2", "Traceback", "internal error", ".dossier.") if word in result.stderr]
    assert sorted(tmp_path.rglob("*")) == before


def command_spoil(world: World) -> None:
    """Leave the world as it is."""


# What can be meant is read as it is meant.


def no_training(world: World) -> None:
    del world.data["reference"]


READ: dict[str, Spoil] = {
    "lines of an old system": written(lambda text: text.replace("\n", "\r")),
    "blank lines between": written(lambda text: text.replace("\n", "\n\n")),
    "quotes around the names": lines(lambda rows: [",".join(f'"{name}"' for name in rows[0].split(",")), *rows[1:]]),
    "bars between": all_of(no_training, written(lambda text: text.replace(",", "|"))),
    "a line that names the sign": written(lambda text: f"sep=,\n{text}"),
    "UTF-16 that is declared": all_of(
        no_training, of_data("csv: {encoding: utf-16}"), written(lambda text: text.encode("utf-16"))
    ),
    "JSON of another system": file("rows.jsonl", lambda rows: json_lines(rows).replace(b"\n", b"\r\n")),
    "JSON with blank lines": file("rows.jsonl", lambda rows: json_lines(rows).replace(b"\n", b"\n\n")),
    "categories of Parquet": file("rows.parquet", lambda rows: parquet(rows.astype({"city": "category"}))),
    "short floats of Parquet": file("rows.parquet", lambda rows: parquet(rows.astype({"weight": "float32"}))),
    "a formula in a cell": table(lambda rows: rows.assign(city="=cmd|'/c calc'!A1")),
    "a cell of a million letters": table(lambda rows: rows.assign(brand=["x" * 1_000_000, *rows["brand"][1:]])),
    "a thousand columns": table(
        lambda rows: rows.join(pd.DataFrame(0.0, index=rows.index, columns=[f"f{n}" for n in range(1_000)]))
    ),
    "another pattern of the file": of_data("production: 'rows.*'"),
    "the hour that ends a day": table(lambda rows: rows.assign(date=rows["date"] + " 24:00:00")),
}


@pytest.mark.parametrize("name", READ)
def test_what_can_be_meant_is_read_as_it_is(tmp_path: Path, name: str):
    world = of(tmp_path / "case", READ[name])
    total = measure(load(world.folder), CATALOG.engines[0].open(), CATALOG.readers, sums_alone=True).production.total
    assert total.n[-1] == len(world.production) == 192
    assert total.mean[-1] == pytest.approx(world.production["guess"].mean())


FOLLOWED: dict[str, tuple[Spoil, str, Spoil]] = {
    "decimal commas": (
        all_of(no_training, written(lambda text: text.replace(",", ";").replace(".", ","))),
        "declare data.csv.decimal: ','",
        of_data("csv: {decimal: ','}"),
    ),
    "commas of thousands": (
        table(lambda rows: rows.assign(price=rows["price"].map(lambda price: f"{1_000 * price:,.2f}"))),
        "declare data.csv.thousands: ','",
        of_data("csv: {thousands: ','}"),
    ),
    "another encoding": (
        all_of(no_training, written(lambda text: text.encode("utf-16"))),
        "declare data.csv.encoding, such as windows-1252 or utf-16",
        of_data("csv: {encoding: utf-16}"),
    ),
    "another delimiter": (
        all_of(no_training, written(lambda text: text.replace(",", "~"))),
        "is it the right file, with the names of its columns first? It has 1 column,",
        of_data("csv: {delimiter: '~'}"),
    ),
    "quantiles of texts": (
        of_data("segments: [{column: city, quantiles: [0.5], tiers: [low, high]}]"),
        "take `quantiles` and `tiers` from its segment",
        of_data("segments: [{column: city}]"),
    ),
    "months first": (
        all_of(
            no_training,
            table(lambda rows: rows.assign(date=rows["date"].str.replace(r"(.+?)-(.+)-(.+)", r"\2/\3/\1", regex=True))),
        ),
        "declare how times are written under data.time_format",
        of_data("time_format: MM/DD/YYYY"),
    ),
    "a mark of order": (
        file("rows.jsonl", lambda rows: b"\xef\xbb\xbf" + json_lines(rows)),
        r"take it away: sed -i '1s/^\xEF\xBB\xBF//' rows.jsonl",
        file("rows.jsonl", json_lines),
    ),
    "a marker of no value": (
        table(lambda rows: rows.assign(weight=["n/a", *rows["weight"][1:]])),
        "texts that mean no value under data.missing_markers",
        of_data("missing_markers: [n/a]"),
    ),
    "a third outcome": (
        all_of(binary(), table(lambda rows: rows.assign(price=["returned"] * 7 + list(rows["price"][7:])))),
        "name them under data.negative",
        of_data("negative: ['no']"),
    ),
    "a copy of production": (
        all_of(sets("privacy", "{}"), lambda world: setattr(world, "training", world.production)),
        "name other rows under data.reference, or leave it out",
        no_training,
    ),
    "an empty file": (content(b""), "make it anew with what belongs in it", lambda world: healthy(world)),
    "a folder of one's own": (
        of_data("production: ~/rows.csv"),
        "write out what `~` stands for",
        lambda world: of_data(f"production: {world.folder}/rows.csv")(world),
    ),
    "a workspace of R": (content(b"RDX3\nX\n"), "in R: write.csv(rows, 'rows.csv'", lambda world: healthy(world)),
}


def healthy(world: World) -> None:
    world.content = None
    (world.folder / "rows.csv").unlink()


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_hint_that_is_followed_takes_the_error_away(tmp_path: Path, name: str):
    spoil, hint, mend = FOLLOWED[name]
    world = of(tmp_path / "case", spoil)
    words = ["check", str(world.folder), "--quiet"]
    refused(world, CliRunner().invoke(app, words), hint)
    (world.folder / "dossier.yaml").unlink()
    mend(world)
    world.save()
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output


def test_thousands_of_linked_claims_are_worked_out_in_turn(tmp_path: Path):
    """Each figure is one more than the one before it; what grows with their square would not end."""
    figures = "".join(f"    - {{id: a{k}, formula: a{k - 1} + 1}}\n" for k in range(1, 4_000))
    world = of(tmp_path / "case", adds(f"claims:\n  figures:\n    - {{id: a0, stated: '1'}}\n{figures}"))
    assert world.build().exit_code == 0
    assert world.value("claims.a3999.recomputed") == 4_000
