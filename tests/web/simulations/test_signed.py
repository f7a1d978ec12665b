"""Simulated and repeated requests are signed as the provider does, with the secret of the bin, or wrongly."""

from collections.abc import Callable

import pytest

from app import keys
from app.settings import Settings
from tests.conftest import Running, run_server
from tests.signed import FIELDS, SECRET, twilio_headers


async def put(server: Running, **body: str) -> None:
    async with server.client.put(f"{server.bin_api}/secrets/primary", json={"secret": SECRET} | body) as answer:
        assert answer.status == 200


async def simulate(server: Running, status: int = 202, **body: object) -> dict:
    body = {"provider": "twilio", "what": "inbound"} | body
    async with server.client.post(f"{server.bin_api}/simulations", json=body) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def done(server: Running, run: dict) -> dict:
    async def is_done() -> bool:
        async with server.client.get(f"{server.bin_api}/simulations/{run['id']}") as answer:
            return (await answer.json())["state"] == "done"

    await server.until(is_done)
    await server.app[keys.STORE].get_bin(server.bin.id)
    return run


@pytest.mark.parametrize("public_url", ["", "https://sms.example.net"])
@pytest.mark.parametrize(
    ("provider", "what"),
    [("twilio", "inbound"), ("twilio", "outbound"), ("signalwire", "inbound"), ("plivo", "inbound"),
     ("vonage", "inbound"), ("sinch", "inbound"), ("messagebird", "inbound"), ("bandwidth", "inbound")],
)  # fmt: skip
async def test_a_run_is_valid_or_invalid_as_requested(
    make_settings: Callable[..., Settings], provider: str, what: str, public_url: str
) -> None:
    async with run_server(make_settings(public_url=public_url)) as server:
        await put(server, **({"secret": "user:password"} if provider == "bandwidth" else {}))
        seen = 0
        expected = {"valid": "valid", "invalid": "wrong_secret_or_changed", "none": "unsigned"}
        for sign, verdict in expected.items():
            run = await simulate(server, provider=provider, what=what, sign=sign, failed_share=0, speed=20)
            assert run["sign"] == sign
            await done(server, run)
            fresh = (await server.captures())[seen:]
            seen += len(fresh)
            assert {item["signature"]["verdict"] for item in fresh} == {verdict}, fresh


@pytest.mark.parametrize(
    ("provider", "words"),
    [("twilio", "needs a secret"), ("telnyx", "private key"), ("ytel", "does not sign")],
)
async def test_a_run_that_cannot_be_signed_is_refused_with_the_reason(
    server: Running, provider: str, words: str
) -> None:
    (error,) = (await simulate(server, 422, provider=provider, sign="valid"))["errors"]
    assert (error["field"], words in error["message"]) == ("sign", True)
    assert await server.captures() == []


async def test_the_page_previews_the_signature_and_names_the_field(server: Running) -> None:
    page = f"{server.url}/bins/{server.bin.id}/simulate"
    query = {"provider": "twilio", "what": "inbound", "sign": "valid"}
    async with server.client.get(page, params=query) as answer:
        assert "Signature needs a secret of this bin" in await answer.text()
    await put(server)
    async with server.client.get(page, params=query) as answer:
        shown = await answer.text()
    assert "X-Twilio-Signature: " in shown
    assert "--sign valid --secret-file FILE" in shown
    assert '<option value="valid" selected>' in shown
    assert SECRET not in shown


async def replay(server: Running, status: int = 201, **body: object) -> dict:
    body = {"captures": [1], "url": server.capture_url} | body
    async with server.client.post(f"{server.bin_api}/replays", json=body) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_a_replay_is_signed_again_for_its_target(make_settings: Callable[..., Settings]) -> None:
    async with run_server(make_settings(allow_targets="127.0.0.1")) as server:
        (error,) = (await replay_after_send(server, sign="valid"))["errors"]
        assert (error["field"], "needs a secret" in error["message"]) == ("sign", True)
        await put(server)
        for sign in ("none", "valid", "invalid"):
            (attempt,) = (await replay(server, sign=sign))["items"]
            assert attempt["status"] == 200
        await server.settled(4)
        verdicts = [item["signature"]["verdict"] for item in await server.captures()]
        assert verdicts[1:] == ["wrong_secret_or_changed", "valid", "wrong_secret_or_changed"]
        page = f"{server.url}/bins/{server.bin.id}/captures/1/replay"
        async with server.client.post(page, data={"url": server.capture_url, "sign": "valid"}) as answer:
            assert answer.status == 200
            assert '<option value="valid"' in await answer.text()
        await server.settled(5)
        assert (await server.captures())[4]["signature"]["verdict"] == "valid"


async def replay_after_send(server: Running, **body: object) -> dict:
    """Store a request that was signed for another URL, and send it again."""
    headers = twilio_headers("https://other.example.net/sms")
    async with server.client.post(f"{server.capture_url}?x=1", data=FIELDS, headers=headers) as answer:
        assert answer.status == 200
    await server.settled(1)
    return await replay(server, 422, **body)


async def test_the_page_of_a_replay_says_why_it_cannot_sign(make_settings: Callable[..., Settings]) -> None:
    async with run_server(make_settings(allow_targets="127.0.0.1")) as server:
        await replay_after_send(server, sign="valid")
        page = f"{server.url}/bins/{server.bin.id}/captures/1/replay"
        async with server.client.post(page, data={"url": server.capture_url, "sign": "valid"}) as answer:
            assert answer.status == 422
            shown = await answer.text()
    assert "A new signature needs a secret of this bin" in shown
    assert '<option value="valid" selected>' in shown
