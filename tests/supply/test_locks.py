"""Nothing is installed that is not in a lock, with the hashes of its files."""

import re
import tomllib
from pathlib import Path

import pytest

from .locks import LOCKS, ROOT, RUNTIME, normal, read_lock
from .lowest import dependencies

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
# Never installed alone, so it is in the lock of the group that includes it.
INCLUDED = {"sdks": "dev"}


def _wanted(requirements: list) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", each) for each in requirements if isinstance(each, str))
    return {normal(match[0]) for match in names if match}


def test_there_is_a_lock_for_what_runs_and_for_every_group() -> None:
    alone = GROUPS.keys() - INCLUDED.keys()
    assert {path.name for path in LOCKS} == {"requirements.lock", *(f"requirements-{name}.lock" for name in alone)}
    assert all({"include-group": name} in GROUPS[group] for name, group in INCLUDED.items())


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_release_has_the_hashes_of_its_files_and_comes_from_nowhere_else(path: Path) -> None:
    """`read_lock` lets no other line through: no address, no other file, no index."""
    pins = read_lock(path)
    assert len(pins) > 4
    assert {name for name, pin in pins.items() if not pin.hashes} == set()


def test_what_has_native_code_has_files_for_many_platforms() -> None:
    lock = read_lock(RUNTIME)
    native = (
        "aiohttp",
        "cffi",
        "charset-normalizer",
        "cryptography",
        "frozenlist",
        "markupsafe",
        "msgspec",
        "multidict",
        "propcache",
        "psycopg-binary",
        "uvloop",
        "yarl",
    )
    assert {name for name in native if len(lock[name].hashes) < 20} == set()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    assert _wanted(dependencies(PROJECT)) <= read_lock(RUNTIME).keys()
    for name, requirements in GROUPS.items():
        lock = ROOT / f"requirements-{INCLUDED.get(name, name)}.lock"
        assert _wanted(requirements) <= read_lock(lock).keys()


def test_the_tests_run_with_the_very_releases_that_the_server_has() -> None:
    assert _differing(RUNTIME, ROOT / "requirements-dev.lock") == []


def test_what_builds_the_wheel_is_one_release_everywhere() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert [backend] == GROUPS["build"]
    assert re.fullmatch(r"hatchling==[0-9.]+", backend)
    assert f"hatchling=={read_lock(ROOT / 'requirements-build.lock')['hatchling'].version}" == backend
    assert _differing(ROOT / "requirements-build.lock", ROOT / "requirements-dev.lock") == []


def _differing(some: Path, all_: Path) -> list[str]:
    """What one lock has that the other has not, or has as another release."""
    have = {name: (pin.version, pin.hashes) for name, pin in read_lock(all_).items()}
    return [name for name, pin in read_lock(some).items() if have.get(name) != (pin.version, pin.hashes)]


def _pips(path: Path) -> list[str]:
    """The commands by which pip installs something; lines that go on are joined, variables put in."""
    text = path.read_text().replace("\\\n", " ")
    for name, value in re.findall(r"^(\w+) :?= (.*)$", text, re.MULTILINE):
        text = text.replace(f"$({name})", value)
    parts = [part for line in text.splitlines() for part in re.split(r"&&|;", line) if not line.startswith("#")]
    return [" ".join(part.split()) for part in parts if re.search(r"\bpip\b.* install ", part)]


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_everything_is_installed_by_its_hash(name: str) -> None:
    pips = _pips(ROOT / name)
    assert len(pips) >= 3
    # The one exception is the wheel that was built a line before.
    own = re.compile(r"install --no-deps --no-index /dist/\*\.whl$")
    assert [each for each in pips if "--require-hashes -r requirements" not in each and not own.search(each)] == []


def test_a_wheel_is_built_by_what_is_locked_only() -> None:
    builds = re.findall(r"pip wheel .*", (ROOT / "Dockerfile").read_text())
    assert builds
    assert all("--no-build-isolation --wheel-dir" in build and "--no-deps" in build for build in builds)
