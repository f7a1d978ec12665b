"""The planted defects as data, and the copies of the checkout that they are applied to."""

import os
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "defects"
ROOT = Path(__file__).parents[2]
# Not part of the source, or large and not read by the tests of any defect.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".tools", ".*_cache", ".hypothesis", "__pycache__", "dist")


class Stale(Exception):
    """The line of a defect is not found exactly once, because the source has changed or the defect is wrong."""


class Defect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table; the keys are explained in the docstring of the package."""

    breaks: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    ci: bool = False
    name: str = ""


def read_defects(folder: Path = FOLDER) -> tuple[Defect, ...]:
    """All of them, by file and in its order. Raises ValueError for a repeated name or an invalid table."""
    defects: dict[str, Defect] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, table in tomllib.loads(path.read_text()).items():
            if name in defects:
                raise ValueError(f"two defects are called {name}")
            defects[name] = msgspec.convert({**table, "name": name}, Defect)
    return tuple(defects.values())


def patched(text: str, defect: Defect) -> str:
    """The source with the defect, indented like the line that it replaces. Raises Stale."""
    lines = text.split("\n")
    found = [at for at, line in enumerate(lines) if line.strip() == defect.before]
    if len(found) != 1:
        times = "is not found" if not found else f"is found {len(found)} times"
        raise Stale(f"{defect.name}: this line {times} in {defect.file}:\n    {defect.before}")
    line = lines[found[0]]
    lines[found[0]] = line[: len(line) - len(line.lstrip())] + defect.after
    return "\n".join(lines)


def check(defects: Sequence[Defect], root: Path = ROOT) -> None:
    """Raises Stale for the first defect that does not fit the source or names a test file that does not exist."""
    for defect in defects:
        if not (root / defect.file).is_file():
            raise Stale(f"{defect.name}: there is no {defect.file}")
        patched((root / defect.file).read_text(), defect)
        for test in defect.tests:
            if not (root / test.partition("::")[0]).is_file():
                raise Stale(f"{defect.name}: there is no {test}")


class Copy:
    """A copy of a checkout in `folder`, which must not exist yet. It has one defect at a time."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder = folder
        self._planted = 0
        shutil.copytree(root, folder, ignore=_LEFT_OUT)

    @contextmanager
    def planted(self, defect: Defect) -> Iterator[None]:
        """The source has the defect for the duration of the block. Raises Stale."""
        path = self.folder / defect.file
        text, times = path.read_text(), path.stat()
        path.write_text(patched(text, defect))
        # Python identifies a compiled module by the size and the time, in seconds, of its source.
        self._planted += 1
        os.utime(path, (times.st_atime, times.st_mtime + self._planted))
        try:
            yield
        finally:
            path.write_text(text)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
