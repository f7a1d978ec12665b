"""Rows of the ledger on PostgreSQL, for the process that compares."""

import pytest

from app.errors import NotReadable
from app.storage.postgres.ledger_rows import open_shared_ledger_rows
from tests.postgres import Database

from .tables import make_tables


def test_named_queries_are_read(make_database) -> None:
    with open_shared_ledger_rows(make_database(make_tables).url) as rows:
        assert rows.all("space_of_bin_id", {"bin": "abc"}) == []


def test_without_a_ledger_nothing_can_be_read(database: Database) -> None:
    with pytest.raises(NotReadable, match="The ledger cannot be read"):
        with open_shared_ledger_rows(database.url) as rows:
            rows.all("space_of_bin_id", {"bin": "abc"})
