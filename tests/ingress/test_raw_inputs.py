"""Requests that no library sends: one with a capture URL is stored; none hangs, none is answered 5xx."""

import asyncio
import base64
import re

from app import keys
from tests.conftest import Running

from .raw_inputs import BROKEN, FOLLOWED, KEPT, OF_NO_BIN, Raw


async def _statuses(port: int, data: bytes) -> list[int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(8):
            answer = await reader.read(-1)
    finally:
        writer.transport.abort()
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def _aimed(text: str, server: Running) -> str:
    key = server.bin.key
    return text.replace("{t}", f"/{key}").replace("{k}", key).replace("{h}", f"{ord(key[0]):02x}{key[1:]}")


def _wanted(raw: Raw, text: str) -> dict:
    head, _, rest = text.removeprefix("\r\n\r\n").partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    method, target, _ = line.split(" ")
    return {
        "method": method,
        "target": target,
        "headers": [[name, value.strip(" \t")] for name, _, value in (header.partition(":") for header in headers)],
        "body": rest if raw.body is None else raw.body,
        "complete": raw.complete,
    }


async def test_what_reaches_us_is_kept_exactly(server: Running) -> None:
    for n, (name, raw) in enumerate(KEPT.items(), start=1):
        text = _aimed(raw.sent, server)
        assert await _statuses(server.port, text.encode("latin-1")) == [200], name
        kept = await server.capture(n)
        found = {name: kept[name] for name in ("method", "target", "headers")} | {
            "body": base64.b64decode(kept["body"]["base64"]).decode("latin-1"),
            "complete": kept["body"]["complete"],
        }
        assert found == _wanted(raw, text), name
    assert len(await server.captures()) == len(KEPT)


async def test_what_is_not_valid_http_is_kept_with_the_bytes_as_they_came(server: Running) -> None:
    for n, (name, text) in enumerate(BROKEN.items(), start=1):
        sent = _aimed(text, server).encode("latin-1")
        assert await _statuses(server.port, sent) == [400], name
        kept = await server.capture(n)
        assert base64.b64decode(kept["body"]["base64"]) == sent, name
        assert (kept["headers"], kept["http_version"]) == ([], None), name
        assert kept["problem"].startswith("not valid HTTP: "), name
        for query in ("", "?wire=1"):
            async with server.client.get(f"{server.bin_api}/captures/{n}/raw{query}") as answer:
                assert await answer.read() == sent, name
    assert server.app[keys.METRICS].refused_by_parser == len(BROKEN)


async def test_the_last_request_of_a_connection_ends_it_and_rubbish_behind_one_is_refused(server: Running) -> None:
    found = [await _statuses(server.port, _aimed(text, server).encode("latin-1")) for text in FOLLOWED.values()]
    assert found == [[200, 400], [200, 200], [200]]
    assert len(await server.captures()) == 4


async def test_what_names_no_bin_is_refused_and_counted(server: Running) -> None:
    for name, text in OF_NO_BIN.items():
        assert await _statuses(server.port, text.encode("latin-1")) == [400], name
    assert await server.captures() == []
    assert server.app[keys.METRICS].refused_by_parser == len(OF_NO_BIN)


async def test_of_all_that_names_a_bin_nothing_is_lost(server: Running) -> None:
    for text in (*(raw.sent for raw in KEPT.values()), *BROKEN.values(), *FOLLOWED.values(), *OF_NO_BIN.values()):
        assert not [
            status for status in await _statuses(server.port, _aimed(text, server).encode("latin-1")) if status >= 500
        ]
    named, kept = len(KEPT) + len(BROKEN) + len(FOLLOWED), len(await server.captures())
    print(f"{named} odd inputs name a bin, one of them twice: {kept} captures; {len(OF_NO_BIN)} name none")
    assert kept == named + 1
    assert named >= 120


async def test_the_wire_is_given_back_to_the_byte_framing_included(server: Running) -> None:
    for n, (name, raw) in enumerate(KEPT.items(), start=1):
        sent = _aimed(raw.sent, server).removeprefix("\r\n\r\n").encode("latin-1")
        await _statuses(server.port, sent)
        async with server.client.get(f"{server.bin_api}/captures/{n}/raw?wire=1") as answer:
            assert await answer.read() == sent, name


async def test_the_framing_of_a_long_body_is_not_kept_and_reports_it(server: Running) -> None:
    head = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n0\r\n\r\n"
    assert await _statuses(server.port, head.encode() + chunk) == [200]
    assert (await server.capture(1))["size"] == 0x10000
    async with server.client.get(f"{server.bin_api}/captures/1/raw?wire=1") as answer:
        assert answer.status == 409
        assert "64 KiB" in (await answer.json())["detail"]


async def test_one_byte_at_a_time_is_a_request_too(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for byte in f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi".encode():
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    async with asyncio.timeout(8):
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert (await server.capture(1))["size"] == 2
