"""Odd input that means something: a correct bundle, and what cannot be computed says so."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from lxml import html
from markdown_it import MarkdownIt

from tests.hostile.spoil import all_of, declares, profiled
from tests.hostile.world import World, accepted
from tests.measure.frames import rows

Spoil = Callable[[World], None]
Check = Callable[[World], None]
SCRIPT = "<script>alert(1)</script>|[x](javascript:1)"
NAMES = {
    "cost": 'a "quoted" | cost',
    "rating": "rating\nof two lines",
    "clicks": "Klicks·½ 数 🛒",
    "weight": "<b>weight</b>.per/unit % ~`x`",
}


def id_of(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E").replace("~", "%7E")


def unchanged(world: World) -> None:
    pass


def constant(world: World) -> None:
    world.both(lambda table: table.assign(weight=3.0))


def constant_in_training(world: World) -> None:
    world.training = world.training.assign(weight=3.0)


def constant_target(world: World) -> None:
    world.production = world.production.assign(price=20.0)


def perfect(world: World) -> None:
    world.production = world.production.assign(guess=world.production["price"])


def nearly_nothing(world: World) -> None:
    world.both(lambda table: table.assign(**{name: table[name] * 1e-150 for name in ("price", "guess", "old")}))


def no_objectives(world: World) -> None:
    del world.project["objectives"]
    world.data["target_unit"] = "money"


def many_entities(world: World) -> None:
    world.training = rows(days=1, entities=900)


def all_missing(world: World) -> None:
    world.production = world.production.assign(rating=np.nan, brand=None)


def all_missing_everywhere(world: World) -> None:
    world.both(lambda table: table.assign(rating=np.nan))


def no_labels(world: World) -> None:
    world.production = world.production.assign(price=np.nan)


def one_row(world: World) -> None:
    world.production = world.production.head(1)


def two_rows(world: World) -> None:
    world.production = world.production.head(2)


def four_rows(world: World) -> None:
    world.production = world.production.head(4)


def five_rows(world: World) -> None:
    world.production = world.production.head(5)


def one_row_each(world: World) -> None:
    world.both(lambda table: table.head(1))


def one_day(world: World) -> None:
    world.production = world.production[world.production["date"] == world.production["date"].min()]


def doubled(world: World) -> None:
    world.production = pd.concat([world.production, world.production.head(30)])


def no_reference(world: World) -> None:
    del world.data["reference"]


def scripted(world: World) -> None:
    world.both(lambda table: table.assign(city=table["city"].replace("Graz", SCRIPT)))
    world.production["brand"] = world.production["brand"].replace("a", f"new {SCRIPT}")


def strange_names(world: World) -> None:
    world.both(lambda table: table.rename(columns=NAMES))
    world.data["segments"] = [{"column": "city"}]


def huge_everywhere(world: World) -> None:
    world.both(lambda table: table.assign(weight=table["weight"] * 1e48))


def tiny_everywhere(world: World) -> None:
    world.both(lambda table: table.assign(weight=table["weight"] * 1e-48))


def endless(world: World) -> None:
    world.production["weight"] = world.production["weight"].where(world.production.index % 10 != 0, math.inf)
    world.production["cost"] = world.production["cost"].where(world.production.index % 10 != 1, -math.inf)


def not_a_number(world: World) -> None:
    world.production["weight"] = world.production["weight"].astype(object)
    world.production.loc[world.production.index[::10], "weight"] = "NaN"


def negative_zero(world: World) -> None:
    world.both(lambda table: table.assign(clicks=np.where(table["clicks"] == 0, -0.0, table["clicks"])))


def dated(form: str) -> Spoil:
    def spoil(world: World) -> None:
        days = {old: form.format(at + 1) for at, old in enumerate(sorted(world.production["date"].unique()))}
        world.production["date"] = world.production["date"].map(days)

    return spoil


def an_endless_date(world: World) -> None:
    world.production.loc[world.production.index[:3], "date"] = "infinity"


def some_dates_missing(world: World) -> None:
    world.production.loc[world.production.index[:20], "date"] = None


def byte_order_mark(world: World) -> None:
    world.content = b"\xef\xbb\xbf" + world.production.to_csv(index=False).encode()


def semicolons(world: World) -> None:
    world.content = world.production.to_csv(index=False, sep=";").encode()


def tabs(world: World) -> None:
    world.content = world.production.to_csv(index=False, sep="\t").encode()


def line_feeds(world: World) -> None:
    world.content = world.production.to_csv(index=False, lineterminator="\r\n").encode()


def private_signs(world: World) -> None:
    world.both(lambda table: table.assign(city=table["city"].replace("Graz", "a\ue0001\ue001b")))


def long_level(world: World) -> None:
    world.both(lambda table: table.assign(city=table["city"].replace("Graz", "x" * 3000)))


def many_levels(world: World) -> None:
    world.both(lambda table: table.assign(brand=[f"b{i}" for i in range(len(table))]))


def reserved_level(world: World) -> None:
    world.both(lambda table: table.assign(city=table["city"].replace({"Graz": "(missing)", "Lviv": "(unseen)"})))


def only_categories(world: World) -> None:
    world.both(lambda table: table.drop(columns=list(NAMES)))
    world.data["segments"] = [{"column": "city"}]


def no_features(world: World) -> None:
    world.both(lambda table: table[["date", "item", "price", "guess", "old"]])
    world.data["segments"] = []


def no_time(world: World) -> None:
    del world.data["time"]
    world.project["model"]["released"] = "2026-01-31"


def no_entity(world: World) -> None:
    del world.data["entity"]


def says_why(*ids: str) -> Check:
    def check(world: World) -> None:
        facts = world.results()["facts"]
        for id in ids:
            assert facts[id]["value"] is None, (id, facts[id])
            assert facts[id]["reason"], id

    return check


def same_error(world: World) -> None:
    table = world.production
    expected = math.sqrt(((table["guess"] - table["price"]) ** 2).mean())
    assert world.value("performance.rmse.production") == pytest.approx(expected)


def too_few_to_tell(world: World) -> None:
    """Nothing that so few rows gave is told: how many there are is, and why the rest is not."""
    facts = world.results()["facts"]
    assert facts["data.production.rows"]["value"] == len(world.production) < 5
    for id in ("performance.rmse.production", "performance.mae.production", "errors.p50"):
        assert facts[id]["value"] is facts[id]["low"] is facts[id]["high"] is None, (id, facts[id])
        assert facts[id]["reason"] == "it stands on fewer than 5 rows or days (dossier.yaml: privacy.small_cell)"
    error = math.sqrt(((world.production["guess"] - world.production["price"]) ** 2).mean())
    told = [fact["value"] for fact in facts.values() if isinstance(fact["value"], float)]
    assert not [value for value in told if value == pytest.approx(error)]


def duplicates_counted(world: World) -> None:
    assert world.value("data.production.duplicates") == 30


def named_as_given(world: World) -> None:
    facts = world.results()["facts"]
    for name in NAMES.values():
        assert f"drift.{id_of(name)}.psi" in facts, name


def nan_is_missing(world: World) -> None:
    count = int((world.production.index % 10 == 0).sum())
    assert world.value("missing.weight.production") == pytest.approx(count / len(world.production))


def infinite_is_told(world: World) -> None:
    same_error(world)
    assert world.value("missing.weight.production") == 0.0
    assert world.value("data.production.infinite_inputs") == int((world.production.index % 10 == 0).sum())
    told = [one["id"] for one in world.results()["findings"] if one["id"].startswith("left_out.")]
    assert told == ["left_out.infinite_inputs"]


def escaped(world: World) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for text in world.documents().values():
        page = html.document_fromstring(parser.render(text))
        assert not page.xpath("//script")
        assert not page.xpath("//a[starts-with(@href, 'javascript')]")


def of_year(year: int) -> Check:
    def check(world: World) -> None:
        assert world.results()["as_of"].startswith(str(year))
        same_error(world)

    return check


CASES: dict[str, tuple[Spoil, Check]] = {
    "nothing": (unchanged, same_error),
    "a constant column": (constant, says_why("drift.weight.smd")),
    "a column constant in training": (constant_in_training, says_why("drift.weight.smd")),
    "a constant target": (constant_target, says_why("performance.r2.production")),
    "a model without errors": (perfect, same_error),
    "an error that costs and is none": (
        all_of(perfect, declares("business", "loss_per_unit_error: 2")),
        says_why("retraining.decay.money"),
    ),
    "errors too small to square": (nearly_nothing, unchanged),
    "a target in money without objectives": (no_objectives, says_why("performance.rmse.acceptable")),
    "statistics of many entities out of sample": (
        all_of(many_entities, profiled(reference_is="held_out")),
        same_error,
    ),
    "columns without values": (all_missing, says_why("drift.rating.smd")),
    "a column without values anywhere": (all_missing_everywhere, unchanged),
    "no labels": (no_labels, says_why("performance.rmse.production")),
    "one row": (one_row, too_few_to_tell),
    "two rows": (two_rows, too_few_to_tell),
    "four rows": (four_rows, too_few_to_tell),
    "five rows": (five_rows, same_error),
    "one row each": (one_row_each, too_few_to_tell),
    "one day": (one_day, same_error),
    "doubled rows": (doubled, duplicates_counted),
    "no reference": (no_reference, says_why("drift.weight.psi")),
    "a category that is a script": (scripted, escaped),
    "names with signs": (strange_names, named_as_given),
    "huge numbers everywhere": (huge_everywhere, same_error),
    "tiny numbers everywhere": (tiny_everywhere, same_error),
    "infinities": (endless, infinite_is_told),
    "NaN as text": (not_a_number, nan_is_missing),
    "negative zero": (negative_zero, same_error),
    "the far future": (dated("9990-12-{:02}"), of_year(9990)),
    "long ago": (dated("1970-01-{:02}"), of_year(1970)),
    "an endless date": (an_endless_date, same_error),
    "missing dates": (some_dates_missing, same_error),
    "a byte order mark": (byte_order_mark, same_error),
    "semicolons": (semicolons, same_error),
    "tabs": (tabs, same_error),
    "CRLF": (line_feeds, same_error),
    "signs of the program's own": (private_signs, same_error),
    "a level of three thousand letters": (long_level, same_error),
    "a level a row": (many_levels, same_error),
    "levels with reserved names": (reserved_level, same_error),
    "categories only": (only_categories, same_error),
    "no features": (no_features, same_error),
    "no time": (no_time, same_error),
    "no entity": (no_entity, same_error),
}


@pytest.mark.parametrize("name", CASES)
def test_odd_input_makes_a_correct_bundle(tmp_path: Path, name: str):
    spoil, check = CASES[name]
    world = World(folder=tmp_path / "case")
    spoil(world)
    accepted(world, world.build())
    check(world)


def test_a_scripted_category_is_harmless_in_every_format(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    scripted(world)
    world.project["project"]["title"] = 'A & B\'s "prices" | _now_ <&> [x](javascript:1)'
    result = world.build("--all")
    accepted(world, result)
    escaped(world)
    for name in ("monitoring", "executive-summary", "appendix", "index"):
        page = html.document_fromstring((world.output / f"{name}.html").read_text())
        assert not [
            mark for mark in page.xpath("//script[not(@type='application/json')]") if "alert" in (mark.text or "")
        ]
        assert not page.xpath("//a[starts-with(@href, 'javascript')]")
        assert (world.output / f"{name}.html").read_text().count("<script>alert") == 0
    page = html.document_fromstring((world.output / "appendix.html").read_text())
    assert SCRIPT in "".join(page.find(".//main").itertext()).replace("\u200b", "")
    for file in (world.output / "figures").glob("*.svg"):
        assert "<script" not in file.read_text()


def test_strange_names_are_shown_as_they_are(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    strange_names(world)
    accepted(world, world.build("--format", "md", "--format", "html", "--document", "feature-requirements"))
    named_as_given(world)
    page = html.document_fromstring((world.output / "feature-requirements.html").read_text())
    shown = "".join(page.find(".//main").itertext()).replace("\u200b", "")
    for name in ('a "quoted" | cost', "Klicks·½ 数 🛒", "<b>weight</b>.per/unit % ~`x`"):
        assert name in shown, name


def test_parquet_is_as_good(tmp_path: Path):
    world = World(folder=tmp_path / "case")
    world.data["production"] = "rows.parquet"
    world.save()
    world.production.to_parquet(world.folder / "rows.parquet")
    accepted(world, world.build())
    same_error(world)


def test_the_whole_with_one_row(tmp_path: Path):
    """All five documents of next to nothing."""
    world = World(folder=tmp_path / "case")
    one_row(world)
    no_reference(world)
    accepted(world, world.build("--format", "md"))
    facts: dict[str, Any] = world.results()["facts"]
    assert facts["performance.rmse.production"]["low"] is None
