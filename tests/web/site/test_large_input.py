"""What is larger or deeper than any page wants is refused before it costs anything."""

import asyncio
import re
import threading

import pytest

from app.ingress.beginning import MAX_PATH, MAX_SLASHES
from app.services.large import QUICK_BYTES
from app.web.site import templates as page
from app.web.site.forms import _parse

from ...conftest import TOKEN, Running


async def _get(server: Running, target: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(15):
        answer = await reader.read(-1)
    writer.transport.abort()
    return int(answer[9:12])


@pytest.mark.parametrize("path", ["/" * (MAX_SLASHES + 1), "/static/" + "a" * MAX_PATH, "/healthz" + "/.." * 20_000])
async def test_a_path_that_is_no_pages_is_not_looked_for(server: Running, path: str) -> None:
    assert await _get(server, path) == 404
    assert await _get(server, f"{path}?a=b") == 404


async def test_a_message_with_a_long_id_has_its_page(server: Running) -> None:
    path = f"/bins/{server.bin.id}/messages/generic/{'%F0%9F%91%A9' * 500}"
    assert len(path) < MAX_PATH
    async with server.client.get(server.url + path) as answer:
        assert answer.status == 404
        assert "sign-in" not in str(answer.url)


async def test_a_query_may_be_long_and_hold_slashes(server: Running) -> None:
    assert await _get(server, f"/healthz?a={'/' * 60_000}") == 200


async def test_a_form_of_few_fields_is_small(server: Running) -> None:
    for path, size in (("/sign-in", 16 << 10), ("/bins", 64 << 10)):
        for extra, wanted in ((0, True), (1, False)):
            body = b"token=" + b"x" * (size - 6 + extra)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            sent = server.client.post(server.url + path, data=body, headers=headers, allow_redirects=False)
            async with sent as answer:
                assert (answer.status != 413) is wanted, (path, extra, answer.status)


async def test_a_long_token_is_still_taken(server: Running) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}
    body = f"next={'/a' * 4_000}&token={TOKEN}"
    sent = server.client.post(f"{server.url}/sign-in", data=body, headers=headers, allow_redirects=False)
    async with sent as answer:
        assert answer.status == 303


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"a=b&c=d", {"a": "b", "c": "d"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a&b=&=c", {"a": "", "b": "", "": "c"}),
        (b"a+b=c+d&e%20f=g%2Bh", {"a b": "c d", "e f": "g+h"}),
        (b"a=%C3%A9%FF", {"a": "é\ufffd"}),
        (b"a=%zz%&b=\xc3\xa9", {"a": "%zz%", "b": "é"}),
        (b"a=b=c&&d", {"a": "b=c", "d": ""}),
    ],
)
def test_a_form_is_read_as_browsers_write_it(body: bytes, fields: dict[str, str]) -> None:
    assert _parse(body, 100) == fields


def test_a_form_with_too_many_fields_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("too many")):
        _parse(b"a=b&" * 100, 100)


async def test_the_page_of_a_large_request_is_made_in_a_thread_and_that_of_a_small_one_on_the_loop(
    server: Running, monkeypatch
) -> None:
    makers = []
    text_of = page._text_of

    def noted(*arguments: object) -> bytes:
        makers.append(threading.get_ident())
        return text_of(*arguments)

    monkeypatch.setattr(page, "_text_of", noted)
    for n, size in enumerate((10, 2 * QUICK_BYTES), start=1):
        async with server.client.post(server.capture_url, data={"Text": "a" * size}) as answer:
            assert answer.status == 200
        async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/{n}?tab=raw") as answer:
            assert "a" * size in await answer.text()
    assert [maker == threading.get_ident() for maker in makers] == [True, False]
