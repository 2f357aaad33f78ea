"""Every third-party package has its place, and what is imported is declared."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, Import, imports, imports_of, is_third_party, modules

# Package: where in generator/ it may be imported. `pyproject.toml` holds the boundaries of generator/README.md as
# import contracts; this table knows every package, so that a new one is given its place on purpose.
PLACES: dict[str, tuple[str, ...]] = {
    "adbc_driver_postgresql": ("engines",),
    "catboost": ("scorer",),
    "deltalake": ("engines",),
    "duckdb": ("engines",),
    "fontTools": ("render",),
    "font_source_sans_pro": ("render", "figures"),
    "grafana_foundation_sdk": ("export",),
    "holidays": ("records",),
    "jinja2": ("compose", "render"),
    "lightgbm": ("scorer",),
    "markdown": ("compose", "render"),
    "markupsafe": ("compose", "render"),
    "matplotlib": ("figures", "pictures"),
    "mlflow": ("scorer",),
    "numpy": (
        "load",
        "measure",
        "estimates",
        "subjects",
        "pictures",
        "engines",
        "scorer",
        "scoring",
        "figures",
        "stats",
        "records",
    ),
    "onnx": ("scorer",),
    "onnxruntime": ("scorer",),
    "pandas": ("load", "measure", "engines", "scorer"),
    "pikepdf": ("render",),
    "pyarrow": ("load", "measure", "engines", "scoring"),
    "pydantic": ("load",),
    "pydantic_core": ("load",),
    "rdata": ("scorer",),
    "rich": ("cli",),
    "scipy": ("stats", "measure", "scorer"),
    "sklearn": ("stats", "scorer"),
    "joblib": ("scorer",),
    "pyhanko": ("follow",),
    "pyhanko_certvalidator": ("follow",),
    "asn1crypto": ("follow",),
    "python_calamine": ("engines",),
    "skops": ("scorer",),
    "threadpoolctl": ("measure", "records"),
    "torch": ("scorer",),
    "typer": ("cli",),
    "weasyprint": ("render",),
    "xgboost": ("scorer",),
    "yaml": ("load", "export", "scoring"),
}

# Package: its distribution, where the two names differ or the one comes with the other.
DISTRIBUTIONS = {
    "adbc_driver_postgresql": "adbc-driver-postgresql",
    "fontTools": "weasyprint",
    "font_source_sans_pro": "font-source-sans-pro",
    "grafana_foundation_sdk": "grafana-foundation-sdk",
    "markupsafe": "jinja2",
    "asn1crypto": "pyhanko",
    "pydantic_core": "pydantic",
    "pyhanko_certvalidator": "pyhanko",
    "python_calamine": "python-calamine",
    "sklearn": "scikit-learn",
    "xgboost": "xgboost-cpu",
    "yaml": "pyyaml",
}

ELSEWHERE = {"mlflow", "torch"}
"""Imported by the scorer alone, in the environment of a model that brings it along."""


def place(path: Path) -> str:
    """Return the folder or file of generator/ that a module lies in: `render`, `cli`; `pictures` where a room draws."""
    if path.stem.startswith("draw_"):
        return "pictures"
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FOUND = [
    (place(path), found.module.partition(".")[0], f"{path.relative_to(ROOT)}:{found.line}")
    for path in modules()
    for found in imports_of(path)
    if is_third_party(found.module)
]


def test_every_third_party_import_has_its_place():
    misplaced = {
        f"{where} imports {package}; its place is {' or '.join(PLACES.get(package, ('not named yet',)))}"
        for folder, package, where in FOUND
        if folder not in PLACES.get(package, ())
    }
    assert not misplaced, "\n".join(sorted(misplaced))


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [requirement for group in project["optional-dependencies"].values() for requirement in group]
    declared = {each.partition(">")[0].partition("=")[0] for each in (*project["dependencies"], *extras)}
    imported = {DISTRIBUTIONS.get(package, package) for _, package, _ in FOUND}
    assert imported - declared == ELSEWHERE, "imported, but not declared in pyproject.toml"
    assert declared <= imported, "declared in pyproject.toml, but imported nowhere"


def test_every_named_distribution_has_its_place():
    assert set(DISTRIBUTIONS) <= set(PLACES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import os.path", "os.path"),
        ("from a.b import c", "a.b"),
        ("from a.b import c", "a.b.c"),
        ("def f():\n    import hidden", "hidden"),
        ("if TYPE_CHECKING:\n    import typed", "typed"),
        ("importlib.import_module('dynamic')", "dynamic"),
        ("import_module('dynamic.sub')", "dynamic.sub"),
        ("__import__('old')", "old"),
        ("files('resources')", "resources"),
        ("from . import sibling", "generator.stage.sibling"),
        ("from ..errors import E", "generator.errors"),
    ],
)
def test_an_import_is_seen(text: str, expected: str):
    assert expected in {found.module for found in imports(ast.parse(text), "generator.stage.module", False)}


def test_a_package_resolves_its_relative_imports():
    found = list(imports(ast.parse("from . import child"), "generator.stage", True))
    assert Import("generator.stage.child", 1) in found
