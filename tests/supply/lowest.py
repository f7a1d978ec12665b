"""`python -m tests.supply.lowest`: what the tests need beside the server, pinned as it is locked, for `.ci/lowest`.
With `--installed`: the releases of the server's own dependencies that are installed; ends with 1 where one is not the
lowest that is allowed.

Needs nothing but the standard library.
"""

import itertools
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from .locks import ROOT, normal, read_lock

_LOWEST = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?>=([0-9.]+)")


def pins(project: Mapping[str, Any]) -> Iterator[str]:
    """`name==release` of each member of the groups `dev` and `sdks`; the back end that builds the wheel is not needed
    here."""
    lock = read_lock(ROOT / "requirements-dev.lock")
    groups = project["dependency-groups"]
    for member in (*groups["dev"], *groups["sdks"]):
        if isinstance(member, str):
            name = normal(_name_of(member))
            yield f"{name}=={lock[name].version}"


def dependencies(project: Mapping[str, Any]) -> list[str]:
    """What the server needs, with all of its extras."""
    extras = project["project"].get("optional-dependencies", {})
    return [*project["project"]["dependencies"], *itertools.chain.from_iterable(extras.values())]


def bounds(project: Mapping[str, Any]) -> Mapping[str, str]:
    """The lowest release of each dependency of the server. ValueError: one has no lower bound."""
    found = {}
    for dependency in dependencies(project):
        match = _LOWEST.match(dependency)
        if not match:
            raise ValueError(f"{dependency} has no lower bound")
        found[normal(match[1])] = match[2]
    return found


def is_lowest(installed: str, bound: str) -> bool:
    """A bound of 0.7 is kept by 0.7.1, when there is no 0.7.0, but not by 0.8."""
    return (installed + ".").startswith(bound + ".")


def _name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return match[0]


def main(arguments: list[str]) -> int:
    """The exit code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    if arguments != ["--installed"]:
        print("\n".join(pins(project)))
        return 0
    installed = {name: (version(name), bound) for name, bound in bounds(project).items()}
    print(", ".join(f"{name} {found}" for name, (found, _) in installed.items()))
    above = [name for name, (found, bound) in installed.items() if not is_lowest(found, bound)]
    for name in above:
        print(f"{name} is not the lowest that is allowed", file=sys.stderr)
    return bool(above)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
