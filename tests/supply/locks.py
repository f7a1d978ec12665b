"""Reading the locks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "requirements.lock"
LOCKS = sorted(ROOT.glob("requirements*.lock"))
_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^\s;]+)( ; [^\\]+)? \\")
_HASH = re.compile(r"    --hash=sha256:([0-9a-f]{64})( \\)?")


@dataclass(frozen=True, slots=True)
class Pin:
    """One release. `marker`: where it is installed, empty for everywhere."""

    version: str
    marker: str
    hashes: frozenset[str]


def read_lock(path: Path) -> Mapping[str, Pin]:
    """By name. ValueError for a line that is neither a pin, nor a hash of one, nor a remark."""
    pins: dict[str, tuple[str, str, set[str]]] = {}
    name = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := _PIN.fullmatch(line):
            name = normal(match[1])
            pins[name] = (match[2], (match[3] or "").removeprefix(" ; ").strip(), set())
        elif (match := _HASH.fullmatch(line)) and name:
            pins[name][2].add(match[1])
        elif not line.lstrip().startswith("#"):
            raise ValueError(f"{path.name}:{number}: {line}")
    return {
        name: Pin(version=version, marker=marker, hashes=frozenset(hashes))
        for name, (version, marker, hashes) in pins.items()
    }


def normal(name: str) -> str:
    """A project's name as packages.python.org compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
