"""`smsbin audit`."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click
import pytest

from app import clock
from app.commands import audit
from app.commands.client import Client, ServerUnreachable


class Pages:
    """Answers of a server, one after the other; then the command is interrupted."""

    def __init__(self, *pages: object) -> None:
        self.pages = list(pages)
        self.calls: list[dict[str, Any]] = []

    def get(self, path: str, **query: Any) -> object:
        assert path == "/audit"
        self.calls.append(query)
        if not self.pages:
            raise KeyboardInterrupt
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page


def a_page(*numbers: int, next: str | None = None) -> dict[str, object]:
    return {"items": [{"number": number} for number in numbers], "next": next}


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, which take no time."""
    pauses: list[float] = []
    monkeypatch.setattr(clock, "pause", pauses.append)
    return pauses


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., list[int]]:
    """Run the command with these pages; returns the numbers of the entries that it printed."""
    monkeypatch.setenv("SMSBIN_ACCESS_TOKEN", "t" * 32)

    def call(pages: Pages, *arguments: str) -> list[int]:
        monkeypatch.setattr(Client, "get", lambda _, path, **query: pages.get(path, **query))
        with suppress(KeyboardInterrupt, click.Abort):
            audit.command(list(arguments), standalone_mode=False)
        return [json.loads(line)["number"] for line in capfd.readouterr().out.splitlines()]

    return call


def test_it_prints_every_page_once_and_ends(run, paused: list[float]) -> None:
    pages = Pages(a_page(1, 2, next="2"), a_page(5), a_page(6))
    assert run(pages, "--action", "bin", "--since", "2h") == [1, 2, 5]
    assert [call["after"] for call in pages.calls] == ["0", "2"]
    assert {(call["action"], call["since"], call["who"]) for call in pages.calls} == {("bin", "2h", None)}
    assert paused == []


def test_it_follows_over_a_lost_connection(run, paused: list[float]) -> None:
    pages = Pages(a_page(1), a_page(), ServerUnreachable("gone"), a_page(2))
    assert run(pages, "--follow") == [1, 2]
    assert [call["after"] for call in pages.calls] == ["0", "1", "1", "1", "2"]
    assert (paused.count(audit.EVERY_S), len(paused)) == (3, 4)


def test_without_follow_a_lost_connection_is_an_error(run) -> None:
    with pytest.raises(ServerUnreachable):
        run(Pages(ServerUnreachable("gone")))
