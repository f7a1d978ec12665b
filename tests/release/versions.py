"""The version and the sections of the changelog: what they say, and how a release changes them. Pure."""

import re
from datetime import UTC, date, datetime

UNRELEASED = "## [Unreleased]"
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_ASSIGNED = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
_SECTION = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


class Refused(Exception):
    """The release cannot be made; the reason in one line."""


def parse(text: str) -> tuple[int, int, int]:
    """`x.y.z` as numbers, which compare. ValueError: it is something else."""
    match = _VERSION.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a version such as 1.2.3")
    return int(match[1]), int(match[2]), int(match[3])


def current_version(source: str) -> str:
    """The version that a module assigns."""
    match = _ASSIGNED.search(source)
    if not match:
        raise Refused("app/__init__.py assigns no __version__.")
    return match[1]


def with_version(source: str, version: str) -> str:
    """The module with another version."""
    return _ASSIGNED.sub(f'__version__ = "{version}"', source, count=1)


def released(changelog: str) -> dict[str, date]:
    """The versions that have a section, with the days of their release."""
    return {version: date.fromisoformat(day) for version, day in _SECTION.findall(changelog)}


def check_newer(version: str, source: str, changelog: str) -> None:
    """Refused: it is not newer than what was released, or older than what the source already says."""
    newest = max(released(changelog), key=parse, default=None)
    if newest and parse(version) <= parse(newest):
        raise Refused(f"{version} is not newer than {newest}, which is released.")
    if parse(version) < parse(current_version(source)):
        raise Refused(f"{version} is not newer than {current_version(source)}, the version of the source.")


def with_dated_section(changelog: str, version: str, day: date) -> str:
    """What was unreleased becomes the section of a version; above it there is an empty Unreleased. Refused."""
    before, found, after = changelog.partition(f"{UNRELEASED}\n")
    if not found:
        raise Refused(f"CHANGELOG.md has no line {UNRELEASED}.")
    if not re.search(r"^- ", after.partition("\n## ")[0], re.MULTILINE):
        raise Refused("CHANGELOG.md has nothing under Unreleased.")
    return f"{before}{UNRELEASED}\n\n## [{version}] - {day.isoformat()}\n{after}"


def check_tag(tag: str, source: str, changelog: str) -> str:
    """The version that a tag names. Refused: the source has another one, or the changelog has no section for it."""
    version = current_version(source)
    if tag != f"v{version}":
        raise Refused(f"The tag is {tag}, but app/__init__.py says {version}.")
    if version not in released(changelog):
        raise Refused(f"CHANGELOG.md has no dated section for {version}.")
    return version


def moment_of(version: str, changelog: str) -> int:
    """The day of a release as seconds since 1970: the times in the files that are built."""
    day = released(changelog)[version]
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
