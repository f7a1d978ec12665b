"""What is printed when the server is ready."""

import io
import re
import sys

import pytest

from app import keys
from app.serving import announce
from tests.conftest import TOKEN, Running


class Terminal(io.StringIO):
    """Takes what is printed."""

    def isatty(self) -> bool:
        return True


async def _printed(server: Running, monkeypatch: pytest.MonkeyPatch, *, made_here: bool) -> str:
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(server.app[keys.ACCESS], "made_here", made_here)
        await announce(server.app[keys.SETTINGS], server.app, server.port)
    return terminal.getvalue()


async def test_a_terminal_gets_a_link_with_a_code_for_both_names(server: Running, monkeypatch) -> None:
    text = await _printed(server, monkeypatch, made_here=True)
    links = re.findall(r"(http://\S+)/sign-in#code=(\S+)", text)
    assert [root for root, _ in links] == [server.url, server.url.replace("127.0.0.1", "smsbin.localhost")]
    (code,) = {code for _, code in links}
    assert TOKEN not in text
    assert server.app[keys.ACCESS].codes.take(code)


async def test_with_a_token_of_the_operator_no_link_signs_in(server: Running, monkeypatch) -> None:
    text = await _printed(server, monkeypatch, made_here=False)
    assert "/sign-in   (with your access token)" in text
    assert "code=" not in text
    assert TOKEN not in text


async def test_a_terminal_shows_the_database_without_its_password(server: Running, make_settings, monkeypatch) -> None:
    terminal = Terminal()
    settings = make_settings(database="postgresql://smsbin:secret@db.example.net/smsbin")
    monkeypatch.setattr(sys, "stdout", terminal)
    await announce(settings, server.app, server.port)
    first = terminal.getvalue().splitlines()[0]
    assert f" · database: {server.app[keys.DATABASE]} · " in first
    assert "secret" not in terminal.getvalue()
