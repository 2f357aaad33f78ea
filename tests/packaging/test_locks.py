"""The two locks: complete without resolving, hashed, with extras, and of one mind about versions."""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_TIME, DEVELOPMENT, LOWEST = "requirements.lock", "requirements-dev.lock", "tests/packaging/lowest.lock"


def entries(lock: str) -> list[str]:
    """Each requirement of a lock, a text with its hashes."""
    return (ROOT / lock).read_text().replace("\\\n", " ").splitlines()


def pins(lock: str) -> dict[str, Requirement]:
    """What a lock installs here, by name."""
    found = [Requirement(entry.partition(" --hash")[0]) for entry in entries(lock)]
    return {canonicalize_name(pin.name): pin for pin in found if pin.marker is None or pin.marker.evaluate()}


def group(name: str) -> Iterator[Requirement]:
    """The requirements of a dependency group with those it includes."""
    for item in PROJECT["dependency-groups"][name]:
        yield from group(item["include-group"]) if isinstance(item, dict) else [Requirement(item)]


def wanted(roots: Iterable[Requirement]) -> Iterator[Requirement]:
    """Everything the roots require here, themselves included, with the extras they ask for."""
    seen = set()
    waiting = list(roots)
    while waiting:
        requirement = waiting.pop()
        yield requirement
        for extra in ("", *sorted(requirement.extras)):
            if (key := (canonicalize_name(requirement.name), extra)) not in seen:
                seen.add(key)
                of_it = map(Requirement, requires(requirement.name) or [])
                waiting += [one for one in of_it if one.marker is None or one.marker.evaluate({"extra": extra})]


@pytest.mark.parametrize("lock", [RUN_TIME, DEVELOPMENT, LOWEST])
def test_every_requirement_is_exact_and_has_a_hash(lock: str):
    assert entries(lock)
    assert [entry for entry in entries(lock) if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("lock", "groups"), [(RUN_TIME, ["build"]), (DEVELOPMENT, ["dev"])])
def test_a_lock_holds_all_that_is_required_with_its_extras(lock: str, groups: list[str]):
    locked = pins(lock)
    roots = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    roots += [requirement for name in groups for requirement in group(name)]
    for requirement in wanted(roots):
        pin = locked[canonicalize_name(requirement.name)]
        assert requirement.extras <= pin.extras, f"{lock} strips {requirement}"
        assert all(requirement.specifier.contains(exact.version, prereleases=True) for exact in pin.specifier)


def test_development_runs_on_what_users_run_on():
    assert set(entries(RUN_TIME)) <= set(entries(DEVELOPMENT))


APART = {"catboost"}
"""What `make models` installs into an environment of its own, as its users do: it brings 270 MB."""


def test_what_only_some_projects_need_is_for_their_tests_and_not_installed_to_see_the_program():
    optional = [Requirement(text) for texts in PROJECT["project"]["optional-dependencies"].values() for text in texts]
    assert optional
    assert [one.name for one in optional if canonicalize_name(one.name) in pins(RUN_TIME)] == []
    assert {one.name for one in optional if canonicalize_name(one.name) not in pins(DEVELOPMENT)} == APART


def test_the_tests_install_with_a_newer_pip_than_old_pythons_bring():
    assert not pins(DEVELOPMENT)["pip"].specifier.contains("23.2.1")


def test_the_lowest_versions_that_are_declared_are_those_that_are_tested():
    lowest = pins(LOWEST)
    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        (pin,), (bound,) = lowest[canonicalize_name(requirement.name)].specifier, requirement.specifier
        assert Version(pin.version) in requirement.specifier
        assert Version(pin.version).release[:2] == (*Version(bound.version).release, 0)[:2], f"{requirement}: {pin}"
