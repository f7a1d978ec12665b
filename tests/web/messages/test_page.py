"""The pages of messages and conversations, as they are without a script."""

import asyncio
import html
import json
import re
from urllib.parse import quote

import pytest
from yarl import URL

from app import keys
from app.errors import TooSlow
from app.web.messages import page as messages
from tests.conftest import Running

OURS, THEIRS = "+19495550142", "+14155550123"
SID = "SM" + "0" * 31


async def _post(server: Running, path: str, **fields: str) -> None:
    async with server.client.post(server.capture_url + path, data=fields) as answer:
        assert answer.status == 200


async def _twilio(server: Running, status: str, sid: str = SID + "1", **more: str) -> None:
    """A callback about a message to `THEIRS`, as Twilio sends it."""
    account = "AC" + "0" * 32
    fields = {"MessageSid": sid, "MessageStatus": status, "From": OURS, "To": THEIRS, "AccountSid": account}
    await _post(server, "/status", ApiVersion="2010-04-01", **fields | more)


async def _ytel(server: Running, sid: str, status: str, text: str = "Your parcel arrives") -> None:
    url = server.capture_url + "/status"
    await _post(
        server, "/status", MessageSid=sid, Status=status, From=OURS, To=THEIRS, Text=text, Action=url, Price="0.0075"
    )


async def _inbound(server: Running, text: str, sid: str, path: str = "", **more: str) -> None:
    await _post(server, path, From=THEIRS, To=OURS, Text=text, MessageSid=sid, **more)


async def _page(server: Running, path: str, status: int = 200, **headers: str) -> str:
    async with server.client.get(f"{server.url}/bins/{server.bin.id}{path}", headers=headers) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


def _words(page: str) -> str:
    """What people read, blanks squeezed."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def _verdict(page: str) -> str:
    return _words(page.split("data-verdict", 1)[1].split(">", 1)[1].split("</div>", 1)[0])


async def test_the_list_says_the_text_first_then_to_whom_and_how_it_stands(server: Running) -> None:
    await _ytel(server, "u-1", "Queued")
    await _ytel(server, "u-1", "Success")
    row = (await _page(server, "/messages")).split('<li id="message-', 1)[1].split("</li>", 1)[0]
    words = _words(row)
    assert words.index("Your parcel arrives") < words.index("to +1 415-555-0123") < words.index("Handed over")
    assert "Ytel" in words
    assert "ok" not in re.findall(r'class="state ?(\w*)"', row)
    assert "elivered" not in words


async def test_views_are_links_of_the_filter_grammar_with_counts(server: Running) -> None:
    for number, status in enumerate(("queued", "sent", "delivered", "failed", "delivered")):
        await _twilio(server, status, SID + str(number))
    await _inbound(server, "hello", "in-1")
    page = await _page(server, "/messages")
    counts = dict(re.findall(r"<span>([A-Z][\w ]+)</span><span>([\d,+]+)</span>", page))
    assert counts == {
        "All": "5", "In progress": "1", "Handed over": "1", "Delivered": "2", "Failed": "1", "Stuck": "0",
        "Received": "1",
    }  # fmt: skip
    for title, count in counts.items():
        link = re.search(rf'href="[^"]*(\?q=[^"]+)"[^>]*><span>{title}</span>', page)
        shown = await _page(server, f"/messages{html.unescape(link[1])}")
        assert shown.count('<li id="message-') == int(count), title
        assert f'aria-current="true"><span>{title}</span>' in shown


async def test_a_wrong_term_is_told_with_its_place_and_its_cure(server: Running) -> None:
    await _inbound(server, "hello", "in-1")
    for path in ("", "/messages"):
        words = _words(await _page(server, f"{path}?q=hello%20fro:x"))
        assert 'Unknown filter "fro:".' in words
        assert "Did you mean from:" in words
        assert "hello" not in words


async def test_the_live_list_is_filtered_and_stays_so_when_a_capture_is_open(server: Running) -> None:
    await _inbound(server, "first", "in-1")
    await _twilio(server, "failed", ErrorCode="30007")
    await _inbound(server, "third", "in-2")
    page = await _page(server, "?q=kind:inbound")
    assert re.findall(r'id="capture-(\d)"', page) == ["3", "1"]
    assert "captures/1?q=kind%3Ainbound" in page
    opened = await _page(server, "/captures/3?q=kind:inbound")
    assert re.findall(r'id="capture-(\d)"', opened) == ["3", "1"]
    # The next older one is the next that matches.
    assert re.search(r'data-step="older"[^>]*captures/1\?q=kind%3Ainbound"', opened)
    assert "No request matches" in _words(await _page(server, "?q=text~nothing"))


async def test_delivered_is_told_with_its_time_on_two_tracks(server: Running) -> None:
    for status in ("queued", "sent", "delivered", "sent"):
        await _twilio(server, status)
        await asyncio.sleep(0.002)
    page = await _page(server, f"/messages/twilio/{SID}1")
    took = r"Delivered in (\d+ ms|\d+\.\d+ s)\."
    assert re.search(took + r" Confirmed by the carrier’s receipt\. One callback was repeated\.", _verdict(page))
    assert re.findall(r"<b>(Sending|Delivery)</b>", page) == ["Sending", "Delivery"]
    words = _words(page)
    assert "repeats #2, no effect" in words
    assert "Text not included in the callbacks" in words
    assert [f"captures/{n}" in page for n in range(1, 5)] == [True] * 4


async def test_handed_over_is_told_as_no_proof(server: Running) -> None:
    await _ytel(server, "u-1", "Queued")
    await _ytel(server, "u-1", "Success")
    page = await _page(server, "/messages/ytel/u-1")
    assert "Handed to the carrier" in _verdict(page)
    assert "This is not proof of delivery" in _verdict(page)
    assert "DeliveryStatus=true" in _verdict(page)
    assert 'verdict lead ok"' not in page
    assert "0.0075 (currency unknown)" in _words(page)


async def test_a_failure_says_what_its_code_means(server: Running) -> None:
    await _twilio(server, "undelivered", ErrorCode="30007")
    await _twilio(server, "failed", SID + "2", ErrorCode="99999")
    await _twilio(server, "failed", SID + "3")
    known, odd, without = [_verdict(await _page(server, f"/messages/twilio/{SID}{n}")) for n in (1, 2, 3)]
    assert "Undelivered, code 30007. The message was filtered" in known
    assert "does not know the meaning of code" in odd
    assert "gave no reason" in without


async def test_a_stuck_message_asks_for_the_parameter_that_was_forgotten(server: Running) -> None:
    async with server.client.patch(server.bin_api, json={"stuck_after": "1s"}) as answer:
        assert answer.status == 200
    await _ytel(server, "u-1", "Queued")

    async def is_stuck() -> bool:
        return "Stuck" in _verdict(await _page(server, "/messages/ytel/u-1"))

    await server.until(is_stuck)
    verdict = _verdict(await _page(server, "/messages/ytel/u-1"))
    assert "Stuck: no final state" in verdict
    assert "count as stuck after 1 second" in verdict
    assert "was MessageStatusCallback set on this send?" in verdict
    assert "Stuck" in _words((await _page(server, "/messages?q=has:stuck")).split('<li id="message-', 1)[1])


async def test_contradictory_ends_are_told_with_cause_and_cure(server: Running) -> None:
    await _twilio(server, "delivered")
    await _twilio(server, "failed", ErrorCode="30003")
    page = await _page(server, f"/messages/twilio/{SID}1")
    assert "both a failure and a success as final" in _verdict(page)
    assert "ask the provider which one is true" in _words(page)
    assert "success and failure" in (await _page(server, "/messages"))


async def test_an_inbound_message_tells_on_which_urls_it_came(server: Running) -> None:
    await _inbound(server, "Grüße ☂", "in-1", Action=server.capture_url)
    await _inbound(server, "Grüße ☂", "in-1", "/fallback", Action=server.capture_url + "/fallback")
    page = await _page(server, "/messages/ytel/in-1")
    assert "Received 2 times, on the primary and the fallback URL." in _verdict(page)
    assert "UCS-2 because of “ ☂ ”" in _words(page)
    related = _words(await _page(server, "/captures/2?tab=related"))
    assert re.search(r"Inbound · \d+ ms before this one", related)


@pytest.mark.parametrize("sid", ["a/b", "{braces}", "50% & more", "line\nbreak", "<b>bold</b>", "Grüße ☂", "a?b#c"])
async def test_an_id_may_hold_anything(server: Running, sid: str) -> None:
    await _inbound(server, "odd id", sid)
    page = await _page(server, "/messages")
    link = html.unescape(re.search(r'href="([^"]*/messages/generic/[^"]+)"', page)[1])
    assert link.endswith(quote(sid, safe=""))
    async with server.client.get(server.url.rstrip("/") + link) as answer:
        assert answer.status == 200
    async with server.client.get(f"{server.bin_api}/messages/generic/{quote(sid, safe='')}") as answer:
        assert (await answer.json())["message_id"] == sid


async def test_media_stand_as_text_and_are_never_loaded(server: Running) -> None:
    await _inbound(server, "", "in-1", Action=server.capture_url, MediaUrl="https://media.example.net/cat.jpg")
    for path in ("/messages/ytel/in-1", f"/conversations/{quote(THEIRS)}/{quote(OURS)}"):
        page = await _page(server, path)
        assert "not loaded" in page
        assert "https://media.example.net/cat.jpg" in page
        assert not re.search(r'(src|href)="https://media', page)


async def test_unknown_messages_and_conversations_are_not_found(server: Running) -> None:
    await _page(server, "/messages/ytel/nothing", 404)
    await _page(server, "/conversations/a/b", 404)


async def test_older_messages_are_paged_by_key(server: Running) -> None:
    await asyncio.gather(*(_inbound(server, f"text {number}", f"in-{number}") for number in range(105)))
    page = await _page(server, "/messages?q=kind:inbound")
    assert page.count('<li id="message-') == 100
    more = html.unescape(re.search(r'class="more"[^>]*><a [^>]*href="[^"]*/messages(\?[^"]+)"', page)[1])
    assert "q=kind%3Ainbound&before=" in more
    rest = await _page(server, f"/messages/rows{more}")
    assert rest.count('<li id="message-') == 5
    seen = re.findall(r'<li id="(message-\w+)"', page + rest)
    assert len(set(seen)) == 105


async def test_a_conversation_puts_theirs_left_and_ours_right_with_words(server: Running) -> None:
    await _inbound(server, "hello", "in-1")
    await _ytel(server, "u-1", "Queued")
    await _ytel(server, "u-1", "Success")
    await _twilio(server, "delivered")
    await _inbound(server, "Stop.", "in-2")
    await _inbound(server, "please do not stop", "in-3")
    page = await _page(server, f"/conversations/{quote(THEIRS)}/{quote(OURS)}")
    bubbles = [_words(part.split("</li>")[0]) for part in page.split('<li id="bubble-')[1:]]
    assert ["mine" in part.split(">")[0] for part in page.split('<li id="bubble-')[1:]] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert "hello" in bubbles[0]
    assert "Handed over" in bubbles[1]
    assert "Text not included in callbacks" in bubbles[2]
    assert "Delivered" in bubbles[2]
    assert "opt-out word STOP" in bubbles[3]
    assert "word" not in bubbles[4]
    assert 'role="log"' in page


async def test_pairs_stand_last_active_first_and_an_opt_out_is_marked(server: Running) -> None:
    await _inbound(server, "hi", "in-1")
    await _post(server, "", From="+17145550163", To=OURS, Text="UNSUBSCRIBE", MessageSid="in-2")
    pairs = (await _page(server, "/conversations")).split('<li id="pair-')[1:]
    assert ["+1 714-555-0163" in pairs[0], "+1 415-555-0123" in pairs[1]] == [True, True]
    assert ["opted out" in pair.split("</li>")[0] for pair in pairs] == [True, False]


async def test_a_long_conversation_goes_back_by_key(server: Running) -> None:
    for number in range(55):
        await _inbound(server, f"text {number:02}", f"in-{number}")
    path = f"/conversations/{quote(THEIRS)}/{quote(OURS)}"
    page = await _page(server, path)
    assert re.findall(r"<bdi>(text \d+)", page.split('role="log"')[1]) == [f"text {n:02}" for n in range(5, 55)]
    before = re.search(r'data-earlier="([\d-]+)"', page)[1]
    earlier = await _page(server, f"{path}?before={before}", **{"X-Partial": "bubbles"})
    assert re.findall(r"<bdi>(text \d+)", earlier) == [f"text {n:02}" for n in range(5)]
    assert "data-earlier" not in earlier
    await _page(server, f"{path}?before=nowhere", 422)


async def test_pieces_that_are_still_missing_are_counted(server: Running) -> None:
    part = {"msisdn": "447700900163", "to": "447700900142", "type": "text", "keyword": "LONG", "concat": "true"}
    part |= {"concat-ref": "7", "concat-total": "3", "message-timestamp": "2026-11-25 10:00:00"}
    for number, text in ((1, "one "), (3, "three")):
        values = part | {"concat-part": str(number), "messageId": f"0B{number:014}", "text": text}
        async with server.client.get(server.capture_url, params=values) as answer:
            assert answer.status == 200
    path = f"/conversations/{quote('+447700900163')}/{quote('+447700900142')}"
    assert "2 of 3 parts" in _words(await _page(server, path))


async def test_a_capture_tells_why_what_and_where_it_belongs(server: Running) -> None:
    await _post(
        server, "", From="+14155550123", To=OURS, Text="hi", MessageSid="u-1", Action=server.capture_url, Colour="red"
    )
    body = f"From=+14155550123&To=%2B19495550142&Text=hi&MessageSid=u-2&Action={quote(server.capture_url)}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with server.client.post(server.capture_url, data=body, headers=form) as answer:
        assert answer.status == 200
    fields = _words(await _page(server, "/captures/1?tab=fields"))
    assert "The text of the SMS" in fields
    assert "red not a known Ytel field" in fields
    summary = await _page(server, "/captures/2")
    words = _words(summary)
    assert "Looks like Ytel because Text, MessageSid and Action are present." in words
    assert "Unencoded plus." in words
    assert "percent" in words.lower() or "%2B" in words
    assert "/messages/ytel/u-2" in summary
    assert "unencoded plus" in (await _page(server, ""))


async def test_the_empty_bin_teaches_the_portal_of_every_provider(server: Running) -> None:
    page = await _page(server, "")
    names = re.findall(r'<option value="(\w+)"', page)
    assert len(names) == 12
    assert "MessageStatusCallback" in page
    for name in names:
        shown = _words(await _page(server, f"?provider={name}"))
        assert re.search(r"checked on 20\d\d-\d\d-\d\d", shown), name
        assert "Timeout" in shown
    assert "Timeout 2 seconds" in _words(await _page(server, "?provider=telnyx"))


async def test_settings_keep_the_time_after_which_a_message_is_stuck(server: Running) -> None:
    assert 'name="stuck_after" autocomplete="off" value="5m"' in await _page(server, "/settings")
    address = f"{server.url}/bins/{server.bin.id}/settings"
    async with server.client.post(address, data={"name": "Bin 1", "stuck_after": "soon"}) as answer:
        assert answer.status == 422
        assert "is not a duration" in await answer.text()
    async with server.client.post(
        address, data={"name": "Bin 1", "stuck_after": "90s", "provider": "twilio"}, allow_redirects=False
    ) as answer:
        assert answer.status == 303
    page = await _page(server, "/settings")
    assert 'value="90s"' in page
    assert "Timeout 15 seconds" in _words(page)


async def _frames(server: Running, **query: str | int) -> list[dict]:
    """Every edit that a viewer with this cursor gets, by polling."""
    async with server.client.get(f"{server.url}/bins/{server.bin.id}/live", params=query) as answer:
        assert answer.status == 200, await answer.text()
        frames = json.loads(await answer.text())["frames"]
    return [edit for frame in frames for edit in frame.get("edits", ())]


async def test_live_edits_of_messages_show_what_matches_and_let_go_of_what_does_not(server: Running) -> None:
    await _twilio(server, "queued")
    await _inbound(server, "hello", "in-1")
    edits = await _frames(server, view="messages", after=0, q="status:queued")
    assert sorted(edit["op"] for edit in edits) == ["leave", "put"]
    assert SID in next(edit["html"] for edit in edits if edit["op"] == "put")
    await _twilio(server, "delivered")
    edits = await _frames(server, view="messages", after=0, q="status:queued")
    assert {edit["op"] for edit in edits} == {"leave"}


async def test_live_edits_of_the_list_show_what_matches_only(server: Running) -> None:
    await _inbound(server, "first", "in-1")
    await _twilio(server, "failed")
    edits = await _frames(server, view="captures", after=0, q="kind:inbound")
    assert [edit["n"] for edit in edits if edit["op"] == "prepend"] == [1]


async def test_live_edits_of_a_conversation_hold_its_bubbles_only(server: Running) -> None:
    await _inbound(server, "hello", "in-1")
    await _post(server, "", From="+17145550163", To=OURS, Text="other", MessageSid="in-2")
    edits = await _frames(server, view="conversations", after=0, theirs=THEIRS, ours=OURS)
    assert [edit["place"] for edit in edits] == ["log", "rows", "rows"]
    assert "hello" in edits[0]["html"]


async def test_a_cleared_bin_takes_its_messages_from_open_pages(server: Running) -> None:
    await _inbound(server, "hello", "in-1")
    async with server.client.delete(f"{server.bin_api}/captures") as answer:
        assert answer.status == 204
    edits = await _frames(server, view="messages", after=0)
    assert {"op": "gone", "n": 1, "through": True} in edits


async def test_a_live_view_that_does_not_exist_is_refused(server: Running) -> None:
    for query in ({"view": "nothing"}, {"q": "fro:x"}):
        async with server.client.get(f"{server.url}/bins/{server.bin.id}/live", params=query) as answer:
            assert answer.status == 422


async def test_each_list_offers_what_it_shows_as_a_file(server: Running) -> None:
    """Signed in by bearer or cookie, the link is all that is needed; the filter in force goes along."""
    async with server.client.post(server.capture_url, data={"From": "+14155550123", "Text": "a & b"}) as answer:
        assert answer.status == 200
    home = f"{server.url}/bins/{server.bin.id}"
    for page, of in ((home, "captures"), (f"{home}/messages", "messages")):
        async with server.client.get(page, params={"q": 'text~"a b" from:+1415*'}) as answer:
            shown = await answer.text()
        links = [html.unescape(link) for link in re.findall(r'href="([^"]+/export\?[^"]+q=[^"]+)"', shown)]
        assert [URL(link).query["format"] for link in links] == ["csv", "jsonl", "har"][: 2 + (of == "captures")]
        for link in links:
            assert (URL(link).query["of"], URL(link).query["q"]) == (of, 'text~"a b" from:+1415*')
            async with server.client.get(server.url + link) as answer:
                assert answer.status == 200
                # A HAR holds the form as it was sent.
                assert ("a+%26+b" if "har" in link else "a & b") in await answer.text()


async def test_a_bubble_does_not_call_delivered_what_was_also_reported_as_failed(server: Running) -> None:
    await _twilio(server, "delivered")
    await _twilio(server, "failed", ErrorCode="30007")
    page = await _page(server, f"/conversations/{quote(THEIRS)}/{quote(OURS)}")
    assert '<span class="warn">Failed and a success, both final, code 30007</span>' in page
    assert "Delivered in" not in page


async def _mms(server: Running) -> None:
    await _post(
        server, "", MessageSid="MM" + "0" * 32, AccountSid="AC" + "0" * 32, ApiVersion="2010-04-01", From=THEIRS,
        To=OURS, Body="", NumMedia="2", MediaUrl0="https://api.example/Media/ME1", MediaContentType0="image/jpeg",
        MediaUrl1="https://api.example/two.png",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["", "/captures/1", "/messages", "/messages/twilio/MM" + "0" * 32])
async def test_an_mms_without_text_says_what_came_with_it(server: Running, path: str) -> None:
    await _mms(server)
    await server.settled(1)
    page = await _page(server, path)
    assert "2 pictures" in _words(page)
    assert "Empty text" not in _words(page)
    assert "<img" not in page


@pytest.mark.parametrize("path", ["/captures/1", "/messages/twilio/MM" + "0" * 32])
async def test_files_have_their_type_their_name_and_an_address_to_copy(server: Running, path: str) -> None:
    await _mms(server)
    await server.settled(1)
    page = await _page(server, path)
    assert "Inbound MMS" in _words(page)
    assert "image/jpeg ME1 https://api.example/Media/ME1" in _words(page)
    assert "image/png by its ending two.png https://api.example/two.png" in _words(page)
    assert 'data-copy="https://api.example/two.png"' in page


async def test_a_conversation_shows_the_files_of_a_message(server: Running) -> None:
    await _mms(server)
    await server.settled(1)
    words = _words(await _page(server, f"/conversations/{quote(THEIRS)}/{quote(OURS)}"))
    assert "Picture, not loaded · image/jpeg https://api.example/Media/ME1" in words
    assert "Empty text" not in words


async def test_a_stamp_without_seconds_is_shown_as_such(server: Running) -> None:
    await _twilio(server, "delivered", RawDlrDoneDate="2407110926")
    await server.settled(1)
    words = _words(await _page(server, f"/messages/twilio/{SID}1"))
    assert "provider: 11 Jul 2024 , 09:26 (minute only)" in words
    assert "before it arrived" not in words
    assert "11 Jul 2024 , 09:26 (minute only)" in _words(await _page(server, "/captures/1"))


def _count(page: str) -> str:
    return page.split('data-filtered="count">', 1)[1].split("<", 1)[0]


async def test_the_number_of_matches_is_beside_the_box(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(1, 4):
        await _inbound(server, "even" if n % 2 == 0 else "odd", f"u-{n}")
    assert [_count(await _page(server, f"/messages{q}")) for q in ("", "?q=fro:x", "?q=odd")] == ["", "", "2 match"]
    monkeypatch.setattr(messages, "PAGE", 1)
    assert _count(await _page(server, "/messages?q=odd")) == "2 match"
    monkeypatch.setattr(messages, "MOST_COUNTED", 1)
    assert _count(await _page(server, "/messages?q=odd")) == "more than 1 match"

    async def stopped(*_: object) -> int:
        raise TooSlow(("q", "it takes too long"))

    monkeypatch.setattr(server.app[keys.STORE], "count_matching_messages", stopped)
    page = await _page(server, "/messages?q=odd")
    assert (_count(page), page.count('<li id="message-')) == ("counting took too long", 1)
