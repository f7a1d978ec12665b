"""Alerts through `kill -9`: none is lost, and what a target may have got comes with the same id."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import aiohttp

from tests.process import TOKEN, Process, serving
from tests.services.alerts.watched import types
from tests.services.forwards.target import OK, Seen, Target, a_target

ALLOWED = ("--allow-targets", "127.0.0.1")


async def report(server: Process, message: str) -> None:
    form = {"MessageSid": message, "MessageStatus": "failed", "AccountSid": "AC1", "To": "+14155550107"}
    async with aiohttp.ClientSession() as client:
        async with client.post(server.ready["urls"]["primary"] + "/status", data=form) as answer:
            assert answer.status == 200


async def call(server: Process, method: str, path: str, **json: object) -> dict[str, list[dict[str, object]]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        async with client.request(method, f"{server.bin_api}/alerts{path}", json=json or None) as answer:
            assert answer.status < 300, await answer.text()
            found: dict[str, list[dict[str, object]]] = await answer.json()
            return found


async def until_delivered(server: Process, alert: object, count: int) -> list[dict[str, object]]:
    async with asyncio.timeout(60):
        while True:
            items = (await call(server, "GET", f"/{alert}/history"))["items"]
            states = [each["state"] for item in items for each in item["deliveries"]]  # type: ignore[attr-defined]
            if states == ["delivered"] * count:
                return items
            await asyncio.sleep(0.05)


async def until_counted(server: Process, alert: object, count: int) -> None:
    async with asyncio.timeout(60):
        while (await call(server, "GET", f"/{alert}"))["count"] != count:
            await asyncio.sleep(0.05)


async def add(server: Process, target: Target, more_than: int = 0) -> object:
    made = await call(
        server, "POST", "", name="A", kind="matches", filter="status:failed", more_than=more_than,
        webhook={"url": target.url},
    )  # fmt: skip
    return made["id"]


async def test_a_kill_between_request_and_answer_repeats_it_with_the_same_id(tmp_path: Path) -> None:
    say: list[Callable[[Seen], bytes | None]] = [lambda _: None]
    async with a_target(lambda seen: say[0](seen)) as target:
        with serving(tmp_path, *ALLOWED) as server:
            alert = await add(server, target)
            await report(server, "SM1")
            await target.got(1)
            server.kill_all()
        say[0] = lambda _: OK
        with serving(tmp_path, *ALLOWED) as server:
            await target.got(2)
            items = await until_delivered(server, alert, 1)
            assert [each["kind"] for each in items] == ["firing"]
            server.kill_all()
        # What was answered is not sent again, and what comes next is.
        with serving(tmp_path, *ALLOWED) as server:
            await report(server, "SM2")
            await until_counted(server, alert, 2)
            tested = await call(server, "POST", f"/{alert}/test")
            assert tested["number"] == 2
        ids = [seen.header("webhook-id") for seen in target.seen]
        assert ids == [f"{alert}.1", f"{alert}.1", f"{alert}.2"]
        assert types(target.seen) == ["alert.firing", "alert.firing", "alert.test"]


async def test_a_kill_before_anything_was_looked_at_loses_nothing(tmp_path: Path) -> None:
    async with a_target() as target:
        with serving(tmp_path, *ALLOWED) as server:
            alert = await add(server, target, more_than=1)
            await report(server, "SM1")
            # The second capture is on the disk when it is answered; nothing else need have happened.
            await report(server, "SM2")
            server.kill_all()
        with serving(tmp_path, *ALLOWED) as server:
            await until_delivered(server, alert, 1)
        assert {seen.header("webhook-id") for seen in target.seen} == {f"{alert}.1"}
