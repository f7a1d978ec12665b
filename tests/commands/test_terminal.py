"""Captured text on a terminal is shown and has no effect."""

import json
import os
import signal
import time
from typing import Any

import pytest

from app.commands.terminal import as_json, full_text, line_of, until_interrupted, visible

C0 = [chr(code) for code in range(0x20)] + ["\x7f"]
C1 = [chr(code) for code in range(0x80, 0xA0)]
BIDI = list("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINES = ["\u2028", "\u2029"]
HIDDEN = ["\u200b", "\ufeff", "\u00ad", "\U000e0041"]
SEQUENCES = [
    "\x1b[2J", "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\x9b2J", "\x1bP+q\x1b\\", "\r\x1b[K",
    "\x1b]52;c;aGk=\x07", "a\x08b",
]  # fmt: skip


def _summary(**fields: Any) -> dict[str, Any]:
    return {
        "n": 7, "received_at": "2026-11-24T14:02:07.318000Z", "role": "primary", "method": "POST", "target": "/k",
        "peer": "127.0.0.1", "size": 5, "content_type": "text/plain", "provider": None, "kind": "inbound",
        "message_id": None, "from": "+14155550123", "to": "+14155550100", "text": "hello", "status": "received",
        "raw_status": None, "problem": None, "findings": [], "simulated": False,
        "answered": {"status": 200, "after_ms": 4, "fault": None},
    } | fields  # fmt: skip


@pytest.mark.parametrize("text", [*C0, *C1, *BIDI, *LINES, *HIDDEN, *SEQUENCES], ids=ascii)
def test_what_a_terminal_obeys_is_spelled_out(text: str) -> None:
    assert visible(f"a{text}b").isprintable()
    assert as_json({"text": text}).isprintable()
    assert json.loads(as_json({"text": text})) == {"text": text}
    assert line_of(_summary(text=text)).isprintable()


def test_the_spelling_shows_what_it_was() -> None:
    assert visible("a\x1b[1m\n\t\u202e\U000e0041\x9b") == r"a\x1b[1m\n\t\u202e\U000e0041\x9b"


@pytest.mark.parametrize("text", ["", "hello", "Grüße, 世界", "a b", "\\n", "👨\u200d👩\u200d👧", "سلام"])
def test_everything_else_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text
    assert json.loads(as_json(text)) == text


def test_no_field_of_a_capture_reaches_the_terminal_raw() -> None:
    bad = "\x1b[2J\u202e"
    fields = dict.fromkeys(("from", "to", "text", "status", "raw_status", "content_type", "method"), bad)
    for kind in ("inbound", "status", "other"):
        for text in (bad, None):
            line = line_of(_summary(**fields | {"kind": kind, "text": text, "findings": [bad]}))
            assert line.isprintable(), line
    body = {"base64": "G1sySg1YCmFiYw==", "complete": False, "size": 10, "sha256": ""}
    whole = full_text(
        _summary(method=bad, target=bad, http_version="1.1", headers=[[bad, bad], ["X", "\x9b"]], body=body)
    )
    assert all(part.isprintable() for part in whole.split("\n"))
    assert whole.splitlines()[-2:] == ["    abc", "    (the body is incomplete)"]


def test_a_line_says_who_what_and_the_answer() -> None:
    line = line_of(_summary())
    assert "#7  primary   inbound  +14155550123 -> +14155550100  hello  200 in 4 ms" in line
    line = line_of(_summary(kind="status", role="status", status="sent", raw_status="Success", text="hello"))
    assert "status    status   +14155550123 -> +14155550100  sent (Success)  200 in 4 ms" in line
    held = {"status": None, "after_ms": None, "fault": None}
    assert line_of(_summary(text="", findings=["plus_lost"], answered=held)).endswith(
        "(empty)  ! plus_lost  no response yet"
    )
    fault = {"status": 503, "after_ms": 2, "fault": "status"}
    assert line_of(_summary(answered=fault)).endswith("503 in 2 ms (fault status)")
    other = _summary(kind="other", text=None, **{"from": None, "to": None})
    assert "other    POST text/plain, 5 bytes  200" in line_of(other)


def test_colours_change_nothing_but_the_colours() -> None:
    import click

    assert click.unstyle(line_of(_summary(findings=["x"]), colours=True)) == line_of(_summary(findings=["x"]))
    assert "\x1b[" in line_of(_summary(), colours=True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ctrl_c_that_python_discards_is_handled_all_the_same() -> None:
    class Closing:
        """Its exceptions are discarded."""

        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0)  # the signal is handled here

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)
    reached = []

    def work() -> None:
        with until_interrupted():
            Closing()
            reached.append("behind it")
            time.sleep(30)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert reached
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)) == before
