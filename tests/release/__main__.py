"""`python -m tests.release VERSION`, or `--tag TAG`. Exit codes: 0 done, 1 refused, in one line on stderr, or the build
failed, 2 usage."""

import argparse
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from . import files
from .versions import (
    Refused,
    check_newer,
    check_tag,
    moment_of,
    parse,
    with_dated_section,
    with_version,
)

ROOT = Path(__file__).parents[2]


def prepare(root: Path, version: str, day: date) -> None:
    """Change version and changelog, and build. Refused leaves everything as it was."""
    source, changelog = root / "app" / "__init__.py", root / "CHANGELOG.md"
    _check_clean(root)
    check_newer(version, source.read_text(), changelog.read_text())
    dated = with_dated_section(changelog.read_text(), version, day)
    source.write_text(with_version(source.read_text(), version))
    changelog.write_text(dated)
    _build(root, version, dated, revision=None)


def publish(root: Path, tag: str) -> None:
    """Build what a tag names. Refused: the checkout is not what the tag says."""
    changelog = (root / "CHANGELOG.md").read_text()
    _check_clean(root)
    version = check_tag(tag, (root / "app" / "__init__.py").read_text(), changelog)
    _build(root, version, changelog, revision=_git(root, "rev-parse", "HEAD"))


def _build(root: Path, version: str, changelog: str, revision: str | None) -> None:
    moment = moment_of(version, changelog)
    files.build(root, root / "dist", moment)
    files.write_image_build(root / "dist", version, moment, revision)


def _check_clean(root: Path) -> None:
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise Refused(f"The checkout is not clean: {changed[0][3:]}{more}. Commit or remove it first.")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"git {arguments[0]} failed: {done.stderr.strip() or done.returncode}")
    return done.stdout.rstrip("\n")


def _version(text: str) -> str:
    try:
        parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def main(arguments: list[str], root: Path = ROOT) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="release", usage="make release VERSION=1.2.3, or make dist TAG=v1.2.3", allow_abbrev=False
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("version", nargs="?", type=_version, metavar="VERSION")
    what.add_argument("--tag")
    asked = parser.parse_args(arguments)
    try:
        if asked.tag:
            publish(root, asked.tag)
        else:
            prepare(root, asked.version, datetime.now(UTC).date())
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The build failed with {error.returncode}.", file=sys.stderr)
        return 1
    for path in sorted((root / "dist").glob("*.*")):
        print(path.relative_to(root))
    if asked.version:
        print(f"Now look at the changes, then: git commit -am 'Release {asked.version}' && git tag v{asked.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
