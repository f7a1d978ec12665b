"""An open capture: one tab at a time, and only what it shows is read."""

import html
import json
from typing import Any

import pytest

from app import keys
from app.domain.reader import ReaderContext
from app.services.secrets import Secrets
from app.web.captures.detail import open_detail
from app.web.captures.shared import CaptureDetail
from app.web.captures.tabs import TABS, Source
from tests.conftest import Running

SHARED = {"pairings_of", "list_related", "list_attempts"}
READS = {
    "signature": {"get_reader_settings"},
    "summary": {"messages_of", "get_sent_answer", "get_handler_attempt"},
    "answer": {"get_sent_answer", "get_handler_attempt"},
    "related": {"messages_of"},
}


async def _page(server: Running) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/captures/1") as answer:
        assert answer.status == 200
        return await answer.text()


class Recording:
    """The store, and the names of the methods that were called."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.called: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.called.add(name)
        return getattr(self._store, name)


async def open_tab(server: Running, tab: str) -> tuple[CaptureDetail, set[str]]:
    form = {"From": "+14155550107", "To": "+19495550142", "Text": "hi <3", "MessageSid": "SM1"}
    async with server.client.post(server.capture_url, data=form, headers={"Authorization": "Bearer x"}) as answer:
        assert answer.status == 200
    await server.settled(1)
    store = server.app[keys.STORE]
    recording = Recording(store)
    capture = await store.get_capture(server.bin.id, 1)
    secrets = Secrets(recording, server.app[keys.HUB], ReaderContext())  # type: ignore[arg-type]
    source = Source(
        store=recording,  # type: ignore[arg-type]
        secrets=secrets,
        bin_id=server.bin.id,
        capture=capture,
        address="http://here.test/key",
    )
    detail = await open_detail(source, tab)
    return detail, recording.called


@pytest.mark.parametrize("tab", TABS)
async def test_a_tab_reads_what_it_shows_and_no_more(server: Running, tab: str) -> None:
    detail, called = await open_tab(server, tab)
    assert (detail.tab, detail.tabs[tab]) == (tab, TABS[tab].title)
    assert called == SHARED | READS.get(tab, set())
    # The counts beside the titles stand on every tab.
    assert (len(detail.related), len(detail.attempts)) == (0, 0)
    assert [field.name for field in detail.fields] == ["From", "To", "Text", "MessageSid"]
    assert ("Authorization", "••••••••", True) in detail.headers


async def test_an_unknown_tab_is_the_first_one(server: Running) -> None:
    detail, _ = await open_tab(server, "nonsense")
    assert detail.tab == "summary"


async def test_a_handshake_says_what_to_do_and_is_never_a_link(server: Running) -> None:
    address = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    body = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "m",
        "TopicArn": "arn:aws:sns:x:1:y",
        "SubscribeURL": address,
    }
    headers = {"x-amz-sns-message-type": "SubscriptionConfirmation"}
    async with server.client.post(server.capture_url, data=json.dumps(body), headers=headers) as answer:
        assert answer.status == 200
    await server.settled(1)
    page = html.unescape(await _page(server))
    assert "Amazon SNS sends nothing before the subscription is confirmed." in page
    assert f'data-copy="{address}"' in page
    assert f'href="{address}' not in page


async def test_a_call_is_called_a_call(server: Running) -> None:
    call = {"CallSid": "CA" + "0" * 32, "CallStatus": "ringing", "From": "+14155550123", "To": "+19495550142"}
    async with server.client.post(server.capture_url + "/voice", data=call) as answer:
        assert answer.status == 200
    await server.settled(1)
    page = await _page(server)
    assert "Call, <bdi>ringing</bdi>" in page
    assert "No text" not in page
