"""Companions that a project leaves out: not made, told so where documents name them, and nothing else is lost."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from generator import pipeline
from generator.bundle.results import read_results, write_results
from generator.catalog import CATALOG
from generator.cli.contents import contents
from generator.compose import compose_all
from generator.errors import InputError
from generator.export import export, told_apart
from generator.records.presentation import Presentation
from generator.records.results import Results
from tests.bundles import in_markdown
from tests.worlds.axes import World
from tests.worlds.world import project, silent


@pytest.fixture
def techmart(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return read_results((in_markdown(tmp_path_factory, "techmart") / "results.json").read_bytes())


def left_out(results: Results, *ids: str) -> Results:
    """Return the results of a project that leaves these out, as `results.json` keeps them."""
    shown = Presentation(without=dict.fromkeys(ids, ""))
    return read_results(write_results(told_apart(replace(results, presentation=shown), CATALOG.companions)))


def test_every_companion_can_be_left_out_by_the_name_that_is_listed(techmart: Results) -> None:
    every = {artifact.path for artifact in export(techmart, CATALOG.companions)}
    assert len(every) >= 8
    for id, _ in contents()["companions"]:
        results = left_out(techmart, id)
        (gone,) = results.presentation.without.values()
        assert {artifact.path for artifact in export(results, CATALOG.companions)} == every - {gone}


def test_documents_say_that_it_is_not_there(techmart: Results) -> None:
    results = left_out(techmart, "queries", "prometheus")
    (document,) = compose_all(results, CATALOG.documents, CATALOG.figures, ["monitoring"])
    targets = {getattr(node, "target", "") for node in document.nodes.values()}
    assert "prometheus/tests.yml" in targets
    assert not targets & {"queries.sql", "prometheus/rules.yml"}
    assert (
        "prometheus/rules.yml (left out by the team)" in " ".join(map(str, document.nodes.values())) + document.source
    )


def test_a_name_that_is_none_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    source = project(World(seed=3))
    for each in source.iterdir():
        (tmp_path / each.name).symlink_to(each)
    plain = yaml.safe_load((source / "dossier.yaml").read_text()) | {"documents": {"without": ["promtheus"]}}
    (tmp_path / "dossier.yaml").unlink()
    (tmp_path / "dossier.yaml").write_text(yaml.safe_dump(plain))
    with pytest.raises(InputError, match="there is no companion 'promtheus'") as refused:
        pipeline.judge(tmp_path, CATALOG, None, silent)
    assert "prometheus" in refused.value.problems[0].hint
