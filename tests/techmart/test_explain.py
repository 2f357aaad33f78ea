"""`dossier explain` agrees with what stands in the documents of the bundle."""

from pathlib import Path

from generator import pipeline


def test_the_documents_that_list_a_fact_as_evidence_print_it(bundle: Path):
    id = "performance.rmse.production"
    named = {path.stem for path in bundle.glob("*.md") if f"`{id}`" in path.read_text(encoding="utf-8")}
    told = pipeline.explain(bundle, id)
    assert told.mentions
    assert {mention.document for mention in told.mentions} >= named
    assert named
