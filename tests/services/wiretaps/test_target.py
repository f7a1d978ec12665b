"""What reaches the handler at a URL: signatures that the validators of providers accept, computed here again."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlsplit

from app.domain.forwards.headers import MAX_HOPS
from tests.ingress.wire import Wire
from tests.services.forwards.target import Seen

from .conftest import Tapped

TOKEN = "an auth token"
FORM = "Content-Type: application/x-www-form-urlencoded"
BODY = b"From=%2B14155550123&To=%2B14155550100&Body=caf%C3%A9+%26+more&MessageSid=SM1"


def called(seen: Seen) -> str:
    """The URL that the provider called, as a framework behind a proxy computes it."""
    prefix = seen.header("X-Forwarded-Prefix") or ""
    path = seen.head.split(b" ")[1].decode().removeprefix("/sms")
    return f"{seen.header('X-Forwarded-Proto')}://{seen.header('X-Forwarded-Host')}{prefix}{path}"


def twilio(url: str, body: bytes) -> str:
    """Twilio: HMAC-SHA1 of the URL and the sorted parameters (twilio.com/docs/usage/security)."""
    text = url + "".join(name + value for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


def plivo(url: str, body: bytes, nonce: str) -> str:
    """Plivo V3: HMAC-SHA256 of the URL without its query, the sorted query and parameters, and the nonce
    (plivo.com/docs/messaging/concepts/signature-validation)."""
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)))
    values = "".join(name + value for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    base = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if query or values:
        base += f"?{query}"
    if query and values:
        base += "."
    signed = f"{base}{values}.{nonce}"
    return base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha256).digest()).decode()


async def test_the_signature_of_twilio_is_valid_at_the_handler(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    path = f"{tapped.path}/primary/tail?x=1"
    url = f"https://bin.example{path}"
    await _send(
        wire, path, FORM, "X-Forwarded-Proto: https", "X-Forwarded-Host: bin.example",
        f"X-Twilio-Signature: {twilio(url, BODY)}",
    )  # fmt: skip
    (seen,) = tapped.target.seen
    assert called(seen) == seen.header("X-Smsbin-Url") == url
    assert seen.header("X-Twilio-Signature") == twilio(called(seen), seen.body)
    assert seen.header("X-Twilio-Signature") != twilio(tapped.target.url, seen.body)


async def test_the_signature_of_plivo_is_valid_at_the_handler(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    path, nonce = f"{tapped.path}?b=2&a=1", "12345"
    url = f"http://127.0.0.1{path}"
    signature = plivo(url, BODY, nonce)
    await _send(wire, path, FORM, f"X-Plivo-Signature-V3: {signature}", f"X-Plivo-Signature-V3-Nonce: {nonce}")
    (seen,) = tapped.target.seen
    assert called(seen) == url
    given = seen.header("X-Plivo-Signature-V3-Nonce") or ""
    assert seen.header("X-Plivo-Signature-V3") == plivo(called(seen), seen.body, given)


async def test_requests_do_not_go_round_in_a_circle(tapped: Tapped, wire: Wire) -> None:
    tapped.tap()
    await _send(wire, tapped.path, f"X-Smsbin-Hops: {MAX_HOPS}", status=502)
    assert tapped.target.seen == []
    (attempt,) = await tapped.attempts(1)
    assert attempt.error is not None
    assert "instances of smsbin" in attempt.error


async def test_credentials_are_left_out_if_the_user_says_so(tapped: Tapped, wire: Wire) -> None:
    tapped.tap(credentials=False)
    await _send(wire, tapped.path, "Authorization: Bearer x")
    assert tapped.target.seen[0].header("Authorization") is None


async def _send(wire: Wire, path: str, *headers: str, status: int = 200) -> None:
    lines = "".join(f"{line}\r\n" for line in headers)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {len(BODY)}\r\n\r\n"
    await wire.send(head.encode() + BODY)
    assert (await wire.answer()).status == status
