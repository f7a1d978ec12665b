"""Primary against fallback over the API, with a client that plays the provider."""

from datetime import datetime, timedelta

import pytest

from app import clock, keys
from app.domain.captures import NewOutcome, Outcome
from app.domain.pairings.model import FALLBACK_WITHIN
from app.domain.roles import Role
from tests.conftest import Running
from tests.pairs import FAILED, TAKEN, hit

FIELDS = {"From": "+14155550123", "To": "+14155550100", "Text": "hi", "Status": "success", "Method": "POST"}
LEFT = Outcome(sender_left=True, left_ms=15_000)


async def _send(server: Running, role: str = "", message_id: str = "m-1", method: str = "POST", **more: str) -> int:
    """What Ytel sends; the number that it was kept under."""
    url = server.capture_url + role
    data = {**FIELDS, "MessageSid": message_id, "Action": url, **more}
    where = {"data": data} if method == "POST" else {"params": data}
    async with server.client.request(method, url, **where) as answer:
        assert answer.status == 200
        return int(answer.headers["X-Capture"])


async def _comparison(server: Running, query: str = "") -> dict:
    async with server.client.get(f"{server.bin_api}/comparison{query}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


def _settle(server: Running, n: int, outcome: Outcome = LEFT) -> None:
    """As if our answer to a capture, whose outcome is not known yet, had become this."""
    server.app[keys.STORE].note_outcome(NewOutcome(server.bin.id, n, outcome))


@pytest.fixture
def held(server: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A server whose own outcomes are not noted: the tests tell what became of answers."""
    monkeypatch.setattr("app.ingress.capture.NewOutcome", lambda *_: None)
    note = server.app[keys.STORE].note_outcome
    monkeypatch.setattr(server.app[keys.STORE], "note_outcome", lambda new: new and note(new))
    return server


async def test_a_bin_without_messages_has_an_empty_comparison(server: Running) -> None:
    gap = {"p50": None, "p95": None, "max": None}
    summary = {"pairs": 0, "primary_ok": 0, "fallback_used": 0, "fallback_only": 0, "neither_ok": 0, "gap_ms": gap}
    assert await _comparison(server) == {"items": [], "next": None, "summary": summary}


async def test_a_message_that_the_primary_takes_needs_no_fallback(server: Running) -> None:
    await _send(server)
    (item,) = (await _comparison(server))["items"]
    assert (item["message_id"], item["matched_by"], item["kind"]) == ("m-1", "message_id", "inbound")
    assert (item["primary"], item["fallback"], item["verdict"], item["gap_ms"]) == ([1], [], "primary_only", None)
    assert (item["from"], item["to"], item["text"], item["provider"]) == (FIELDS["From"], FIELDS["To"], "hi", "ytel")
    assert item["reason"] == "The primary accepted it; the fallback was not needed."
    assert item["differences"] == item["findings"] == []


async def test_a_provider_that_gave_up_and_used_the_fallback_is_told_with_gap_reason_and_differences(
    held: Running,
) -> None:
    first = await _send(held)
    _settle(held, first)
    second = await _send(held, "/fallback")
    _settle(held, second, TAKEN)
    shown = await _comparison(held)
    (item,) = shown["items"]
    assert (item["primary"], item["fallback"], item["verdict"]) == ([first], [second], "fallback_after_timeout")
    assert item["reason"] == (
        "The sender disconnected after 15.0 s without a response and used the fallback once. Nothing was lost."
    )
    told = await held.captures()
    primary, fallback = (datetime.fromisoformat(capture["received_at"]) for capture in told)
    assert item["gap_ms"] == round((fallback - primary) / timedelta(milliseconds=1))
    assert item["differences"] == [
        {
            "field": "Action", "primary": held.capture_url, "fallback": f"{held.capture_url}/fallback",
            "expected": True,
        }
    ]  # fmt: skip
    assert [(hit["n"], hit["role"], hit["ok"], hit["left_ms"]) for hit in item["hits"]] == [
        (first, "primary", False, 15_000), (second, "fallback", True, None),
    ]  # fmt: skip
    assert (shown["summary"]["pairs"], shown["summary"]["fallback_used"]) == (1, 1)
    assert shown["summary"]["gap_ms"] == dict.fromkeys(("p50", "p95", "max"), item["gap_ms"])


async def test_a_fallback_by_another_method_and_a_fallback_alone_are_found(held: Running) -> None:
    _settle(held, await _send(held), Outcome(status=500, after_ms=3))
    _settle(held, await _send(held, "/fallback", method="GET"), TAKEN)
    _settle(held, await _send(held, "/fallback", "m-2", Text="alone"), TAKEN)
    alone, both = (await _comparison(held))["items"]
    assert (alone["verdict"], alone["findings"]) == ("fallback_only", ["fallback_only"])
    assert (both["verdict"], both["findings"]) == ("fallback_after_error", ["fallback_method"])
    assert both["differences"][0] == {
        "field": "HTTP method", "primary": "POST", "fallback": "GET", "expected": False,
    }  # fmt: skip
    found = [capture["findings"] for capture in await held.captures()]
    assert ("fallback_method" in found[1], "fallback_only" in found[2], found[0]) == (True, True, [])
    # Its cause and its cure are told where it is seen.
    details = (await held.capture(3))["finding_details"]
    assert "fallback_only" in {detail["code"] for detail in details}


async def test_the_clock_marks_a_fallback_that_did_not_come(server: Running) -> None:
    n = await hit(server, Role.PRIMARY, FAILED, at=clock.now() - FALLBACK_WITHIN)

    async def is_missed() -> bool:
        return bool((await _comparison(server))["items"][0]["findings"])

    await server.until(is_missed)
    (item,) = (await _comparison(server))["items"]
    assert item["findings"] == ["no_fallback"]
    assert item["reason"] == "The primary answered 500, and no fallback request came within 30 s."
    assert "no_fallback" in (await server.capture(n))["findings"]


async def test_only_problems_or_one_verdict_page_by_page(server: Running) -> None:
    for number in range(3):
        await _send(server, message_id=f"ok-{number}", Text=f"ok {number}")
        await _send(server, "/fallback", f"alone-{number}", Text=f"alone {number}")
    page = await _comparison(server, "?only=problems&limit=2")
    rest = await _comparison(server, f"?only=problems&limit=2&before={page['next']}")
    assert [item["message_id"] for item in (*page["items"], *rest["items"])] == ["alone-2", "alone-1", "alone-0"]
    assert rest["next"] is None
    ok = await _comparison(server, "?only=primary_only")
    assert [item["message_id"] for item in ok["items"]] == ["ok-2", "ok-1", "ok-0"]
    assert (await _comparison(server, "?only=neither_ok"))["items"] == []


async def test_calls_are_compared_by_their_id(held: Running) -> None:
    fields = {"From": "+14155550123", "To": "+14155550100", "CallSid": "c-1", "zipcode": "0", "wireless": "True"}
    for role in ("/voice", "/voice-fallback"):
        async with held.client.post(held.capture_url + role, data=fields) as answer:
            n = int(answer.headers["X-Capture"])
        _settle(held, n, Outcome() if role == "/voice" else TAKEN)
    (item,) = (await _comparison(held))["items"]
    assert (item["kind"], item["message_id"], item["verdict"]) == ("voice", "c-1", "fallback_after_error")
    assert [hit["role"] for hit in item["hits"]] == ["voice", "voice-fallback"]


@pytest.mark.parametrize(
    ("query", "status"), [("?only=some", 422), ("?limit=0", 422), ("?before=x", 422), ("?q=hi", 422)]
)
async def test_a_wrong_question_is_refused_by_name(server: Running, query: str, status: int) -> None:
    async with server.client.get(f"{server.bin_api}/comparison{query}") as answer:
        assert answer.status == status
        (error,) = (await answer.json())["errors"]
        assert error["field"] == query[1:].partition("=")[0]


async def test_an_unknown_bin_is_not_found(server: Running) -> None:
    async with server.client.get(f"{server.api}/bins/nobody/comparison") as answer:
        assert answer.status == 404
