"""Commands for the data directory, when the data is in a PostgreSQL database: each says what to use instead."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands import backup, reread, restore
from app.commands.client import ServerUnreachable
from app.commands.database import given_database
from app.errors import CannotStart, Invalid

URL = "postgresql://smsbin:secret@db.example.net/smsbin?sslmode=require"
SHOWN = "'postgresql://smsbin@db.example.net:5432/smsbin?sslmode=require'"


def _refused(command, *arguments: str, **variables: str) -> str:
    ended = CliRunner().invoke(command, list(arguments), env=variables)
    assert isinstance(ended.exception, CannotStart)
    assert "secret" not in str(ended.exception)
    return str(ended.exception)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "a dump"
    path.touch()
    return path


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
def test_backup_gives_the_line_for_pg_dump(tmp_path: Path, dump: Path, how: str) -> None:
    (tmp_path / "url").write_text(URL)
    arguments = ["--database", URL] if how == "flag" else []
    variables = {"variable": {"SMSBIN_DATABASE": URL}, "file": {"SMSBIN_DATABASE_FILE": str(tmp_path / "url")}}
    error = _refused(backup.command, str(dump), *arguments, **variables.get(how, {}))
    assert error.endswith(f"pg_dump --format=custom --schema=smsbin_log --file='{dump}' {SHOWN}")


def test_restore_gives_the_line_for_pg_restore(dump: Path) -> None:
    error = _refused(restore.command, str(dump), SMSBIN_DATABASE=URL)
    line = f"pg_restore --no-owner --clean --if-exists --single-transaction --dbname={SHOWN} '{dump}'"
    assert error.endswith(line)
    assert "Stop all servers" in error


def test_reread_opens_no_database_and_asks_the_server(tmp_path: Path) -> None:
    (tmp_path / "log.db").touch()
    ended = CliRunner().invoke(
        reread.command, ["--data-dir", str(tmp_path), "--port", "1"],
        env={"SMSBIN_DATABASE": URL, "SMSBIN_ACCESS_TOKEN": "x" * 16, "SMSBIN_URL": ""},
    )  # fmt: skip
    assert isinstance(ended.exception, ServerUnreachable)
    assert "Start the server there" in str(ended.exception)


def test_without_a_url_the_data_is_in_the_data_directory() -> None:
    assert given_database(None, None) is None
    assert given_database("", "") is None
    assert given_database(URL, None) == URL


def test_a_wrong_url_is_named_by_its_variable() -> None:
    with pytest.raises(Invalid, match="SMSBIN_DATABASE: is not the URL") as error:
        given_database("mysql://u:secret@h/a", None)
    assert "secret" not in str(error.value)
