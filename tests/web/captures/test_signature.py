"""The tab *Signature* of a capture, and the box that explains a signature of a user's code."""

import html
import json
import re
from collections.abc import Sequence
from typing import Self

import pytest

from app import keys
from app.egress import TargetResponse
from app.services import secrets as service
from app.signatures.stored import CERTIFICATES
from app.web.captures.tabs import MOST_PARTS
from tests.conftest import Running
from tests.signed import FIELDS, OTHER, SECRET, twilio_headers, twilio_signature


async def send(server: Running, url: str | None = None, secret: str = SECRET, **fields: str) -> None:
    headers = twilio_headers(url or server.capture_url, FIELDS | fields, secret)
    async with server.client.post(server.capture_url, data=FIELDS | fields, headers=headers) as answer:
        assert answer.status == 200
    await server.app[keys.STORE].get_bin(server.bin.id)


async def put(server: Running, secret: str = SECRET) -> None:
    async with server.client.put(f"{server.bin_api}/secrets/primary", json={"secret": secret}) as answer:
        assert answer.status == 200


def text_of(page: str) -> str:
    panel = page[page.index('data-panel="signature"') :].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", panel)))


async def tab(server: Running, n: int = 1) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/{n}?tab=signature") as answer:
        assert answer.status == 200
        return text_of(await answer.text())


async def test_without_a_secret_it_leads_to_the_settings(server: Running) -> None:
    await send(server)
    shown = await tab(server)
    assert "Cannot say" in shown
    assert "Enter the secret" in shown
    assert "Paste the signature" not in shown


async def test_it_shows_the_verdict_the_text_and_both_signatures(server: Running) -> None:
    await put(server)
    await send(server, Body="two\nlines\u200b")
    shown = await tab(server)
    assert "Signed Genuine" in shown
    assert shown.count(twilio_signature(server.capture_url, FIELDS | {"Body": "two\nlines\u200b"})) == 2
    assert "↵ lines U+200B" in shown.replace("  ", " ")
    assert "with the secret primary" in shown
    assert "Python" in shown


async def test_it_names_what_makes_the_signature_right(server: Running) -> None:
    await put(server)
    await send(server, server.capture_url.replace("http:", "https:"))
    shown = await tab(server)
    assert "Signed, but with a difference" in shown
    assert server.capture_url.replace("http:", "https:") in shown


async def test_it_shows_what_was_tried_when_nothing_fits(server: Running) -> None:
    await put(server, OTHER)
    await send(server)
    shown = await tab(server)
    assert "Invalid signature" in shown
    assert "other URLs, with one change" in shown


async def explain(server: Running, pasted: str, **headers: str) -> str:
    where = f"{server.url}/bins/{server.bin.id}/captures/1/signature"
    async with server.client.post(where, data={"pasted": pasted}, headers=headers) as answer:
        assert answer.status == 200
        return await answer.text()


@pytest.mark.parametrize("partial", [{}, {"X-Partial": "detail"}])
async def test_the_box_names_the_mistake_of_the_code(server: Running, partial: dict[str, str]) -> None:
    await put(server)
    await send(server)
    mistaken = twilio_signature(server.capture_url + "/")
    page = await explain(server, mistaken, **partial)
    assert ("<html" in page) == (not partial)
    shown = text_of(page)
    assert "Your code makes this mistake" in shown
    assert "slash" in shown
    assert f'value="{mistaken}"' in page
    assert "This is the right signature" in text_of(await explain(server, twilio_signature(server.capture_url)))
    assert "Not found" in text_of(await explain(server, twilio_signature("https://nobody.example")))
    assert "Not found" in text_of(await explain(server, "<script>"))


async def test_what_is_not_http_and_a_form_of_many_fields_have_a_tab(server: Running) -> None:
    await put(server)
    await send(server, **{f"Extra{number}": "x" for number in range(MOST_PARTS)})
    assert "more parts are not shown" in await tab(server)


@pytest.mark.parametrize(("verdict", "word"), [(SECRET, "signed</span>"), (OTHER, "invalid signature")])
async def test_a_row_says_so_only_when_there_is_something_to_say(server: Running, verdict: str, word: str) -> None:
    await put(server)
    await send(server, secret=verdict)
    async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": "x"}) as answer:
        assert answer.status == 200
    await server.app[keys.STORE].get_bin(server.bin.id)
    async with server.client.get(f"{server.url}/bins/{server.bin.id}") as answer:
        rows = (await answer.text()).partition("<ol")[2].partition("</ol>")[0]
    assert rows.count(word) == 1
    assert len(re.findall("signed|signature", rows)) == 1


PEM = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem"


async def notify(server: Running, url: str = CERTIFICATE) -> None:
    body = {"Type": "Notification", "MessageId": "1", "TopicArn": "arn", "Message": "m", "Timestamp": "t",
            "SignatureVersion": "1", "Signature": "AAAA", "SigningCertURL": url}  # fmt: skip
    headers = {"x-amz-sns-message-type": "Notification", "Content-Type": "text/plain"}
    async with server.client.post(server.capture_url, data=json.dumps(body), headers=headers) as answer:
        assert answer.status == 200
    await server.app[keys.STORE].get_bin(server.bin.id)


class FakeSender:
    """Answers with these bytes, and keeps what was requested."""

    def __init__(self, status: int, body: bytes) -> None:
        self.asked: list[str] = []
        self._reply = TargetResponse(status=status, ms=1, body=body)

    def __call__(self, allowed: Sequence[object]) -> "FakeSender":
        assert allowed is not None, "addresses are checked"
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def send(self, method: str, url: str, *_: object, timeout_s: float) -> TargetResponse:
        assert (method, timeout_s) == ("GET", service.FETCH_S)
        self.asked.append(url)
        return self._reply


async def fetch(server: Running) -> int:
    where = f"{server.url}/bins/{server.bin.id}/captures/1/certificate"
    async with server.client.post(where, allow_redirects=False) as answer:
        return answer.status


async def test_a_certificate_is_fetched_by_a_click_only_and_once(server: Running, monkeypatch) -> None:
    sender = FakeSender(200, PEM.encode())
    monkeypatch.setattr(service, "open_sender", sender)
    await notify(server)
    assert "Fetch the certificate" in await tab(server)
    assert sender.asked == []
    assert await fetch(server) == 303
    assert sender.asked == [CERTIFICATE]
    (stored,) = await server.app[keys.SECRETS].of(server.bin.id)
    assert (stored.label, stored.scheme) == (CERTIFICATE, CERTIFICATES)
    assert "Fetch the certificate" not in await tab(server)
    assert await fetch(server) == 409


async def test_nothing_is_fetched_from_another_host(server: Running, monkeypatch) -> None:
    sender = FakeSender(200, PEM.encode())
    monkeypatch.setattr(service, "open_sender", sender)
    await notify(server, "https://sns.us-east-1.amazonaws.com.evil.example/a.pem")
    assert "Fetch the certificate" not in await tab(server)
    assert await fetch(server) == 409
    assert sender.asked == []


@pytest.mark.parametrize(("status", "body"), [(404, PEM.encode()), (200, b"no certificate")])
async def test_what_is_no_certificate_is_not_stored(server: Running, monkeypatch, status: int, body: bytes) -> None:
    monkeypatch.setattr(service, "open_sender", FakeSender(status, body))
    await notify(server)
    assert await fetch(server) in (409, 422)
    assert await server.app[keys.SECRETS].of(server.bin.id) == ()
