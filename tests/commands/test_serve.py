"""The settings of `smsbin serve`, before the server starts."""

import pytest
from click.testing import CliRunner

from app.commands.serve import PASSWORD_SHOWN, command
from app.settings import Settings

URL = "postgresql://smsbin:secret@db.example.net/smsbin"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    found: list[Settings] = []
    monkeypatch.setattr("app.serving.serve", found.append)
    return found


def _run(*arguments: str, **variables: str) -> str:
    ended = CliRunner().invoke(command, list(arguments), env=variables, catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.output


def test_a_password_among_the_arguments_is_warned_about_and_not_repeated(started: list[Settings]) -> None:
    printed = _run("--database", URL)
    assert printed == PASSWORD_SHOWN + "\n"
    assert started[0].database == URL


def test_nothing_is_said_of_a_url_that_no_other_user_can_see(started: list[Settings]) -> None:
    assert _run(SMSBIN_DATABASE=URL) == ""
    assert _run("--database", URL.replace(":secret", "")) == ""
    assert [settings.uses_postgresql for settings in started] == [True, True]


def test_the_help_does_not_show_the_url_of_the_environment() -> None:
    printed = _run("--help", SMSBIN_DATABASE=URL)
    assert "SMSBIN_DATABASE_FILE" in printed
    assert "secret@" not in printed
