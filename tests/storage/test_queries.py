"""The named queries of SQL files."""

from pathlib import Path

import pytest

from app.storage.queries import FOLDER, SQL, load_queries


def test_each_query_is_the_text_up_to_the_next_name(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "-- What this file is for.\n\n-- name: one\nselect 1\n\n-- name: two\nselect\n    2\n"
    )
    (tmp_path / "b.sql").write_text("-- name: three\n-- A reason.\nselect 3\n")
    (tmp_path / "c.txt").write_text("-- name: four\nselect 4\n")
    assert load_queries(tmp_path) == {
        "one": "select 1", "two": "select\n    2", "three": "-- A reason.\nselect 3"
    }  # fmt: skip


def test_a_name_that_is_used_twice_is_an_error(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.sql").write_text("-- name: one\nselect 1\n")
    with pytest.raises(RuntimeError, match="the query one of"):
        load_queries(tmp_path / "first", tmp_path / "second")


def test_every_query_of_the_processes_and_the_readers_is_loaded() -> None:
    names = [
        line.removeprefix("-- name: ")
        for folder in ("log", "ledger", "reads", "results")
        for path in (FOLDER / folder).glob("*.sql")
        for line in path.read_text().splitlines()
        if line.startswith("-- name: ")
    ]
    assert set(SQL) == set(names)
    assert all(text for text in SQL.values())
