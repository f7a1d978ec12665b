"""A body of which not all is kept: the page names the one cause."""

import html
from collections.abc import Callable

import pytest

from app.settings import Settings
from tests.conftest import Running, run_server
from tests.ingress.http import talk


async def _summary(server: Running) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1") as answer:
        return html.unescape(await answer.text())


@pytest.mark.parametrize(
    ("head", "body", "why"),
    [
        ("Content-Length: 10", b"Text=", "It ended before the 10 bytes that the Content-Length header declares. 5 B"),
        ("Transfer-Encoding: chunked", b"5\r\nText=", "It ended before its last chunk. 5 B"),
    ],
)
async def test_a_body_that_ended_early_says_what_is_missing(server: Running, head: str, body: bytes, why: str) -> None:
    request = f"POST /{server.bin.key} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body
    await talk(server.port, request, half_close=True)
    assert f"The body is incomplete.</strong>{why} of it are kept." in await _summary(server)


async def test_a_body_over_the_limit_says_the_limit(make_settings: Callable[..., Settings]) -> None:
    async with run_server(make_settings(max_body="1KiB")) as server:
        async with server.client.post(server.capture_url, data=b"x" * 1_025):
            pass
        assert "</strong>It is larger than the limit of 1KiB." in await _summary(server)
