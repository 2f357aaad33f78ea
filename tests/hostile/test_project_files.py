"""A hundred project files that cannot be meant: each is refused with words that are true, and hints that help."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.errors import InputError, Problem
from generator.load import load
from tests.hostile.spoil import Spoil, adds, all_of, declares, fitted_on, model, of_data, says, sets
from tests.hostile.test_bad_inputs import PROJECT
from tests.hostile.world import World, refused

DIGITS = "9" * 5_000


def metric(text: str) -> Spoil:
    """Declare one metric; the text is not read before the program reads it."""
    return all_of(sets("objectives", "{}"), adds_below("objectives", f"  metrics:\n    - {{{text}}}\n"))


def adds_below(section: str, text: str) -> Spoil:
    def spoil(world: World) -> None:
        world.project.pop(section)
        adds(f"{section}:\n{text}")(world)

    return spoil


MORE: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    # Numbers.
    "5,000 digits": (metric(f"metric: rmse, validation: {DIGITS}"), ("should be a number", "below 1e+15")),
    "a count of 5,000 digits": (metric(f"metric: rmse, validation: 3, n: {DIGITS}"), ("whole number", "below 1e+15")),
    "a count of 20 digits": (metric("metric: rmse, validation: 3, n: 99999999999999999999"), ("below 1e+15",)),
    "a count below zero": (metric("metric: rmse, validation: 3, n: -4"), (".n` is -4\n", "write 0 or more")),
    "half a row": (metric("metric: rmse, validation: 3, n: 1.5"), ("a whole number", "write 2, or another")),
    "beyond what a number can be": (metric("metric: rmse, validation: 1e400"), ("1e400", "below 1e+15")),
    "infinite": (metric("metric: rmse, validation: .inf"), (".inf", "below 1e+15")),
    "not a number": (metric("metric: rmse, validation: .nan"), (".nan", "below 1e+15")),
    "a decimal comma": (metric("metric: rmse, validation: '3,5'"), ("the text '3,5'", "write 3.5, without quotes")),
    "a decimal comma of zero": (metric("metric: rmse, validation: '0,125'"), ("write 0.125, without quotes",)),
    "a comma of thousands": (metric("metric: rmse, validation: '1,234'"), ("write 1234, without quotes",)),
    "commas of thousands": (metric("metric: rmse, validation: '1,234,567.5'"), ("write 1234567.5, without",)),
    "a point and a comma": (metric("metric: rmse, validation: '1.234,5'"), ("the number alone, in figures",)),
    "a half": (metric("metric: rmse, validation: ½"), ("the text '½'", "the number alone, in figures")),
    "other figures": (metric("metric: rmse, validation: ٣"), ("the text '٣'", "in figures")),
    "a minus of typesetting": (metric("metric: rmse, validation: −3"), ("the text '−3'", "in figures")),
    "a unit": (metric("metric: rmse, validation: 3 USD"), ("the text '3 USD'", "the number alone")),
    "points of thousands": (
        sets("business", "{implementation_cost: 12.000 €}"),
        ("the text '12.000 €'", "with a point before decimals only"),
    ),
    "an amount with its sign": (sets("business", "{implementation_cost: $ 12000}"), ("write 12000, without",)),
    "thousands in short": (sets("business", "{implementation_cost: 12k}"), ("the text '12k'", "the number alone")),
    "better than perfect": (metric("metric: r2, validation: 1.5"), ("is 1.5, but r2 is below 1",)),
    "perfect": (metric("metric: rmse, validation: 0.0"), ("is 0, but rmse is above 0", "what was measured")),
    "an error below zero": (metric("metric: mae, validation: -3"), ("is -3, but mae is above 0",)),
    "a limit of no error": (metric("metric: mae, validation: 3, acceptable: 0"), (".acceptable` is 0, but mae",)),
    "a limit of a segment below zero": (
        declares("objectives", "critical_segments: [{segment: city, level: Graz, acceptable: -1}]"),
        ("is -1, but rmse is above 0",),
    ),
    "a mean error above its root": (
        sets("objectives", "{metrics: [{metric: rmse, validation: 3}, {metric: mae, validation: 4}]}"),
        ("is 4, more than the rmse of 3", "exchange the two"),
    ),
    "the same metric twice": (
        sets("objectives", "{metrics: [{metric: rmse, validation: 3}, {metric: rmse, validation: 4}]}"),
        ("'rmse' for the second time",),
    ),
    "cells below zero": (sets("privacy", "{small_cell: -1}"), ("is -1", "write 0 or more")),
    "half a cell": (sets("privacy", "{small_cell: 0.5}"), ("a whole number",)),
    # Files.
    "training that is production": (of_data("reference: rows.csv"), ("the file of `data.production` too",)),
    "training that is production by another way": (
        of_data("reference: ./../case/rows.csv"),
        ("the file of `data.production` too", "name the training rows"),
    ),
    "a database of another kind": (of_data("production: 'mysql://u:p@h/db'"), ("begins with mysql://", "get the file")),
    "an address of the web": (of_data("production: 'https://h/rows.csv?token=hunter2'"), ("begins with https://",)),
    "an address of a file": (of_data("production: 'file:///etc/passwd'"), ("begins with file://",)),
    "a model at an address": (
        all_of(model(fitted_on("cost", "weight")), declares("model", "path: 'https://h/model.skops'")),
        ("`model.path` is an address that begins with https://",),
    ),
    "somebody's own folder": (of_data("production: ~/rows.csv"), ("'~/rows.csv', which does", "what `~` stands for")),
    "a variable": (of_data("production: $HOME/rows.csv"), ("which does not exist", "what `$HOME` stands for")),
    "a path of another system": (of_data("production: 'data\\rows.csv'"), ("there is a 'rows.csv' in the same",)),
    "a blank behind a path": (of_data("production: 'rows.csv '"), ("there is a 'rows.csv' in the same folder",)),
    "a line break in a path": (of_data('production: "rows\\n.csv"'), ("does not exist", "'rows.csv'")),
    "a NUL in a path": (of_data('production: "rows\\0.csv"'), ("U+0000 cannot be printed", "remove it")),
    "a path of 5,000 letters": (of_data(f"production: {'a' * 5_000}"), ("File name too long", "name a file that")),
    "a folder for rows": (of_data("production: ."), ("the folder holds no Parquet file",)),
    "no path": (of_data("production: ''"), ("`data.production` is blank", "write the path of a file")),
    "a path of blanks": (of_data("reference: '  '"), ("`data.reference` is blank",)),
    "a list of paths": (of_data("production: [rows.csv]"), ("should be text, but is a list",)),
    "a table that is the project": (sets("risks", "{csv: dossier.yaml}"), ("the column", "is not known")),
    "half a digest": (
        all_of(model(fitted_on("cost", "weight")), declares("model", "sha256: abc")),
        ("is not a sha256 digest", "64 hexadecimal digits"),
    ),
    "another digest": (
        all_of(model(fitted_on("cost", "weight")), declares("model", f"sha256: {'ab' * 32}")),
        ("is not the digest of 'model.skops'", "the file has"),
    ),
    # Texts and names.
    "a tag": (sets("context", "{purpose: 'Prices of <h1> pages'}"), ("the placeholder '<h1>'", "`project.meant`")),
    "a tag beside one that is meant": (
        all_of(sets("context", "{purpose: '<h1> and <h2>'}"), declares("project", "meant: ['<h1>']")),
        ("the placeholder '<h2>'",),
    ),
    "what is meant is no list": (
        all_of(sets("context", "{purpose: Sorts lists}"), declares("project", "meant: TODO")),
        ("`project.meant` should be a list", "write [TODO]"),
    ),
    "a zone of another planet": (declares("project", "time_zone: Mars/Olympus"), ("no known time zone", "Europe/")),
    "a zone that is an offset": (declares("project", "time_zone: '+02:00'"), ("no known time zone",)),
    "a currency in small letters": (declares("project", "currency: eur"), ("no currency code", "such as EUR")),
    "a currency by its name": (declares("project", "currency: EURO"), ("no currency code",)),
    "a name above": (declares("project", "name: .."), ("cannot be part of a file name",)),
    "a name of a device": (declares("project", "name: con"), ("cannot be part of a file name",)),
    "a name of 300 letters": (declares("project", f"name: {'a' * 300}"), ("cannot be part of a file name", "64 at")),
    "a version with a folder": (declares("model", "version: 'a/b'"), ("cannot be part of a file name",)),
    "a version of nothing": (declares("model", "version: ''"), ("`model.version` is ''",)),
    "a version of blanks": (declares("model", "version: '   '"), ("`model.version` is '   '",)),
    "a key of a picture": (adds("🙂: 1\n"), ("the key '🙂' is not known",)),
    "a merged key": (adds("datas: &x {b: 1}\n"), ("the key 'datas' is not known", "did you mean `data`?")),
    "an object": (adds("x: !!python/object/apply:os.system [id]\n"), ("is not read here", "write the plain value")),
    "bytes": (declares("project", "title: !!binary aGk="), ("binary", "is not read here")),
    "a turn of direction": (adds('context: {purpose: "a\u202eb"}\n'), ("U+202E cannot be printed",)),
    "a list in itself": (adds("x: &a [*a]\n"), ("refers to nothing above",)),
    "aliases by the thousand": (
        adds("risks: &a [x]\ncontext: &b [" + "*a, " * 999 + "]\nrollout: [" + "*b, " * 999 + "]\n"),
        ("aliases unfold the file too far", "write the values out"),
    ),
    "lines of another system": (
        says(b"project: {name: a}\r\nmodel: {name: m, version: '1', format: column}\r\ndata:\r\n  targett: price\r\n"),
        ("the key 'targett'", "dossier.yaml:4:3", "did you mean `target`?"),
    ),
    "another encoding": (says("project: {name: a}\n".encode("utf-16")), ("not UTF-8", "save the file as UTF-8")),
    "a mark of order": (says(b"\xef\xbb\xbfproject: {name: a, tittle: b}\n"), ("'tittle'", "dossier.yaml:1:20")),
    "a project in JSON": (says(b'{"project": {"name": "a"}, "model": 1, "data": {}}'), ("`model` should be",)),
    "another version of YAML": (says(b"%YAML 3.0\n---\nproject: 1\n"), ("another version of YAML", "%YAML")),
    "a page of the web": (says(b"<html><body>404</body></html>"), ("does not consist of keys and values",)),
    "a pointer to a large file": (
        says(b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"),
        ("does not consist of keys and values",),
    ),
    # Roles, segments, features.
    "an entity that is the time": (of_data("entity: date"), ("is the column 'date', which is the time already",)),
    "a feature twice": (of_data("features: [{name: cost}, {name: cost}]"), ("'cost' for the second time",)),
    "a feature that is not there": (of_data("features: [{name: kost}]"), ("column kost", "did you mean cost?")),
    "a range from back to front": (of_data("features: [{name: cost, low: 9, high: 1}]"), ("lies before `low`",)),
    "a sensitivity of its own": (
        of_data("features: [{name: cost, sensitivity: secret}]"),
        ("one of none, internal, confidential, personal",),
    ),
    "a quantile of zero": (of_data("segments: [{column: cost, quantiles: [0]}]"), ("is 0, which is no quantile",)),
    "a quantile of two": (of_data("segments: [{column: cost, quantiles: [2]}]"), ("is 2, which is no quantile",)),
    "quantiles that fall": (
        of_data("segments: [{column: cost, quantiles: [0.7, 0.2], tiers: [a, b, c]}]"),
        ("do not rise", "write [0.2, 0.7]"),
    ),
    "a quantile twice": (
        of_data("segments: [{column: cost, quantiles: [0.5, 0.5], tiers: [a, b, c]}]"),
        ("do not rise", "write [0.5]"),
    ),
    "too few tiers": (of_data("segments: [{column: cost, quantiles: [0.5], tiers: [a]}]"), ("make 2 tiers, 1 are",)),
    "a tier twice": (of_data("segments: [{column: cost, quantiles: [0.5], tiers: [a, a]}]"), ("name a tier twice",)),
    "a segment twice": (of_data("segments: [{column: city}, {column: brand, name: city}]"), ("for the second time",)),
    "a segment of nothing": (of_data("segments: [{column: town}]"), ("column town (segment) is missing",)),
    "a segment of the target": (of_data("segments: [{column: price}]"), ("is the target, which is not known when",)),
    "a limit of no segment": (
        declares("objectives", "critical_segments: [{segment: town, level: Graz, acceptable: 3}]"),
        ("'town', which `data.segments` does not declare",),
    ),
    # Rules, plans, tables of rows.
    "a rule of no metric": (sets("alerts", "{rules: [{id: a, metric: rmsee, red: 3}]}"), ("did you mean rmse?",)),
    "a rule without a limit": (sets("alerts", "{rules: [{id: a, metric: rmse}]}"), ("neither a yellow nor a red",)),
    "a rule of one feature": (
        sets("alerts", "{rules: [{id: a, metric: psi, feature: cost, red: 3}]}"),
        ("'feature' is not known", "did you mean `features`?"),
    ),
    "an id of two words": (sets("alerts", "{rules: [{id: a b, metric: rmse, red: 3}]}"), ("cannot stand in links",)),
    "a freeze from back to front": (
        sets("calendar", "{freezes: [{start: 2026-05-01, end: 2026-04-01}]}"),
        ("lies before `start`", "exchange the two"),
    ),
    "a month too many": (adds("calendar: {holidays: [2026-13-01]}\n"), ("no such day in the calendar",)),
    "a day with its hour": (adds("calendar: {holidays: [2026-03-01T10:00:00]}\n"), ("write 2026-03-01",)),
    "a day as a number": (declares("model", "released: 1767225600"), ("should be a date", "year-month-day")),
    "a delimiter of two signs": (of_data("csv: {delimiter: ';;'}"), ("';;', which is not one sign",)),
    "a delimiter that is a letter": (of_data("csv: {delimiter: a}"), ("'a', which is not one sign",)),
    "an encoding of another galaxy": (of_data("csv: {encoding: klingon}"), ("no known encoding", "such as utf-8")),
    "an encoding that is not the file's": (of_data("csv: {encoding: utf-16}"), ("not written in utf-16",)),
    "a marker that is a number": (of_data("missing_markers: [1]"), ('put it in quotes: "1"',)),
    "a file of somebody else": (
        of_data("production: ../../../../../../../../../../../../etc/passwd"),
        ("is it the right file", "the project names none"),
    ),
    # What a hand slips into.
    "nothing under a key": (
        says("project: {name: a}\nmodel: {name: m, version: '1', format: column}\ndata:\n"),
        ("`data` has no value", "write `data:` with a mapping"),
    ),
    "features without their kind": (of_data("features: [cost]"), ("should be a mapping", "the text 'cost'")),
    "a feature alone": (of_data("features: cost"), ("`- name: …`, its other keys below",)),
    "a metric alone": (sets("objectives", "{metrics: rmse}"), ("should be a list", "`- metric: …`, its other keys")),
    "features by name": (of_data("features: {cost: numeric}"), ("should be a list, but is a mapping", "`- name: …`")),
    "a column alone": (of_data("exclude: cost"), ("should be a list", "write [cost]")),
    "a colon without a blank": (
        says("project:{name: shop}\nmodel: {name: m, version: '1'}\n"),
        ("the key 'project:{name'", "write a blank behind the colon: `project: {name`"),
    ),
    "blanks of typesetting": (
        says("project:\n\u00a0\u00a0name: shop\nmodel: {name: m, version: '1'}\n"),
        ("write plain blanks before `name`, not U+00A0",),
    ),
    "a truth in words": (of_data("simulated: 'yes'"), ("should be true or false", "write true, without quotes")),
    "a truth in figures": (of_data("simulated: 1"), ("should be true or false, but is the number 1", "write true")),
    "a capital letter": (of_data("task: Regression"), ("the text 'Regression'", "did you mean regression?")),
    "a count with an exponent": (
        sets("privacy", "{small_cell: 1e3}"),
        ("the number 1e3", "write 1000, without quotes"),
    ),
    "figures set apart": (metric("metric: rmse, validation: '1_000'"), ("write 1000, without quotes",)),
    "a time for a number": (metric("metric: rmse, validation: '3:30'"), ("the text '3:30'", "in figures")),
    "a fraction": (metric("metric: rmse, validation: 1/2"), ("the text '1/2'", "in figures")),
    "percent of no share": (metric("metric: rmse, validation: 3%"), ("the text '3%'", "by a factor of 100")),
    "percent of a share": (sets("policies", "{unseen_share: 15%}"), ("the text '15%'", "write 0.15, without quotes")),
    "next to nothing": (metric("metric: rmse, validation: 1e-400"), ("is 0, but rmse is above 0",)),
    "half a window": (of_data("training: {start: 2026-01-01}"), ("`data.training.end` is missing", "write `end:`")),
    "the signs of another program": (of_data("time_format: '%Y-%m-%d'"), ("does not say where year", "MM/DD/YYYY")),
    "a file of another program": (says("[project]\nname = 'shop'\n"), ("not readable as YAML", "look at this line")),
    "a file of marks": (says("<?xml version='1.0'?><project/>"), ("does not consist of keys and values",)),
    "another file put in": (adds("x: !include other.yaml\n"), ("the tag `!include` is not read here",)),
    "a quote that stays open": (says('project: {name: "shop}\nmodel: {}\n'), ("a quote is opened and never closed",)),
    "a name twice in a line": (says("project: {name: shop, name: b}\n"), ("`name` stands here for the second time",)),
    "half a sign": (says(b"project: {name: a\xed\xa0\x80}\n"), ("not UTF-8", "dossier.yaml:1:18")),
    "a key of 100,000 letters": (adds("k" * 100_000 + ": 1\n"), ("a key without a colon",)),
    "10,000 keys": (adds("".join(f"k{n}: 1\n" for n in range(10_000))), ("'k11' is not", "9,988 more of the kind")),
    "a file of zeros": (says(b"\0" * 50), ("U+0000 cannot be printed", "more of the kind; --json lists them all")),
    "held-out rows that are production": (of_data("held_out: rows.csv"), ("the file of `data.production` too",)),
    "held-out rows at an address": (
        of_data("held_out: 'https://u:hunter2@h/x'"),
        ("`data.held_out` is an address that begins with https://",),
    ),
    "held-out rows nowhere": (of_data("held_out: rows2.csv"), ("`data.held_out` names", "there is a 'rows.csv'")),
    "a log at an address": (
        of_data("requests: {path: 'mysql://u:hunter2@h/x', time: t}"),
        ("`data.requests.path` is an address that begins with mysql://",),
    ),
    "a table at an address": (
        sets("risks", "{csv: 'https://u:hunter2@h/x'}"),
        ("the table 'https://…@h/x' does not exist", "try: name a file, as seen from"),
    ),
    "an address as scp writes it": (of_data("production: 'u:hunter2@h:/rows.csv'"), ("names '…@h:/rows.csv'",)),
    "settings of a driver": (of_data("production: 'host=h password=hunter2'"), ("names 'host=h password=…'",)),
}


def of(folder: Path, spoil: Spoil) -> World:
    world = World(folder=folder)
    world.folder.mkdir()
    spoil(world)
    world.save()
    return world


@pytest.mark.parametrize("name", MORE)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, name: str):
    spoil, said = MORE[name]
    world = of(tmp_path / "case", spoil)
    result = world.build()
    refused(world, result, *said)
    assert "hunter2" not in result.stderr and "root:" not in result.stderr


MEANT = ("<h1>", "<script>", "TODO", "xxxx", "{{ x }}")


def test_what_looks_like_a_placeholder_can_be_meant(tmp_path: Path):
    purpose, meant = f"Prices of {' and '.join(MEANT)}", ", ".join(f"'{text}'" for text in MEANT)
    world = of(
        tmp_path / "case",
        all_of(sets("context", f"{{purpose: '{purpose}'}}"), declares("project", f"meant: [{meant}]")),
    )
    assert load(world.folder).settings.context.purpose == purpose


NAMES = {
    "target": "<price>",
    "prediction": "<guess>",
    "acted_on": "<done>",
    "entity": "<TODO>",
    "positive": "<yes>",
    "negative": ["<no>", "xxxx"],
    "held_out": "<rows>.csv",
    "missing_in": [{"column": "<price>", "markers": ["<none>", "TBD"]}],
    "labels": {"path": "<labels>.csv", "key": "<id>"},
}


def test_names_and_values_of_a_table_are_no_placeholders(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.data.update({"task": "binary"} | NAMES)
    world.project["objectives"] = {}
    world.folder.mkdir()
    for name in ("<rows>.csv", "<labels>.csv"):
        (world.folder / name).write_text("a\n1\n")
    world.save()
    assert problems_of(world) == ()


# A hint that says what to write is followed, and what it was about is gone.

WRITE = re.compile(
    r"""did\ you\ mean\ `?([^`?]+?)`?\?
    |write\ (\[[^\]]*\]|[-+]?[0-9][0-9.e+-]*|[0-9]{4}-[0-9]{2}-[0-9]{2}|true|false)
     (?:,\ (?:without|or\ another).*|\ for\ .*)?
    |put\ it\ in\ quotes:\ (".*")""",
    re.VERBOSE,
)


def problems_of(world: World) -> tuple[Problem, ...]:
    try:
        load(world.folder)
    except InputError as error:
        return error.problems
    return ()


def followed(text: str, problem: Problem) -> str | None:
    """Return the project file with what a hint says in the place of what it is about; None for other hints."""
    said = WRITE.fullmatch(problem.hint)
    place = re.search(r"dossier\.yaml:(\d+):(\d+)$", problem.where)
    if not said or not place:
        return None
    line, column = int(place[1]) - 1, int(place[2]) - 1
    for token in yaml.parse(text):
        start: Any = token.start_mark
        if isinstance(token, yaml.ScalarEvent) and (start.line, start.column) == (line, column):
            end: Any = token.end_mark
            return f"{text[: start.index]}{next(filter(None, said.groups()))}{text[end.index :]}"
    return None


HINTED = {name: spoil for name, (spoil, _) in (PROJECT | MORE).items()}


@pytest.mark.parametrize("name", HINTED)
def test_following_a_hint_removes_what_it_is_about(tmp_path: Path, name: str):
    world = of(tmp_path / "case", HINTED[name])
    file = world.folder / "dossier.yaml"
    content = file.read_bytes()
    for problem in problems_of(world):
        try:
            mended = followed(content.decode(), problem)
        except (UnicodeDecodeError, yaml.YAMLError):
            return
        if mended is not None:
            file.write_text(mended)
            assert problem.what not in {one.what for one in problems_of(world)}, (problem, mended)


def test_many_hints_are_of_the_kind_that_is_followed(tmp_path: Path):
    found = 0
    for number, spoil in enumerate(HINTED.values()):
        world = of(tmp_path / str(number), spoil)
        content = (world.folder / "dossier.yaml").read_bytes().decode(errors="replace")
        for problem in problems_of(world):
            try:
                found += followed(content, problem) is not None
            except yaml.YAMLError:
                continue
    assert found >= 20
    assert len(MORE) >= 135
