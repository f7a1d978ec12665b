"""The lowest releases that are allowed are tried: which they are, and that nothing else is called the lowest."""

import tomllib

import pytest

from . import lowest
from .locks import ROOT, RUNTIME, read_lock

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_dependency_of_the_server_has_a_lower_bound_that_the_lock_keeps() -> None:
    bounds = lowest.bounds(PROJECT)
    assert len(bounds) == len(lowest.dependencies(PROJECT))
    assert {"aiohttp", "psycopg"} <= bounds.keys()
    lock = read_lock(RUNTIME)
    below = {
        name
        for name, bound in bounds.items()
        if [int(part) for part in lock[name].version.split(".")] < [int(part) for part in bound.split(".")]
    }
    assert below == set()


def test_a_dependency_without_a_lower_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="aiohttp<4 has no lower bound"):
        lowest.bounds({"project": {"dependencies": ["aiohttp<4"]}})


def test_what_only_the_tests_need_is_what_is_locked() -> None:
    pins = set(lowest.pins(PROJECT))
    lock = read_lock(ROOT / "requirements-dev.lock")
    assert {f"{name}=={lock[name].version}" for name in ("pytest", "standardwebhooks")} <= pins
    assert not {pin.partition("==")[0] for pin in pins} & lowest.bounds(PROJECT).keys()


@pytest.mark.parametrize(
    ("installed", "bound", "holds"),
    [
        ("8.4.0", "8.4", True),
        ("0.7.1", "0.7", True),
        ("3.1.6", "3.1.6", True),
        ("8.40.0", "8.4", False),
        ("8.5.0", "8.4", False),
        ("3.1.60", "3.1.6", False),
    ],
)
def test_the_lowest_is_the_bound_or_its_first_correction(installed: str, bound: str, holds: bool) -> None:
    assert lowest.is_lowest(installed, bound) is holds
