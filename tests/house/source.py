"""What the house tests read: the modules of the package, their syntax trees and their imports."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "generator"

IMPORTING_CALLS = ("import_module", "__import__", "files")
"""Functions that import the module whose name they are handed; `files` is that of importlib.resources."""


@dataclass(frozen=True)
class Import:
    """One imported module, by its full name, and the line that imports it."""

    module: str
    line: int


@functools.cache
def modules() -> tuple[Path, ...]:
    """Return the modules of the package, in order."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(path: Path, root: Path = ROOT) -> str:
    """Return the import name of a module's file."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: ast.Module, module: str, is_package: bool) -> Iterator[Import]:
    """Yield what a module imports: at its top, inside functions, and through importlib with a constant name.

    `from a import b` yields both `a` and `a.b`, since `b` may be a module.
    """
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = absolute(node, module, is_package)
            yield Import(origin, node.lineno)
            yield from (Import(f"{origin}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in IMPORTING_CALLS:
            yield from (
                Import(argument.value, node.lineno)
                for argument in node.args[:1]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """Return the full name of the module that a `from` import names, relative or not."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    base = parts[: len(parts) - node.level + is_package]
    return ".".join([*base, *([node.module] if node.module else [])])


def called(node: ast.Call) -> str:
    """Return the last name of what is called: `import_module` of `importlib.import_module(…)`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def imports_of(path: Path) -> Iterator[Import]:
    """Yield what a module of the package imports."""
    return imports(tree(path), dotted(path), path.name == "__init__.py")


def is_third_party(module: str) -> bool:
    """Say whether a module is neither Python's nor ours."""
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names and top not in ("generator", "tests")


@functools.cache
def committed_files() -> tuple[Path, ...]:
    """Return the files that are in git or about to be; empty outside a checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else []
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())
