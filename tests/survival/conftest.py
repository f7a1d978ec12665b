"""Survival tests use a disk; other tests may keep their files in memory."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="smsbin-", dir="/var/tmp") as folder:
        yield Path(folder)


# Minutes of hostile input: `make attack`.
collect_ignore = [] if "ALL_ATTACKS" in os.environ else ["test_stalls.py", "test_all_at_once.py"]
