"""The URL of the database: from the settings or a file, and only with an access token for all servers."""

from pathlib import Path

import pytest

from app.errors import CannotStart
from app.services.database import check_token_is_given, database_url
from app.settings import read_settings
from tests.conftest import TOKEN

URL = "postgresql://smsbin:secret@db.example.net/smsbin"


def test_without_a_url_the_data_is_in_the_data_directory() -> None:
    assert database_url(read_settings({})) is None
    assert database_url(read_settings({"access_token": TOKEN})) is None


@pytest.mark.parametrize("text", [URL, f"{URL}\n", "postgresql://"])
def test_the_url_may_be_in_a_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "url").write_text(text)
    settings = read_settings({"database_file": str(tmp_path / "url")})
    assert database_url(settings) == text.strip()


@pytest.mark.parametrize("text", ["", "mysql://u:secret@h/a", "postgresql://u:sec@ret@h/a", "not a url"])
def test_a_file_without_such_a_url_is_refused_without_its_content(tmp_path: Path, text: str) -> None:
    (tmp_path / "url").write_text(text)
    settings = read_settings({"database_file": str(tmp_path / "url"), "access_token": TOKEN})
    with pytest.raises(CannotStart, match=str(tmp_path / "url")) as error:
        database_url(settings)
    assert "secret" not in str(error.value)
    assert "ret@" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = read_settings({"database_file": str(tmp_path / "url"), "access_token": TOKEN})
    with pytest.raises(CannotStart, match=r"The URL of the database file .* cannot be read"):
        database_url(settings)


def test_several_servers_cannot_each_make_an_access_token(tmp_path: Path) -> None:
    for database in ({"database": URL}, {"database_file": str(tmp_path / "url")}):
        with pytest.raises(CannotStart, match="set SMSBIN_ACCESS_TOKEN or SMSBIN_ACCESS_TOKEN_FILE"):
            check_token_is_given(read_settings(database))
        for given in ({"access_token": TOKEN}, {"access_token_file": str(tmp_path / "token")}):
            check_token_is_given(read_settings(database | given))
    check_token_is_given(read_settings({}))
