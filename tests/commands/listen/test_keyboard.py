"""Keys of the terminal."""

import asyncio
import os
import pty
import sys
import termios
from types import SimpleNamespace

import pytest

from app.commands.listen import keyboard
from app.commands.listen.keyboard import has_keyboard, reading_keys
from tests.commands.listen.fake import until


async def test_a_key_is_read_without_the_enter_key(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: follower, isatty=lambda: True))
    monkeypatch.setattr(keyboard, "has_keyboard", lambda: True)
    before = termios.tcgetattr(follower)
    pressed: list[str] = []
    with reading_keys(pressed.append):
        os.write(leader, b"rp")
        await until(lambda: pressed == ["r", "p"])
        assert not termios.tcgetattr(follower)[3] & termios.ICANON
        # Ctrl-C stays a signal.
        assert termios.tcgetattr(follower)[3] & termios.ISIG
    assert termios.tcgetattr(follower) == before
    os.close(follower)
    os.close(leader)


async def test_without_a_keyboard_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, sender = os.pipe()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: receiver, isatty=lambda: False))
    assert not has_keyboard()
    os.write(sender, b"q")
    pressed: list[str] = []
    with reading_keys(pressed.append):
        await asyncio.sleep(0)
    assert pressed == []
    os.close(receiver)
    os.close(sender)


def test_a_terminal_that_another_process_uses_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = pty.openpty()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: follower, isatty=lambda: True))
    # It is not the controlling terminal of this process.
    assert not has_keyboard()
    os.close(follower)
    os.close(leader)
