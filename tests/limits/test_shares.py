"""How long a share may be open, and how many a bin has."""

from datetime import timedelta

import pytest

from app import keys
from app.domain.shares import KEPT_AFTER_END, MAX_SHARE_TIME, MOST_SHARES, SharedPart
from app.errors import Invalid
from app.services.shares import FORGET_EVERY_S, WRITE_EVERY_S
from app.web.shares.viewing import LONG_PAGE
from tests.conftest import Running
from tests.web.shares.conftest import open_link, send


async def _add(server: Running, time: timedelta = timedelta(hours=1)) -> str:
    _, secret = await server.app[keys.SHARES].add(
        server.bin.id, SharedPart(), expires_in=time, masked=True, made_by="me"
    )
    return secret


async def test_a_share_is_open_for_ninety_days_at_most(server: Running) -> None:
    await _add(server, MAX_SHARE_TIME)
    for time in (MAX_SHARE_TIME + timedelta(microseconds=1), timedelta(0)):
        with pytest.raises(Invalid, match="at most 90d"):
            await _add(server, time)
    longest_s = int(MAX_SHARE_TIME.total_seconds())
    for given, status in (("90d", 201), ("91d", 422), (longest_s, 201), (longest_s + 1, 422), (0, 422)):
        async with server.client.post(f"{server.bin_api}/shares", json={"expires_in": given}) as answer:
            assert answer.status == status


async def test_a_bin_has_a_hundred_shares_at_most(server: Running) -> None:
    for _ in range(MOST_SHARES):
        await _add(server)
    with pytest.raises(Invalid, match="100 shares"):
        await _add(server)


def test_views_are_stored_within_seconds_and_ends_are_remembered_for_months() -> None:
    assert timedelta(days=30) <= KEPT_AFTER_END
    assert WRITE_EVERY_S < FORGET_EVERY_S


@pytest.mark.parametrize("fields", [LONG_PAGE, LONG_PAGE + 1])
async def test_a_request_with_many_fields_is_shown_whole(server: Running, fields: int) -> None:
    await send(server, data={f"f{number}": "x" for number in range(fields)})
    await server.settled(1)
    secret = await _add(server)
    status, text = await open_link(f"{server.url}/shared/{secret}/captures/1")
    assert (status, text.count("<dt><bdi>f")) == (200, fields)
