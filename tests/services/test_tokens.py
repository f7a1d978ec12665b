"""Named tokens: made once, found by their hash, valid until they end or are revoked."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.access import AccessRole, AccessToken, CallerKind
from app.errors import Invalid, NotFound
from app.services.access import FIRST_NAME, TOUCH_EVERY, Access
from app.services.tokens import PREFIX, NamedTokens, digest
from app.storage.opening import open_store
from app.store import Store

from ..storage.builders import a_bin
from .test_access import NOW, TOKEN, Time, time

__all__ = ["time"]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as opened:
        yield opened


async def _started(store: Store) -> Access:
    access = Access(store, TOKEN, made_here=False)
    await access.start()
    return access


async def _add(tokens: NamedTokens, **more: object) -> tuple[AccessToken, str]:
    given: dict[str, object] = {"name": "ci", "role": AccessRole.READ, "bins": None, "expires_in": None, **more}
    return await tokens.add(**given)  # type: ignore[arg-type]


async def test_a_token_opens_what_it_is_for_also_after_a_restart(store: Store) -> None:
    bin = await a_bin(store)
    access = await _started(store)
    made, text = await _add(access.tokens, role=AccessRole.WRITE, bins=[bin.id])
    assert text.startswith(PREFIX)
    assert made.hash == digest(text)
    for again in (access, await _started(store)):
        caller = await again.caller_of_token(text)
        assert caller is not None
        assert (caller.name, caller.role, caller.bins) == ("ci", AccessRole.WRITE, frozenset({bin.id}))
        assert caller.kind is CallerKind.BEARER
        assert await again.caller_of_token(text + "x") is None
    assert text not in str(await store.list_tokens())


async def test_a_session_has_the_role_and_the_bins_of_its_token_and_ends_with_it(time: Time, store: Store) -> None:
    bin = await a_bin(store)
    access = await _started(store)
    ends: list[int] = []
    access.on_end(lambda: ends.append(access.ended))
    made, text = await _add(access.tokens, bins=[bin.id], expires_in=timedelta(hours=1))
    cookie, other = await access.sign_in(text), await access.sign_in()
    caller = await access.caller_of_session(cookie)
    assert caller is not None
    assert (caller.role, caller.bins, caller.kind) == (AccessRole.READ, frozenset({bin.id}), CallerKind.SESSION)
    assert caller.until == NOW + timedelta(hours=1)
    assert {each.token.name for each in await access.sessions()} == {"ci", FIRST_NAME}
    await access.revoke(made.id)
    assert ends == [1]
    for again in (access, await _started(store)):
        assert await again.caller_of_token(text) is None
        assert await again.caller_of_session(cookie) is None
        assert await again.caller_of_session(other) is not None
    with pytest.raises(NotFound):
        await access.revoke(made.id)


async def test_an_expired_token_opens_nothing_and_is_still_listed(time: Time, store: Store) -> None:
    access = await _started(store)
    _, text = await _add(access.tokens, expires_in=timedelta(seconds=5))
    cookie = await access.sign_in(text)
    time.now += timedelta(seconds=5) - timedelta(microseconds=1)
    assert await access.caller_of_token(text) is not None
    assert await access.caller_of_session(cookie) is not None
    time.now += timedelta(microseconds=1)
    assert await access.caller_of_token(text) is None
    assert await access.caller_of_session(cookie) is None
    assert [token.name for token in access.tokens.all] == ["ci"]
    assert await access.sessions() == []


async def test_the_last_use_is_written_now_and_then(time: Time, store: Store) -> None:
    access = await _started(store)
    made, text = await _add(access.tokens)

    async def used_at() -> datetime | None:
        (stored,) = await store.list_tokens()
        assert stored.id == made.id
        return stored.used_at

    assert await used_at() is None
    for later, expected in ((timedelta(0), NOW), (TOUCH_EVERY, NOW), (TOUCH_EVERY * 2, NOW + TOUCH_EVERY * 2)):
        time.now = NOW + later
        assert await access.caller_of_token(text) is not None
        assert await used_at() == expected
    assert access.tokens.all[0].used_at == time.now


async def test_what_cannot_be_a_token_is_refused_by_the_name_of_the_field(store: Store) -> None:
    tokens = (await _started(store)).tokens
    await _add(tokens, name=" deploy ")
    assert tokens.all[0].name == "deploy"
    for more, field in (
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "deploy"}, "name"),
        ({"name": FIRST_NAME}, "name"),
        ({"bins": []}, "bins"),
        ({"bins": ["nothere1"]}, "bins"),
        ({"expires_in": timedelta(0)}, "expires_in"),
    ):
        with pytest.raises(Invalid) as error:
            await _add(tokens, **more)
        assert [name for name, _ in error.value.problems] == [field]
    assert len(tokens.all) == 1


async def test_a_name_that_the_store_knows_is_taken(store: Store) -> None:
    one, other = (await _started(store)).tokens, (await _started(store)).tokens
    await _add(one)
    with pytest.raises(Invalid, match="another token"):
        await _add(other)
