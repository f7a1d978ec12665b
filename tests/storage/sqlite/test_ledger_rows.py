"""Rows of the ledger's file, for the process that compares."""

from pathlib import Path

import pytest

from app.errors import NotReadable
from app.storage.sqlite.ledger_file import make_ledger_file
from app.storage.sqlite.ledger_rows import open_ledger_rows


def test_named_queries_are_read_and_errors_of_the_file_are_refusals(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    make_ledger_file(path).connection.close()
    with open_ledger_rows(path) as rows:
        assert rows.all("space_of_bin_id", {"bin": "abc"}) == []
    path.write_bytes(b"no database" * 1_000)
    with pytest.raises(NotReadable, match="The ledger cannot be read: file is not a database"):
        with open_ledger_rows(path) as rows:
            rows.all("space_of_bin_id", {"bin": "abc"})
