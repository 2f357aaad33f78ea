"""Records become JSON and come back; what does not fit is named by its place."""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from generator.records.fact import Fact
from generator.results.codec import Decoder, Misfit, encoded

FACTS = {id: Fact(id=id, value=1.0) for id in ("a", "b")}
DAY = datetime.date(2026, 3, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    metric: str
    level: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    fact: Fact
    day: datetime.date
    kind: Literal["good", "bad"]
    share: float
    names: tuple[str, ...]
    by_key: Mapping[Key, Fact]
    by_name: Mapping[str, int]
    either: Key | Gone | None
    words: tuple[str | Fact, ...]
    sure: bool = False


FOUND = Found(
    fact=FACTS["a"],
    day=DAY,
    kind="good",
    share=0.25,
    names=("x", "y"),
    by_key={Key(metric="m"): FACTS["a"], Key(metric="m", level="l"): FACTS["b"]},
    by_name={"one": 1},
    either=Gone(reason="none"),
    words=("it is ", FACTS["b"]),
)


def read(content: Any) -> Any:
    return Decoder(lambda ref: FACTS[ref["fact"]]).read(Found, content)


def written(**changes: Any) -> Any:
    whole = json.loads(json.dumps(encoded(FOUND, lambda fact: {"fact": fact.id})))
    return {key: value for key, value in (whole | changes).items() if value is not ...}


def test_what_is_written_is_read_back() -> None:
    assert read(written()) == FOUND
    assert read(written(either=None)).either is None
    assert read(written(either={"metric": "m"})).either == Key(metric="m")


def test_a_field_at_its_default_may_be_left_out() -> None:
    assert read(written(sure=...)) == FOUND


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "soon"}, r"^\.day: 'soon' is not a day"),
        ({"kind": "odd"}, r"^\.kind: 'odd' is not one of good, bad"),
        ({"share": "1"}, r"^\.share: '1' is not float"),
        ({"share": True}, r"^\.share: True is not float"),
        ({"names": ["x", 1]}, r"^\.names\[1\]: 1 is not str"),
        ({"by_name": {"one": 1.5}}, r"^\.by_name\[one\]: 1.5 is not int"),
        ({"either": {"level": "l", "reason": "r"}}, r"^\.either: 0 of Key, Gone"),
        ({"more": 1}, r"^: not the fields of Found"),
        ({"share": ...}, r"^: not the fields of Found: .*share"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Misfit, match=said):
        read(written(**changes))
