"""The API of privacy settings, and what they do to requests that arrive."""

import hashlib
import json

import pytest

from app import keys
from tests.conftest import Running

SET = {
    "mask": False, "masked_headers": [], "masked_fields": [], "withheld_headers": ["Authorization"],
    "withheld_fields": ["Card"],
}  # fmt: skip
FORM = {"MessageSid": "SM1", "From": "+14155550107", "To": "+19495550142", "Body": "hello", "card": "velvet"}


async def _put(server: Running, **settings: object) -> dict:
    async with server.client.put(f"{server.bin_api}/privacy", json=settings) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_settings_are_set_and_shown(server: Running) -> None:
    shown = await _put(server, **SET)
    assert shown == SET | {"withheld_headers": ["authorization"], "withheld_fields": ["card"]}
    async with server.client.get(f"{server.bin_api}/privacy") as answer:
        assert await answer.json() == shown
    assert (await _put(server))["withheld_fields"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"withheld_headers": ["Host"]}, "withheld_headers"), ({"masked_headers": ["a b"]}, "masked_headers"),
        ({"withheld_fields": "card"}, "withheld_fields"), ({"mask": "yes"}, "mask"), ({"other": 1}, "other"),
    ],
)  # fmt: skip
async def test_wrong_settings_are_refused_by_their_name(server: Running, body: dict, field: str) -> None:
    async with server.client.put(f"{server.bin_api}/privacy", json=body) as answer:
        assert answer.status == 422
        assert (await answer.json())["errors"][0]["field"] == field
    assert not server.app[keys.PRIVACY].of(server.bin.id).withholds


async def test_an_unknown_bin_has_no_settings(server: Running) -> None:
    for method in ("get", "put"):
        async with server.client.request(method, f"{server.api}/bins/none/privacy", json={}) as answer:
            assert answer.status == 404


async def test_what_is_withheld_is_in_no_byte_of_the_store_and_the_capture_says_so(server: Running) -> None:
    await _put(server, **SET)
    headers = {"Authorization": "Bearer opensesame"}
    async with server.client.post(server.capture_url, data=FORM, headers=headers) as answer:
        assert answer.status == 200
    async with server.client.post(server.capture_url, data=b"\x1f\x8bvelvet", headers=headers) as answer:
        assert answer.status == 200
    await server.settled(2)
    first, second = [await server.capture(n) for n in (1, 2)]
    assert first["not_stored"] == {"headers": ["authorization"], "fields": ["card"], "query": False, "body": None}
    assert dict(first["parsed"]["form"])["card"] == "[not stored]"
    assert first["text"] == "hello"
    assert second["body"]["size"] == 0
    assert second["not_stored"]["body"] == {
        "size": 8, "sha256": hashlib.sha256(b"\x1f\x8bvelvet").hexdigest(), "why": "it is no text",
    }  # fmt: skip
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/2") as answer:
        page = await answer.text()
    assert "Not everything is stored." in page
    assert "this body, because it is no text" in page
    assert second["findings"] == []
    data = server.app[keys.SETTINGS].data_dir
    stored = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert b"hello" in stored
    for value in (b"velvet", b"opensesame"):
        assert value not in stored


async def test_a_response_cannot_repeat_what_is_withheld(server: Running) -> None:
    await _put(server, withheld_fields=["body"])
    echo = {"status": 200, "headers": [["Content-Type", "text/plain"]], "body": "{{text}}", "delay_ms": 0, "rules": []}
    async with server.client.put(f"{server.bin_api}/answers/primary", json=echo) as answer:
        assert answer.status == 200, await answer.text()
    large = FORM | {"Other": "x" * 30_000}
    for form in (FORM, large):
        async with server.client.post(server.capture_url, data=form) as answer:
            assert "hello" not in await answer.text()
            assert answer.status == 200
    await server.settled(2)
    for n in (1, 2):
        assert (await server.capture(n))["not_stored"]["fields"] == ["body"]
        assert "hello" not in json.dumps(await server.capture(n))


async def test_a_signature_over_what_is_withheld_cannot_be_checked(server: Running) -> None:
    async with server.client.put(
        f"{server.bin_api}/secrets/one", json={"secret": "s3cret-token", "scheme": "twilio"}
    ) as answer:
        assert answer.status == 200
    await _put(server, withheld_fields=["card"])
    async with server.client.post(server.capture_url, data=FORM, headers={"X-Twilio-Signature": "x" * 27 + "="}):
        pass
    await server.settled(1)
    signature = (await server.capture(1))["signature"]
    assert signature["verdict"] == "cannot_say"
    assert "cannot be checked" in signature["sentence"]
    assert "signature_invalid" not in (await server.capture(1))["findings"]
