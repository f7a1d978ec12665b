"""`smsbin listen` with the real server: both read the frames of the other."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import keys
from app.commands.client import Client
from app.commands.listen.connecting import ListenAddress
from app.commands.listen.memory import DeliveredCaptures
from app.commands.listen.output import Output, report
from app.commands.listen.session import ListenSession
from app.errors import CannotStart
from app.settings import Settings
from tests.commands.listen.fake import (
    Program,
    a_program,
    ids,
    plan_of,
    running,
    start_listening,
    stopping_after,
    target_of,
    until,
)
from tests.conftest import Running, run_server
from tests.process import TOKEN
from tests.web.listeners.listening import bandwidth_batch, infobip_batch, send_json, telnyx_status

# The events of the two batches, as capture and position.
EXPECTED = [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
BODY = bytes(range(256)) * 4_096


def _session(server: Running, program: Program, state: Path, *, as_event: bool = False, **plan: Any) -> ListenSession:
    client = Client(root=server.url, token=server.app[keys.SETTINGS].access_token or "", source="the test")
    query = {"name": "laptop"} | ({"answer": "1"} if plan.get("answers") else {}) | ({"event": "1"} if as_event else {})
    address = ListenAddress(client=client, bin_id=server.bin.id, query=query, start=0)
    delivered = DeliveredCaptures(state / "laptop", report)
    return ListenSession(plan_of(**plan), address, target_of(program.url, as_event=as_event), delivered, Output())


async def _listener(server: Running) -> dict[str, Any]:
    async with server.client.get(f"{server.bin_api}/listeners") as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items[0] if items else {}


async def test_captures_arrive_and_their_results_are_reported(server: Running, tmp_path: Path) -> None:
    headers = {"X-Own": "\xff", "Content-Type": "application/octet-stream"}
    async with server.client.post(f"{server.capture_url}/status/more?a=%20", data=BODY, headers=headers) as answer:
        assert answer.status == 200
    async with a_program() as program, running(_session(server, program, tmp_path)):
        await until(lambda: len(program.seen) == 1)

        async def is_acknowledged() -> bool:
            listener = await _listener(server)
            return bool(listener) and (listener["cursor"], listener["lag"]) == (1, 0)

        await server.until(is_acknowledged)
    assert program.bodies == [BODY]
    assert program.seen[0].startswith(b"POST /sms/more?a=%20 HTTP/1.1\r\n")
    assert f"X-Smsbin-Id: {server.bin.id}/1\r\n".encode() in program.seen[0]
    last = (await _listener(server))["last"]
    assert (last["n"], last["status"], last["error"]) == (1, 200, None)


async def test_an_event_is_sent_instead_of_the_request(server: Running, tmp_path: Path) -> None:
    form = {"From": "+14155550107", "To": "+19495550142", "Body": "hi", "MessageSid": "SM1", "AccountSid": "AC1"}
    async with server.client.post(server.capture_url, data=form) as answer:
        assert answer.status == 200
    async with a_program() as program:
        assert await _session(server, program, tmp_path, as_event=True, once=1).run() == 0
    (event,) = map(json.loads, program.bodies)
    assert (event["type"], event["data"]["text"]) == ("sms.received", "hi")
    assert f"webhook-id: {server.bin.id}.1.0\r\n".encode() in program.seen[0]
    assert b"X-Forwarded-For: 127.0.0.1\r\n" in program.seen[0]


async def test_all_events_of_batches_arrive_though_the_program_ends_in_between(server: Running, tmp_path: Path) -> None:
    await send_json(server, infobip_batch())
    await send_json(server, bandwidth_batch("m0", "m1", "m2"))
    arguments = ("--event", "--from", "start", "--once", "5", "--json")
    async with a_program() as first:
        first.answers = stopping_after(first, 1)
        process = await start_listening(server.url, tmp_path, "--to", first.url, *arguments, token=TOKEN)
        assert process.stderr is not None
        while b"(2 held)" not in await process.stderr.readline():
            pass
        async with a_program(first.port) as second:
            out, _ = await process.communicate()
    assert process.returncode == 0
    assert ids(first) + ids(second) == [f"{server.bin.id}.{n}.{event}" for n, event in EXPECTED]
    shown = [json.loads(line) for line in out.splitlines()]
    assert [(each["n"], each["event"]) for each in shown] == EXPECTED
    assert [each["summary"] for each in shown[:2]] == [
        "inbound +447700900163 -> +447700900142: first", "inbound +447700900164 -> 61050: received",
    ]  # fmt: skip
    assert (await _listener(server))["cursor"] == 2


async def test_events_are_not_sent_twice_though_the_server_is_restarted_in_between(
    make_settings: Callable[..., Settings], free_port: int, tmp_path: Path
) -> None:
    async with a_program() as program:
        program.holds = asyncio.Event()
        async with run_server(make_settings(), free_port) as server:
            await send_json(server, bandwidth_batch("m0", "m1", "m2"))
            process = await start_listening(
                server.url, tmp_path, "--to", program.url, "--event", "--from", "start", token=TOKEN
            )
            await until(lambda: len(program.seen) == 1)
        async with run_server(make_settings(), free_port) as server:

            async def is_connected() -> bool:
                return bool((await _listener(server)).get("connected"))

            async def is_acknowledged() -> bool:
                return (await _listener(server))["cursor"] == 1

            await server.until(is_connected)
            program.holds.set()
            await server.until(is_acknowledged)
            assert (await _listener(server))["last"]["status"] == 200
        process.terminate()
        _, err = await process.communicate()
    assert ids(program) == [f"{server.bin.id}.1.{event}" for event in range(3)]
    assert b"the connection was lost" in err


async def test_more_than_one_mebibyte_of_events_arrives(server: Running, tmp_path: Path) -> None:
    async with server.client.post(f"{server.capture_url}/status", json=telnyx_status(80)) as answer:
        assert answer.status == 200
    async with a_program() as program:
        assert await _session(server, program, tmp_path, as_event=True, once=80).run() == 0
    assert sum(map(len, program.bodies)) > 1 << 20
    assert [json.loads(body)["data"]["event"] for body in program.bodies] == list(range(80))


async def test_a_provider_that_waits_gets_the_local_response(server: Running, tmp_path: Path) -> None:
    async with a_program() as program, running(_session(server, program, tmp_path, answers=True)):
        program.answers = lambda _: b"HTTP/1.1 418 X\r\nContent-Length: 3\r\nX-Own: 1\r\n\r\ntea"

        async def is_connected() -> bool:
            return bool((await _listener(server)).get("connected"))

        await server.until(is_connected)
        async with server.client.post(server.capture_url, data=b"a=b") as answer:
            assert (answer.status, await answer.read(), answer.headers["X-Own"]) == (418, b"tea", "1")


async def test_a_listener_that_is_removed_ends(server: Running, tmp_path: Path) -> None:
    async with a_program() as program:
        task = asyncio.ensure_future(_session(server, program, tmp_path).run())

        async def is_connected() -> bool:
            return bool((await _listener(server)).get("connected"))

        await server.until(is_connected)
        async with server.client.delete(f"{server.bin_api}/listeners/laptop") as answer:
            assert answer.status == 204
        with pytest.raises(CannotStart, match="was removed"):
            await task
