"""Wiretaps are stored, and take effect at once."""

from collections.abc import Callable

import pytest

from app import keys
from app.domain.roles import Role
from app.domain.wiretaps.model import OnFailure, Wiretap
from app.errors import Invalid, NotFound
from tests.conftest import run_server

from .conftest import Tapped

SOME = Wiretap(url="https://h.example/sms")


async def test_a_wiretap_survives_a_restart(make_settings: Callable) -> None:
    async with run_server(make_settings()) as server:
        wiretap = Wiretap(url="https://h.example/sms", on_failure=OnFailure.SAFE, timeout_s=2.5, credentials=False)
        await server.app[keys.WIRETAPS].set(server.bin.id, Role.STATUS, wiretap)
        off = Wiretap(url="https://h.example/sms", enabled=False)
        await server.app[keys.WIRETAPS].set(server.bin.id, Role.VOICE, off)
    async with run_server(make_settings()) as server:
        assert server.app[keys.WIRETAPS].of(server.bin.id) == {Role.STATUS: wiretap, Role.VOICE: off}
        handlers = server.app[keys.HANDLERS]
        assert handlers.of(server.bin.id, Role.STATUS) is not None
        assert handlers.of(server.bin.id, Role.VOICE) is None


async def test_it_takes_effect_at_once_and_ends_at_once(tapped: Tapped) -> None:
    app, bin_id = tapped.server.app, tapped.server.bin.id
    wiretaps, handlers = app[keys.WIRETAPS], app[keys.HANDLERS]
    await wiretaps.set(bin_id, Role.PRIMARY, SOME)
    first = handlers.of(bin_id, Role.PRIMARY)
    assert first is not None
    await wiretaps.set(bin_id, Role.PRIMARY, SOME)
    assert handlers.of(bin_id, Role.PRIMARY) not in (None, first)
    await wiretaps.remove(bin_id, Role.PRIMARY)
    await wiretaps.remove(bin_id, Role.PRIMARY)
    assert handlers.of(bin_id, Role.PRIMARY) is None
    assert await app[keys.STORE].list_wiretaps() == []


@pytest.mark.parametrize(
    ("wiretap", "field"),
    [
        (Wiretap(url="ftp://x"), "url"),
        (Wiretap(url="http://own.example:80/x"), "url"),
        (Wiretap(url="http://user:pw@h.example/"), "url"),
        (Wiretap(url="http://h.example:25/"), "url"),
        (Wiretap(url="http://10.0.0.1:8080/sms"), "url"),
        (Wiretap(url="http://[::1]/sms"), "url"),
        (Wiretap(url="https://h.example", timeout_s=float("nan")), "timeout_s"),
    ],
)
async def test_what_cannot_work_is_refused(tapped: Tapped, wiretap: Wiretap, field: str) -> None:
    with pytest.raises(Invalid) as error:
        await tapped.server.app[keys.WIRETAPS].set(tapped.server.bin.id, Role.PRIMARY, wiretap, own="own.example")
    assert [name for name, _ in error.value.problems] == [field]


async def test_a_wiretap_whose_target_was_allowed_once_can_be_switched_off(make_settings: Callable) -> None:
    url = "http://127.0.0.1:9999/sms"
    async with run_server(make_settings(allow_targets="127.0.0.1")) as server:
        await server.app[keys.WIRETAPS].set(server.bin.id, Role.PRIMARY, Wiretap(url=url))
    async with run_server(make_settings()) as server:
        wiretaps = server.app[keys.WIRETAPS]
        assert not (await wiretaps.set(server.bin.id, Role.PRIMARY, Wiretap(url=url, enabled=False))).enabled
        with pytest.raises(Invalid, match="start smsbin with --allow-targets"):
            await wiretaps.set(server.bin.id, Role.PRIMARY, Wiretap(url=url + "2"))


async def test_an_unknown_bin(tapped: Tapped) -> None:
    with pytest.raises(NotFound):
        await tapped.server.app[keys.WIRETAPS].set("nothing", Role.PRIMARY, SOME)
    with pytest.raises(NotFound):
        await tapped.server.app[keys.WIRETAPS].remove("nothing", Role.PRIMARY)


async def test_a_deleted_bin_has_no_wiretap(tapped: Tapped) -> None:
    app, bin_id = tapped.server.app, tapped.server.bin.id
    await app[keys.WIRETAPS].set(bin_id, Role.PRIMARY, SOME)
    async with tapped.server.client.delete(tapped.server.bin_api) as answer:
        assert answer.status == 204
    assert app[keys.WIRETAPS].of(bin_id) == {}
    assert app[keys.HANDLERS].of(bin_id, Role.PRIMARY) is None
    assert await app[keys.STORE].list_wiretaps() == []
