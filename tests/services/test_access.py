"""Sessions end: after some time without use, after a week in any case, and on sign-out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import clock
from app.services.access import HARD, IDLE, TOUCH_EVERY, Access
from app.storage.opening import open_store
from app.store import Store

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOKEN = "a-token-only-for-tests"


class Time:
    """The wall clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)


@pytest.fixture
def time(monkeypatch) -> Time:
    return Time(monkeypatch)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as opened:
        yield opened


def _access(store: Store) -> Access:
    return Access(store, TOKEN, made_here=False)


async def test_an_unused_session_ends_and_does_not_come_back(time: Time, store: Store) -> None:
    access = _access(store)
    cookie = await access.sign_in()
    time.now += IDLE
    assert await access.caller_of_session(cookie)
    time.now += IDLE + timedelta(seconds=1)
    assert not await access.caller_of_session(cookie)
    time.now = NOW
    assert not await access.caller_of_session(cookie)
    assert not await _access(store).caller_of_session(cookie)


async def test_a_session_ends_after_its_longest_time_however_often_it_is_used(time: Time, store: Store) -> None:
    access = _access(store)
    cookie = await access.sign_in()
    step = IDLE / 2
    while time.now + step <= NOW + HARD:
        time.now += step
        assert await access.caller_of_session(cookie)
    time.now = NOW + HARD + timedelta(seconds=1)
    assert not await access.caller_of_session(cookie)
    assert access.ended == 1


async def test_a_use_is_known_after_a_restart_when_the_last_one_that_was_written_is_a_while_ago(
    time: Time, store: Store
) -> None:
    access = _access(store)
    cookie = await access.sign_in()
    time.now += IDLE - timedelta(minutes=1)
    assert await access.caller_of_session(cookie)
    time.now += TOUCH_EVERY
    assert await _access(store).caller_of_session(cookie)


async def test_who_signed_out_is_unknown_at_once_and_after_a_restart(store: Store) -> None:
    access = _access(store)
    cookie, other = await access.sign_in(), await access.sign_in()
    await access.sign_out(cookie)
    assert not await access.caller_of_session(cookie)
    assert await access.caller_of_session(other)
    again = _access(store)
    await again.start()
    assert await again.caller_of_session(cookie) is None
    assert await again.caller_of_session(other) is not None


async def test_a_sign_out_during_a_check_ends_the_session_for_good(time: Time, store: Store, monkeypatch) -> None:
    monkeypatch.setattr("app.services.access.MAX_REMEMBERED", 3)
    access = _access(store)
    cookie = await access.sign_in()
    time.now += TOUCH_EVERY + timedelta(seconds=1)
    touch = store.touch_session

    async def touch_after_sign_out(key: str, now: datetime) -> None:
        await access.sign_out(cookie)
        await touch(key, now)

    with monkeypatch.context() as patch:
        patch.setattr(store, "touch_session", touch_after_sign_out)
        assert not await access.caller_of_session(cookie)
    for other in ("a", "b", "c"):
        await access.sign_out(other)
    assert not await access.caller_of_session(cookie)
