"""The bundles of the worked cases in Markdown and as pages, each made once in a run."""

from pathlib import Path

import pytest

from tests.bundles import in_markdown, once, whole

CASES = ("churn", "leadscore", "techmart")


@pytest.fixture(scope="session", params=CASES)
def bundle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "techmart":
        return whole(tmp_path_factory, request.param)
    return in_markdown(tmp_path_factory, request.param)


@pytest.fixture(scope="session")
def texts(bundle: Path) -> dict[str, str]:
    """The documents of a case, by id."""
    return {path.stem: path.read_text() for path in sorted(bundle.glob("*.md"))}


@pytest.fixture(scope="session")
def printed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a case's PDFs."""
    if (bundle / "appendix.pdf").exists():
        return bundle
    return once(tmp_path_factory, f"{bundle.name}-pages", "render", bundle, "--format", "pdf", "--quiet")
