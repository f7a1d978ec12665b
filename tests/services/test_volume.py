"""The time that the volume of a filter is over, and what is counted."""

from datetime import datetime, timedelta

from app import clock, keys
from app.domain.search import parse_query, settle
from app.domain.volume import HOUR, MINUTE
from app.errors import TooSlow
from app.services.volume import LEAST, volume_of
from tests.conftest import Running


async def _volume(server: Running, text: str = "", now: datetime | None = None, **options: object):
    store = server.app[keys.STORE]
    bin = await store.get_bin(server.bin.id)
    now = now or clock.now()
    return await volume_of(store, bin, settle(parse_query(text), now) if text else None, now, **options)


async def _send(server: Running, role: str = "") -> None:
    async with server.client.post(server.capture_url + role, data={"Text": "hi"}):
        pass


async def test_a_young_bin_is_shown_for_the_last_hour(server: Running) -> None:
    await _send(server)
    volume = await _volume(server)
    assert LEAST == HOUR
    assert volume.span.step == MINUTE
    assert HOUR <= volume.span.until - volume.span.since <= HOUR + 2 * MINUTE
    assert (volume.total, volume.matching) == (1, False)


async def test_times_of_the_filter_are_the_time_that_is_shown(server: Running) -> None:
    await _send(server)
    now = clock.now()
    volume = await _volume(server, "after:45m before:5m", now)
    assert volume.wanted == (now - 45 * MINUTE, now - 5 * MINUTE)
    assert timedelta(0) <= volume.wanted[0] - volume.span.since < MINUTE
    assert timedelta(0) <= volume.span.until - volume.wanted[1] < MINUTE
    assert not volume.matching


async def test_a_time_before_all_captures_shows_no_years_without_any(server: Running) -> None:
    await _send(server)
    for text in ("after:2001-01-01", "after:2999-01-01", "before:2001-01-01", "after:2999-01-01 before:2001-01-01"):
        volume = await _volume(server, text)
        assert volume.span.until - volume.span.since < 2 * HOUR, text


async def test_other_terms_are_counted_by_searching_if_that_is_wanted(server: Running) -> None:
    for role in ("", "/status", "/status"):
        await _send(server, role)
    assert [(one.total, one.matching) for one in (
        await _volume(server, "role:status"), await _volume(server, "role:status", search=False),
    )] == [(2, True), (3, False)]  # fmt: skip


async def test_a_search_that_takes_too_long_leaves_the_counts_of_the_bin(server: Running, monkeypatch) -> None:
    await _send(server)
    store = server.app[keys.STORE]
    count = store.count_intervals

    async def slow(bin_id: str, span: object, query: object = None):
        if query is not None:
            raise TooSlow(("q", "too slow"))
        return await count(bin_id, span)

    monkeypatch.setattr(store, "count_intervals", slow)
    volume = await _volume(server, "text~nothing")
    assert (volume.total, volume.matching) == (1, False)
