"""The audit fails when there is a vulnerability, and when nobody could tell. Played with an auditor of our own."""

import os
import subprocess
from pathlib import Path

import pytest

from .locks import LOCKS, ROOT

KNOWN = '{"dependencies": [{"name": "jinja2", "vulns": [{"id": "PYSEC-2024-1"}]}]}'
NOTHING = '{"dependencies": [{"name": "jinja2", "vulns": []}]}'
SKIPPED = '{"dependencies": [{"name": "jinja2", "skip_reason": "could not be audited"}]}'


def _audit(folder: Path, *, control: str, control_code: int, code: int = 0) -> tuple[int, str, list[str]]:
    """Its exit code, what it said, and the files that were audited."""
    auditor = folder / "auditor"
    auditor.write_text(
        f"""#!/bin/sh
echo "$@" >> {folder}/calls
case "$*" in
  *requirements*.lock) exit {code} ;;
  *) echo '{control}'; exit {control_code} ;;
esac
"""
    )
    auditor.chmod(0o700)
    environment = os.environ | {"PIP_AUDIT": str(auditor)}
    done = subprocess.run([ROOT / ".ci" / "audit"], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, (folder / "calls").read_text().splitlines()


def test_every_lock_is_audited_and_nothing_may_be_skipped(tmp_path: Path) -> None:
    code, told, (control, *calls) = _audit(tmp_path, control=KNOWN, control_code=1)
    assert (code, told) == (0, "")
    assert [call.split()[-1] for call in calls] == [path.name for path in LOCKS]
    assert all("--strict" in call for call in (control, *calls))
    assert all("--require-hashes" in call for call in calls)


def test_a_vulnerability_in_a_lock_is_a_failure(tmp_path: Path) -> None:
    assert _audit(tmp_path, control=KNOWN, control_code=1, code=1)[0] == 1


@pytest.mark.parametrize(
    ("control", "code"),
    [(NOTHING, 0), (KNOWN, 0), (SKIPPED, 1), ("", 1), ("Traceback (most recent call last): no route to host", 1)],
)
def test_an_auditor_that_does_not_know_a_famous_vulnerability_audits_nothing(
    tmp_path: Path, control: str, code: int
) -> None:
    done, told, calls = _audit(tmp_path, control=control, control_code=code)
    assert (done, len(calls)) == (2, 1)
    assert "could not run" in told


def test_without_an_auditor_it_fails() -> None:
    environment = os.environ | {"PIP_AUDIT": "/nowhere/pip-audit"}
    done = subprocess.run([ROOT / ".ci" / "audit"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "could not run" in done.stderr) == (2, True)
