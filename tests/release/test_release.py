"""A release is refused in one line when something is missing, and otherwise is exactly what its version says."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from datetime import date
from pathlib import Path

import pytest

from . import __main__ as release
from . import files
from .versions import Refused, check_newer, check_tag, moment_of, parse, with_dated_section, with_version

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 29)
SOURCE = '"""smsbin."""\n\n__version__ = "0.1.0"\n'
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- A thing.

## [0.1.0] - 2026-10-01

### Added

- The first.
"""


def _git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a version and a changelog. Building writes two empty files instead of taking seconds."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text(SOURCE)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / ".gitignore").write_text("/dist/\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "--all")
    _git(tmp_path, "commit", "--quiet", "--message", "First")

    def build(root: Path, folder: Path, moment: int) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "smsbin.whl").touch()

    monkeypatch.setattr(files, "build", build)
    return tmp_path


def _texts(checkout: Path) -> tuple[str, str]:
    return (checkout / "app" / "__init__.py").read_text(), (checkout / "CHANGELOG.md").read_text()


def test_a_release_sets_version_and_section_and_builds(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release.prepare(checkout, "0.2.0", DAY)
    source, changelog = _texts(checkout)
    assert source == SOURCE.replace("0.1.0", "0.2.0")
    assert changelog == CHANGELOG.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n")
    assert {path.name for path in (checkout / "dist").iterdir()} == {"smsbin.whl", "docker-bake.json"}


def test_the_command_says_what_to_do_next(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(["0.2.0"], checkout) == 0
    said = capsys.readouterr().out
    assert "dist/smsbin.whl" in said
    assert "git tag v0.2.0" in said


def _change(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text(CHANGELOG + "\n")


def _add(checkout: Path) -> None:
    (checkout / "new.txt").touch()


def _say_nothing(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text(CHANGELOG.replace("- A thing.\n", ""))
    _git(checkout, "commit", "--quiet", "--all", "--message", "Nothing")


@pytest.mark.parametrize(
    ("before", "version", "line"),
    [
        (_change, "0.2.0", "The checkout is not clean: CHANGELOG.md. Commit or remove it first."),
        (_add, "0.2.0", "The checkout is not clean: new.txt. Commit or remove it first."),
        (None, "0.1.0", "0.1.0 is not newer than 0.1.0, which is released."),
        (None, "0.0.9", "0.0.9 is not newer than 0.1.0, which is released."),
        (_say_nothing, "0.2.0", "CHANGELOG.md has nothing under Unreleased."),
    ],
)
def test_a_refusal_is_one_line_and_changes_nothing(
    checkout: Path, capsys: pytest.CaptureFixture[str], before, version: str, line: str
) -> None:
    if before:
        before(checkout)
    texts = _texts(checkout)
    assert release.main([version], checkout) == 1
    assert capsys.readouterr() == ("", line + "\n")
    assert _texts(checkout) == texts
    assert not (checkout / "dist").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["1.2"], ["v1.2.3"], ["1.2.3-rc1"], ["01.2.3"], ["1.2.3", "--tag", "v1.2.3"]]
)
def test_wrong_usage_is_two(checkout: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        release.main(arguments, checkout)
    assert ended.value.code == 2


def test_a_folder_that_is_no_repository_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text(SOURCE)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    assert release.main(["0.2.0"], tmp_path) == 1
    assert capsys.readouterr().err.startswith("git status failed: ")


def test_versions_compare_as_numbers_and_the_first_may_be_the_one_of_the_source() -> None:
    assert parse("0.10.0") > parse("0.9.9")
    check_newer("0.10.0", SOURCE, CHANGELOG.replace("0.1.0", "0.9.9"))
    check_newer("0.1.0", SOURCE, "## [Unreleased]\n")
    with pytest.raises(Refused, match=r"0\.0\.1 is not newer than 0\.1\.0, the version of the source"):
        check_newer("0.0.1", SOURCE, "## [Unreleased]\n")


def test_a_tag_is_built_only_when_source_and_changelog_say_the_same(checkout: Path) -> None:
    with pytest.raises(Refused, match=r"The tag is v0\.2\.0, but app/__init__\.py says 0\.1\.0"):
        check_tag("v0.2.0", SOURCE, CHANGELOG)
    with pytest.raises(Refused, match=r"no dated section for 0\.1\.0"):
        check_tag("v0.1.0", SOURCE, "## [Unreleased]\n")
    assert release.main(["--tag", "v0.1.0"], checkout) == 0
    target = json.loads((checkout / "dist" / "docker-bake.json").read_text())["target"]["smsbin"]
    assert target["tags"] == ["smsbin:0.1.0", "smsbin:latest"]
    assert len(target["labels"]["org.opencontainers.image.revision"]) == 40
    assert target["labels"]["org.opencontainers.image.created"] == "2026-10-01T00:00:00Z"


def test_the_repository_can_be_released_next() -> None:
    source, changelog = (ROOT / "app" / "__init__.py").read_text(), (ROOT / "CHANGELOG.md").read_text()
    check_newer("99.0.0", source, changelog)
    dated = with_dated_section(changelog, "99.0.0", DAY)
    assert check_tag("v99.0.0", with_version(source, "99.0.0"), dated) == "99.0.0"
    assert moment_of("99.0.0", dated) == 1_795_910_400


def test_the_wheel_out_of_the_source_distribution_is_the_wheel(tmp_path: Path) -> None:
    """It is built twice, in two ways, and is the same byte for byte."""
    moment = 1_795_910_400
    files.build(ROOT, tmp_path / "one", moment)
    (packed,) = (tmp_path / "one").glob("*.tar.gz")
    (wheel,) = (tmp_path / "one").glob("*.whl")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "two"), str(ROOT)]
    environment = {"PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": str(moment)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    (other,) = (tmp_path / "two").glob("*.whl")
    assert hashlib.sha256(wheel.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()
    with tarfile.open(packed) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {"README.md", "docs/index.md", "requirements.lock", "tests/release/versions.py"} <= names
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".webp")]
