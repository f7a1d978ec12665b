"""HAR: a request and our answer, with binary bytes as base64."""

import base64
import json

from app.export import EXPORTERS, About

ABOUT = About(columns=(), version="1.2.3", origin="http://sms.example.net")


def _capture(body: bytes = b"Text=hi", **more: object) -> dict:
    encoded = base64.b64encode(body).decode()
    capture = {
        "n": 3,
        "received_at": "2026-11-24T14:02:07.318000Z",
        "role": "primary",
        "method": "POST",
        "target": "/0123456789abcdef?a=1&a=",
        "http_version": "1.1",
        "content_type": "application/x-www-form-urlencoded",
        "problem": None,
        "pinned": False,
        "note": "",
        "tags": [],
        "headers": [["Host", "sms.example.net"], ["X-b", "1"], ["x-B", "2"]],
        "parsed": {"query": [["a", "1"], ["a", ""]]},
        "body": {"size": len(body), "complete": True, "sha256": "", "base64": encoded},
        "answered": {
            "status": 200,
            "after_ms": 4,
            "fault": None,
            "sent": {"headers": [["Content-Type", "text/xml"]], "body": "<Response/>"},
        },
    }
    return capture | more


def _log(*captures: dict) -> dict:
    form = EXPORTERS["har"]
    rows = form.between.join(form.row(ABOUT, each) for each in captures)
    return json.loads(form.begin(ABOUT) + rows + form.end)["log"]


def test_it_is_one_document_whether_there_is_nothing_or_more() -> None:
    assert _log()["entries"] == []
    log = _log(_capture(), _capture())
    assert (log["version"], log["creator"], len(log["entries"])) == ("1.2", {"name": "smsbin", "version": "1.2.3"}, 2)


def test_the_request_is_reported_in_order_with_its_repeats() -> None:
    request = _log(_capture())["entries"][0]["request"]
    assert request["url"] == "http://sms.example.net/0123456789abcdef?a=1&a="
    assert [header["name"] for header in request["headers"]] == ["Host", "X-b", "x-B"]
    assert request["queryString"] == [{"name": "a", "value": "1"}, {"name": "a", "value": ""}]
    assert request["postData"] == {"mimeType": "application/x-www-form-urlencoded", "text": "Text=hi"}


def test_bytes_that_are_no_text_are_base64() -> None:
    for body in (b"\x1f\x8b\xff", b"a\0b"):
        data = _log(_capture(body))["entries"][0]["request"]["postData"]
        assert (base64.b64decode(data["text"]), data["encoding"]) == (body, "base64")


def test_an_empty_body_and_one_that_was_cut_are_distinguished() -> None:
    assert "postData" not in _log(_capture(b""))["entries"][0]["request"]
    cut = {"size": 2, "complete": False, "sha256": "", "base64": "aGk="}
    assert "incomplete" in _log(_capture() | {"body": cut})["entries"][0]["request"]["postData"]["comment"]


def test_our_answer_is_there_and_one_that_never_left_is_none() -> None:
    sent = _log(_capture())["entries"][0]
    assert (sent["response"]["status"], sent["response"]["statusText"], sent["time"]) == (200, "OK", 4)
    assert sent["response"]["content"]["text"].endswith("<Response/>")
    for answered in (
        {"status": None, "after_ms": None, "fault": None, "sent": None},
        {"status": 503, "after_ms": 1, "fault": "status", "sent": {"headers": [], "body": ""}},
    ):
        entry = _log(_capture(answered=answered))["entries"][0]
        assert entry["response"]["status"] == (answered["status"] or 0)
        assert "text" not in entry["response"]["content"]


def test_an_answer_that_was_set_is_reported_as_it_went_out() -> None:
    sent = {"headers": [["X-a", "1"], ["location", "http://sms.example.net/x"]], "body": "grüß"}
    answered = {"status": 302, "after_ms": 1, "fault": None, "sent": sent}
    response = _log(_capture(answered=answered))["entries"][0]["response"]
    assert response["headers"] == [{"name": "X-a", "value": "1"}, {"name": "location", "value": sent["headers"][1][1]}]
    assert response["redirectURL"] == "http://sms.example.net/x"
    assert response["content"] == {"size": 6, "mimeType": "", "text": "grüß"}
    assert response["bodySize"] == 6


def test_a_problem_is_reported_next_to_the_number() -> None:
    assert _log(_capture())["entries"][0]["comment"] == "#3 on primary"
    assert _log(_capture(problem="It is damaged."))["entries"][0]["comment"] == "#3 on primary: It is damaged."


def test_pin_tags_and_note_are_in_the_comment() -> None:
    entries = _log(_capture(), _capture(pinned=True, tags=["a", "b"], note="called\nback", problem="odd"))["entries"]
    assert [entry["comment"] for entry in entries] == [
        "#3 on primary",
        "#3 on primary: odd\npinned\ntags: a, b\nnote: called\nback",
    ]
