"""The requests of the mode event: their bytes, and their signature, which is computed here a second time. Those of the
mode raw are tested with `sending.py`."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import standardwebhooks

from app import clock
from app.domain.forwards.events import ForwardedEvent
from app.domain.forwards.model import EventContent, ForwardMode
from app.domain.reader import ReaderContext
from app.domain.replays import MAX_SENT
from app.domain.roles import Role
from app.live.hub import Hub
from app.services.forwards.registry import Forwards
from app.services.secrets import Secrets
from tests.providers.requests import read_sample

from .target import FORM, Forwarding, Seen, Target, a_target, answer_of, forwarding

SAMPLES = Path(__file__).parents[2] / "samples"
INBOUND = b"MessageSid=SM1&AccountSid=AC1&From=%2B14155550123&To=%2B12125550199&Body=hi"


def signature_of(secret: str, seen: Seen) -> str:
    """As the specification of Standard Webhooks says it, in its own words: id.timestamp.body."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = f"{seen.header('webhook-id')}.{seen.header('webhook-timestamp')}.".encode() + seen.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


async def secret_of(place: Forwarding, forward_id: str) -> str:
    secret = (await place.forwards.status(place.bin.id, forward_id)).secret
    assert secret is not None
    return secret


async def test_an_event_is_posted_as_json_with_headers_about_the_attempt(place: Forwarding, target: Target) -> None:
    headers = (FORM, (b"Authorization", b"Basic x"), (b"webhook-id", b"theirs"), (b"X-Mine", b"1"))
    forward = await place.add(f"{target.url}?t=1", mode=ForwardMode.EVENT)
    await place.capture(INBOUND, target=f"/{place.bin.key}/primary/more?a=1", headers=headers)
    (seen,) = await target.got(1)
    host = target.url.split("/")[2]
    assert seen.head.split(b"\r\n")[0] == b"POST /sms?t=1 HTTP/1.1"
    row = (await place.rows())[0]
    at = row.received_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values = [line.decode() for line in seen.lines if not line.startswith(b"webhook-")]
    assert values == [
        f"Host: {host}", "User-Agent: smsbin", "Content-Type: application/json",
        f"X-Smsbin-Id: {place.bin.id}/1", "X-Smsbin-Attempt: 1",
        "X-Smsbin-Trigger: first", f"X-Smsbin-Received-At: {at}", "X-Smsbin-Hops: 1",
        f"Content-Length: {len(seen.body)}", "Connection: close",
    ]  # fmt: skip
    assert seen.header("webhook-id") == f"{place.bin.id}.1.0"
    event = msgspec.json.decode(seen.body, type=ForwardedEvent)
    assert (event.type.value, event.data.message_id, event.data.url) == ("sms.received", "SM1", None)
    assert seen.header("webhook-signature") == signature_of(await secret_of(place, forward.id), seen)
    await place.until_stored(forward, 1, "delivered")
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=9)
    assert (kept.event, kept.sent_body) == (0, seen.body)
    assert kept.sent_head.splitlines() == seen.lines


async def test_a_repeat_has_the_same_id_and_a_new_time_and_a_right_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, later = clock.now, [0]

    def say(_: Seen) -> bytes:
        later[0] += 2
        return answer_of(500 if later[0] == 2 else 200)

    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=later[0]))
    async with forwarding(tmp_path, schedule=(timedelta(),)) as place, a_target(say) as target:
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await place.capture(INBOUND)
        first, second = await target.got(2)
        secret = await secret_of(place, forward.id)
        assert first.header("webhook-id") == second.header("webhook-id") == f"{place.bin.id}.1.0"
        assert first.body == second.body
        assert int(second.header("webhook-timestamp")) >= int(first.header("webhook-timestamp")) + 2
        for seen in (first, second):
            assert seen.header("webhook-signature") == signature_of(secret, seen)
            names = ("webhook-id", "webhook-timestamp", "webhook-signature")
            theirs = standardwebhooks.Webhook(secret).verify(seen.body, {name: seen.header(name) for name in names})
            assert theirs["data"]["n"] == 1


async def test_events_of_every_provider_arrive(place: Forwarding, target: Target) -> None:
    """A request of each provider, and all with several events, as their documentation has them."""
    paths = [
        path
        for folder in sorted(SAMPLES.iterdir())
        for number, path in enumerate(sorted(folder.glob("*.http")))
        if number == 0 or len(json.loads(path.with_suffix(".json").read_text())["events"]) > 1
    ]
    forward = await place.add(target.url, mode=ForwardMode.EVENT, event_content=EventContent.RAW)
    count = 0
    for path in paths:
        raw, role = read_sample(path)
        n = await place.capture(raw.body, role, headers=raw.headers, method=raw.method, target=raw.target)
        count += max(len(json.loads(path.with_suffix(".json").read_text())["events"]), 1)
        await place.until_stored(forward, n, "delivered")
    ids = {seen.header("webhook-id") for seen in await target.got(count)}
    assert len(ids) == len(target.seen) == count
    for seen in target.seen:
        event = msgspec.json.decode(seen.body, type=ForwardedEvent)
        assert seen.header("webhook-id") == f"{event.data.bin}.{event.data.n}.{event.data.event}"


async def test_a_repeated_request_names_the_first_one(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    for body in (INBOUND, INBOUND.replace(b"=hi", b"=ho"), INBOUND, INBOUND):
        n = await place.capture(body)
        await place.until_stored(forward, n, "delivered")
    events = [json.loads(seen.body)["data"] for seen in target.seen]
    assert [each["duplicate_of"] for each in events] == [None, None, 1, 1]
    assert [each["findings"] for each in events] == [[], [], ["duplicate"], ["duplicate"]]


async def test_a_callback_that_looks_like_an_inbound_message_is_a_status(place: Forwarding, target: Target) -> None:
    await place.status_callback("SM1", "queued")
    await place.capture(b"MessageSid=SM1&From=%2B14155550123&To=%2B12125550199&Text=hi&Status=delivered")
    rows = await place.rows()
    assert [row.reading.kind.value for row in rows] == ["status", "status"]
    await place.add(target.url, mode=ForwardMode.EVENT)
    await target.got(2)
    found = [(event["type"], event["data"]["status"]) for event in map(json.loads, (each.body for each in target.seen))]
    assert sorted(found) == [("sms.status", "delivered"), ("sms.status", "queued")]


async def test_the_mapping_and_the_secrets_of_the_bin_count(place: Forwarding, target: Target) -> None:
    mapping = {"name": "Acme", "fields": {"id": "ref", "from": "who", "to": "whom", "text": "what"}}
    await place.store.set_mapping(place.bin.id, json.dumps(mapping))
    await place.secrets.set(place.bin.id, "token", "twilio", "12345678901234567890123456789012")
    body = b'{"ref": "A1", "who": "+14155550123", "whom": "+12125550199", "what": "hello"}'
    await place.capture(body, headers=((b"Content-Type", b"application/json"), (b"X-Twilio-Signature", b"no")))

    async def is_parsed_again() -> bool:
        reading = (await place.rows())[0].reading
        return reading.provider == "custom" and reading.signature is not None

    await place.until(is_parsed_again)
    await place.add(target.url, mode=ForwardMode.EVENT)
    (seen,) = await target.got(1)
    data = json.loads(seen.body)["data"]
    assert (data["provider"], data["message_id"], data["text"]) == ("custom", "A1", "hello")
    assert data["signature"] == "wrong_secret_or_changed"
    assert seen.header("X-Smsbin-Signature-Verdict") == "wrong_secret_or_changed"


@pytest.mark.parametrize("content", list(EventContent))
async def test_large_requests_become_events_too(place: Forwarding, target: Target, content: EventContent) -> None:
    await place.add(target.url, mode=ForwardMode.EVENT, event_content=content)
    await place.capture(INBOUND + b"&x=" + b"a" * 200_000)
    (seen,) = await target.got(1)
    raw = json.loads(seen.body)["data"].get("raw")
    assert (raw is not None) == (content is EventContent.RAW)
    assert raw is None or len(base64.b64decode(raw["body_base64"])) == len(INBOUND) + 200_003
    await place.until(lambda: place.store.list_attempts(place.bin.id, 1, limit=9))
    (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=9)
    assert len(kept.sent) <= MAX_SENT
    assert seen.body.startswith(kept.sent_body)


async def test_an_event_that_went_in_a_circle_is_stopped(place: Forwarding, target: Target) -> None:
    forward = await place.add(target.url, mode=ForwardMode.EVENT)
    await place.capture(INBOUND, headers=(FORM, (b"X-Smsbin-Hops", b"3")))
    await place.until_stored(forward, 1, "rejected")
    assert target.seen == []


async def test_without_its_secret_nothing_is_sent_and_the_reason_is_said(tmp_path: Path) -> None:
    """The server was started with another --secrets-key."""
    async with forwarding(tmp_path) as place, a_target() as target:
        place.secrets.context = ReaderContext(secrets_key="a" * 32)
        forward = await place.add(target.url, mode=ForwardMode.EVENT)
        await place.forwards.close()
        other = Forwards(place.store, Hub(), Secrets(place.store, Hub(), ReaderContext()), ["127.0.0.1"])
        place.store.on_change(other.bin_changed)
        await other.start()
        await place.capture(INBOUND, Role.PRIMARY)
        await place.until_stored(forward, 1, "rejected")
        (kept,) = await place.store.list_attempts(place.bin.id, 1, limit=9)
        assert "encrypted with another --secrets-key" in (kept.error or "")
        assert target.seen == []
        await other.close()
