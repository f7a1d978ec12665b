"""What reaches the target: the bytes as they came, and more headers at the end."""

import asyncio
import base64
import socket
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha1
from hmac import digest
from pathlib import Path

import pytest

from app.domain.captures import RawRequest
from app.domain.forwards.model import ForwardSignature
from app.domain.replays import MAX_SENT
from app.services.forwards import sending
from app.services.forwards.requests import LOOP
from app.services.forwards.sending import TargetSlots
from app.signatures.model import SignedRequest
from app.signatures.schemes import standard_webhooks

from .target import FORM, Forwarding, Target, a_target, answer_of, forwarding

TWILIO_TOKEN = "12345678901234567890123456789012"


async def test_a_request_arrives_byte_for_byte_with_its_headers_in_order(place: Forwarding, target: Target) -> None:
    body = bytes(range(256)) * 20
    headers = (
        (b"x-B", b"1"), (b"Host", b"hooks.example"), (b"X-a", b"2"), (b"x-b", b"\xff\xc3\xbc"),
        (b"Content-Encoding", b"gzip"), (b"Authorization", b"Basic secret"), (b"Transfer-Encoding", b"chunked"),
        (b"Connection", b"X-a2"), (b"X-a2", b"gone"), (b"Expect", b"100-continue"),
    )  # fmt: skip
    await place.add(f"{target.url}?t=1")
    await place.capture(body, method="GET", target=f"/{place.bin.key}/primary/more/%7e?a=%20b&a=", headers=headers)
    (seen,) = await target.got(1)
    at = (await place.rows())[0].received_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    host = target.url.split("/")[2]
    assert seen.head.split(b"\r\n")[0] == b"GET /sms/more/%7e?t=1&a=%20b&a= HTTP/1.1"
    assert seen.lines == [
        f"Host: {host}".encode(), b"x-B: 1", b"X-a: 2", b"x-b: \xff\xc3\xbc", b"Content-Encoding: gzip",
        b"Content-Length: 5120", b"Connection: close", b"X-Forwarded-Proto: http", b"X-Forwarded-Host: hooks.example",
        b"X-Forwarded-For: 192.0.2.7", f"X-Forwarded-Prefix: /{place.bin.key}/primary".encode(),
        f"X-Smsbin-Url: http://hooks.example/{place.bin.key}/primary/more/%7e?a=%20b&a=".encode(),
        f"X-Smsbin-Id: {place.bin.id}/1".encode(), b"X-Smsbin-Attempt: 1", b"X-Smsbin-Trigger: first",
        f"X-Smsbin-Received-At: {at}".encode(), b"X-Smsbin-Hops: 1",
    ]  # fmt: skip
    assert seen.body == body


async def test_credentials_are_sent_on_request_only_and_nothing_is_overwritten(
    place: Forwarding, target: Target
) -> None:
    headers = ((b"Host", b"a.example"), (b"Authorization", b"Bearer x"), (b"X-Forwarded-Host", b"real.example"))
    await place.add(target.url, credentials=True)
    await place.capture(headers=headers)
    (seen,) = await target.got(1)
    assert seen.header("Authorization") == "Bearer x"
    assert [line for line in seen.lines if line.startswith(b"X-Forwarded-Host")] == [b"X-Forwarded-Host: real.example"]


async def test_the_public_url_is_the_one_that_the_provider_called(tmp_path: Path) -> None:
    async with forwarding(tmp_path, public_url="https://hooks.example/in") as place, a_target() as target:
        await place.add(target.url)
        await place.capture(target=f"/in/{place.bin.key}/primary?x=1", headers=((b"Host", b"10.0.0.1:8010"),))
        (seen,) = await target.got(1)
        assert seen.header("X-Forwarded-Proto") == "https"
        assert seen.header("X-Forwarded-Host") == "hooks.example"
        assert seen.header("X-Forwarded-Prefix") == f"/in/{place.bin.key}/primary"


async def test_a_request_is_signed_by_standard_webhooks_with_an_id_that_stays(tmp_path: Path) -> None:
    answers = [answer_of(500), answer_of(200)]
    async with (
        forwarding(tmp_path, schedule=(timedelta(),)) as place,
        a_target(lambda _: answers.pop(0)) as target,
    ):
        forward = await place.add(target.url, signature=ForwardSignature.SMSBIN)
        secret = (await place.forwards.status(place.bin.id, forward.id)).secret
        assert secret is not None
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 24
        await place.capture(b"Text=hi", headers=(FORM, (b"webhook-id", b"theirs"), (b"svix-id", b"theirs")))
        for seen in await target.got(2):
            assert seen.header("webhook-id") == f"{place.bin.id}.1"
            assert seen.header("svix-id") is None
            head = b"".join(line + b"\r\n" for line in seen.lines)
            raw = RawRequest(
                method="POST", target="/", http_version="1.1", head=head, body=seen.body, body_complete=True, peer="",
                received_at=(await place.rows())[0].received_at,
            )  # fmt: skip
            assert standard_webhooks.fits(
                SignedRequest(raw=raw, url=target.url, body=seen.body, certificates={}), secret
            )


async def test_a_request_is_signed_again_for_the_target(place: Forwarding, target: Target) -> None:
    await place.secrets.set(place.bin.id, "token", "twilio", TWILIO_TOKEN)
    await place.add(target.url, signature=ForwardSignature.TARGET)
    await place.capture(b"MessageSid=SM1&Body=hi", headers=(FORM, (b"X-Twilio-Signature", b"old")))
    (seen,) = await target.got(1)
    wanted = base64.b64encode(digest(TWILIO_TOKEN.encode(), f"{target.url}BodyhiMessageSidSM1".encode(), sha1)).decode()
    assert seen.header("X-Twilio-Signature") == wanted
    assert seen.header("X-Smsbin-Signature-Verdict") == "wrong_secret_or_changed"


async def test_what_cannot_be_signed_or_sent_is_rejected_with_the_reason(place: Forwarding, target: Target) -> None:
    unsigned = await place.add(target.url, signature=ForwardSignature.TARGET)
    await place.capture()
    await place.until_stored(unsigned, 1, "rejected")
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=10)
    assert "store it first" in (kept.error or "") or "does not sign" in (kept.error or "")
    await place.forwards.drop(place.bin.id, unsigned.id)
    plain = await place.add(target.url, start=None)
    await place.capture(b"not HTTP", refused="no line")
    await place.until_stored(plain, 2, "rejected")
    assert target.seen == []


@pytest.mark.parametrize(("hops", "arrives"), [(b"2", True), (b"3", False), (b"many", False)])
async def test_a_request_that_went_round_is_stopped(
    place: Forwarding, target: Target, hops: bytes, arrives: bool
) -> None:
    forward = await place.add(target.url)
    await place.capture(headers=(FORM, (b"X-Smsbin-Hops", hops)))
    await place.until_stored(forward, 1, "delivered" if arrives else "rejected")
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=10)
    assert [each.header("X-Smsbin-Hops") for each in target.seen] == (["2"] if arrives else [])
    assert kept.error == (None if arrives else f"not sent: {LOOP}")


async def test_an_address_that_is_not_allowed_is_not_connected_to(
    place: Forwarding, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(_: str, port: int, **__: object) -> Sequence[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    # The operator allowed the host 127.0.0.1, not every name with this address.
    forward = await place.add(target.url.replace("127.0.0.1", "handler.example"))
    await place.capture()
    await place.until_stored(forward, 1, "retrying")
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=10)
    assert (kept.error, kept.sent) == ("blocked: private address", b"")
    assert target.seen == []


async def test_the_header_lines_that_were_sent_are_kept_up_to_a_limit(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url)
    await place.capture(headers=(FORM, (b"X-Long", b"a" * MAX_SENT)))
    await place.until_stored(forward, 1, "delivered")
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=10)
    assert len(kept.sent) == MAX_SENT


async def test_slots_limit_the_requests_to_a_target_and_in_all() -> None:
    assert (sending.PER_TARGET, sending.IN_ALL) == (4, 8)
    slots, go_on, inside = TargetSlots(2, 3), asyncio.Event(), []

    async def use(url: str) -> None:
        async with slots.slot(url):
            inside.append(url)
            await go_on.wait()

    one, other = "http://one.example/a", "http://other.example/"
    tasks = [asyncio.ensure_future(use(url)) for url in (one, "http://one.example/b", one, other, other)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert inside == [one, "http://one.example/b", other]
    go_on.set()
    await asyncio.gather(*tasks)
    assert len(inside) == 5
