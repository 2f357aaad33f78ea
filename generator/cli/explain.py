"""`dossier explain`: a bundle and the id of a fact → where the number comes from and who relies on it."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli.options import AsJson, BundlePath
from generator.cli.report import plain_text, reported
from generator.records.named import results_file

if TYPE_CHECKING:
    from generator.bundle.explain import Explanation

WIDTH, NOTHING = 11, "nothing"
RESTING = ("findings", "gates", "triggers")


def explain(
    bundle: BundlePath,
    fact: Annotated[str, typer.Argument(metavar="FACT_ID", help="Such as performance.rmse.production.")],
    as_json: AsJson = False,
) -> None:
    """Tell where a number comes from, and who prints it.

    Also what rests on it: findings, gates, alerts and triggers.
    """
    with reported(as_json):
        results_file(bundle)
        from generator import pipeline

        told = pipeline.explain(bundle, fact)
        typer.echo(json.dumps(_plain(told), indent=2, allow_nan=False) if as_json else plain_text(_lines(told)))


def _plain(told: "Explanation") -> dict[str, Any]:
    fact = told.fact
    keys = ("id", "label", "value", "unit", "low", "high", "n", "origin", "method", "source", "reason")
    plain = {key: getattr(fact, key) for key in keys}
    plain |= {"range": fact.range.kind, "level": fact.range.level}
    plain["value"] = fact.value.isoformat() if isinstance(fact.value, date) else fact.value
    plain["documents"] = [
        {"id": each.document, "title": each.title, "places": list(each.places)} for each in told.mentions
    ]
    resting = {kind: [each.id for each in getattr(told, kind)] for kind in RESTING}
    return plain | resting | {"alerts": list(dict.fromkeys(id for id, _ in told.alerts))}


def _lines(told: "Explanation") -> Iterator[str]:
    yield told.fact.id
    for word, text in _rows(told):
        yield f"  {word:<{WIDTH}} {text}"


def _rows(told: "Explanation") -> Iterator[tuple[str, str]]:
    yield from _provenance(told)
    yield from _listed("printed in", (f"{each.document}: {', '.join(each.places)}" for each in told.mentions))
    yield from _decided(told)


def _provenance(told: "Explanation") -> Iterator[tuple[str, str]]:
    from generator.records.notation import write, write_range

    fact = told.fact
    yield "value", write(fact, currency=told.currency)
    rows = (
        ("meaning", fact.label),
        ("unit", fact.unit),
        ("range", write_range(fact, currency=told.currency, whole=True)),
        ("n", "" if fact.n is None else f"{fact.n:,}"),
        ("method", fact.method),
        ("source", fact.source),
        ("origin", fact.origin),
    )
    yield from ((word, text) for word, text in rows if text)


def _decided(told: "Explanation") -> Iterator[tuple[str, str]]:
    from generator.records.notation import spell

    texts: list[str] = []
    for finding in told.findings:
        texts.append(f"finding {finding.id} ({finding.severity}): {spell(finding.words, currency=told.currency)}")
    texts += [f"gate {gate.id}: {gate.verdict}" for gate in told.gates]
    texts += [f"alert {id}: {level}" for id, level in told.alerts]
    texts += [f"{trigger.kind} trigger {trigger.id}" for trigger in told.triggers]
    yield from _listed("rests on it", texts)


def _listed(word: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the texts one a line, the word before the first of them alone."""
    found = list(texts) or [NOTHING]
    yield from zip([word, *[""] * (len(found) - 1)], found, strict=True)
