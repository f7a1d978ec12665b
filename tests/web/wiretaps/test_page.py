"""The page of wiretaps, the notice on every page of the bin, and what an open request says of its handler."""

import re

import aiohttp

from app import keys
from app.services.forwards import registry
from tests.conftest import Running
from tests.services.forwards.target import Target

TEXT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


async def page(server: Running, path: str = "/wiretaps", status: int = 200) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}") as answer:
        assert answer.status == status
        return words(await answer.text())


async def post(server: Running, path: str = "/primary", **fields: str) -> tuple[aiohttp.ClientResponse, str]:
    address = f"{server.url}/bins/{server.bin.id}/wiretaps{path}"
    async with server.client.post(
        address, data=fields, headers={"Origin": server.url}, allow_redirects=False
    ) as answer:
        return answer, words(await answer.text())


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_a_wiretap_is_set_and_removed_on_the_page(opened: Running, target: Target) -> None:
    assert "Let your handler answer" in await page(opened)
    answer, _ = await post(opened, url=target.url, on_failure="safe", timeout_s="2.5", enabled="on")
    assert answer.headers["Location"] == f"/bins/{opened.bin.id}/wiretaps?role=primary&done=set"
    shown = await page(opened, "/wiretaps?role=primary&done=set")
    for text in ("It applies to the next request", "your handler", "2.5 s", "Wiretap on primary", "in the path"):
        assert text in shown
    assert "Wiretap on primary" in await page(opened, "/faults")
    assert "responses and faults that are set there do not apply" in await page(opened, "/answers")
    assert "what your handler has not accepted" in await page(opened, "/forwards")
    answer, _ = await post(opened, "/primary/remove")
    assert answer.status == 303
    assert "Let your handler answer" in await page(opened)
    assert "do not apply" not in await page(opened, "/faults")


async def test_a_wrong_form_keeps_what_was_typed(opened: Running) -> None:
    answer, text = await post(opened, url="https://user:pw@h.example/", timeout_s="soon")
    assert answer.status == 422
    assert "The time limit must be a number from 0.5 to 60" in text
    answer, text = await post(opened, url="https://user:pw@h.example/")
    assert "The URL must not contain a password" in text


async def test_above_the_limit_of_forwards_the_safe_answer_is_refused(opened: Running, monkeypatch) -> None:
    monkeypatch.setattr(registry, "MOST_FORWARDS", 0)
    answer, text = await post(opened, url="https://h.example/", on_failure="safe", enabled="on")
    assert answer.status == 409
    assert "delete one first" in text
    assert opened.app[keys.WIRETAPS].of(opened.bin.id) == {}


async def test_an_open_request_shows_what_the_handler_answered(opened: Running, target: Target) -> None:
    target.say = lambda _: TEXT
    await post(opened, url=target.url, enabled="on")
    async with opened.client.post(opened.capture_url, data=b"Text=hi") as answer:
        assert await answer.text() == "hello"

    async def is_there() -> bool:
        return bool(await opened.app[keys.STORE].list_attempts(opened.bin.id, 1, limit=1))

    await opened.until(is_there)
    shown = await page(opened, "/captures/1?tab=answer")
    assert "Your handler answered 200 after" in shown
    assert "Twilio and compatible providers send plain text to the customer as an SMS." in shown
    assert "Shown as it was sent to the provider" in shown
    assert "Your handler answered 200 after" in await page(opened, "/captures/1")
    assert "wiretap, while the provider waited" in await page(opened, "/captures/1?tab=replay")
    async with opened.client.post(f"{opened.capture_url}/fallback", data=b"Text=other") as answer:
        assert answer.status == 200
    compared = await page(opened, "/compare/1/2")
    assert "; your handler answered 200 after" in compared
    assert compared.count("your handler answered") == 1
