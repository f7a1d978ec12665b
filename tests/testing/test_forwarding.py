"""What the bin of a test forwards to the code under test."""

from typing import Any

import pytest

from app import clock
from app.testing.forwarding import POLL_S, ForwardedRequests
from tests.testing.test_plugin import HEAD
from tests.testing.test_plugin import suite as suite  # noqa: PLC0414

pytest_plugins = ["pytester"]

HANDLER = """
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.seen.append((self.path, self.headers.get("Cookie"), body))
            status = self.server.statuses.pop(0) if self.server.statuses else 200
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"answer")

        def log_message(self, *_):
            pass

    @pytest.fixture
    def handler():
        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.seen, server.statuses = [], []
        server.url = f"http://127.0.0.1:{server.server_port}/sms"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
"""


def test_what_arrives_is_forwarded_and_each_attempt_can_be_waited_for(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        HEAD
        + HANDLER
        + """
    def test_every_byte(smsbin, handler):
        forwarded = smsbin.forward_to(handler.url, "kind:inbound", roles=["primary"])
        body = b"From=%2B14155550107&To=%2B19495550142&MessageSid=m1&Text=%e9&Action=x&DateSent=x"
        request = urllib.request.Request(smsbin.url.primary + "/more?a=1", body, {"Cookie": "c=1"})
        urllib.request.urlopen(request).close()
        post(smsbin.url.fallback, Text="not this one", **SMS)
        attempt = forwarded.wait()
        assert (attempt.ok, attempt.status, attempt.body, attempt.n) == (True, 200, "answer", 1)
        assert ("X-Smsbin-Attempt", "1") in attempt.headers
        assert handler.seen == [("/sms/more?a=1", "c=1", body)]
        assert repr(attempt) == "<Attempt 1 of #1: 200>"
        with pytest.raises(AttributeError, match="it has n, number"):
            attempt.colour

    def test_a_failure_is_sent_again(smsbin, handler):
        handler.statuses += [500, 500]
        forwarded = smsbin.forward_to(handler.url)
        post(smsbin.url.primary, Text="hello", **SMS)
        assert forwarded.wait().status == 500
        forwarded.retry()
        assert forwarded.wait().status == 500
        forwarded.retry()
        assert forwarded.wait().ok
        forwarded.stop()
        assert smsbin.get("/forwards")["items"] == []

    def test_nothing(smsbin):
        forwarded = smsbin.forward_to("http://127.0.0.1:1024/sms")
        post(smsbin.url.primary, Text="hello", **SMS)
        assert forwarded.wait().error == "the connection was refused"
        forwarded.stop()
        forwarded.wait(count=2, timeout=0)

    async def test_coroutines(async_smsbin, handler):
        forwarded = await async_smsbin.forward_to(handler.url, sign="smsbin")
        later(0.0, async_smsbin.url.primary, Text="hello", **SMS)
        attempt = await forwarded.wait()
        assert attempt.ok and "webhook-signature" in dict(attempt.headers)
        assert len(await forwarded.attempts()) == 1 and forwarded.url == handler.url
        """
    )
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Nothing was forwarded to http://127.0.0.1:1024/sms within 0 s (0 of 2 were).*",
            "*<Attempt 1 of #1:*refused>*",
        ]
    )


class _Bin:
    """Its only request is delivered with the attempt number 3."""

    timeout_s = 1.0

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.tries = 0

    def received(self) -> list[Any]:
        self.tries += 1
        forwards = [{"id": "f", "state": "retrying", "tries": min(self.tries, 3)}] if self.tries > 1 else []
        return [type("Request", (), {"summary": {"n": 7, "forwards": forwards}})()]

    def get(self, path: str, **_: object) -> Any:
        self.reads.append(path)
        status = 200 if self.tries >= 3 else None
        return {"items": [{"n": 7, "number": 1, "forward": "f", "status": status, "sent_at": "x"}]}

    def send(self, *_: object) -> None:
        raise AssertionError

    def timeline(self) -> str:
        return "Nothing came."


def test_attempts_are_read_again_only_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(clock, "pause", pauses.append)
    bin = _Bin()
    forwarded = ForwardedRequests(bin, {"id": "f", "url": "http://x"})
    assert not forwarded.wait().ok
    assert (pauses, bin.reads) == ([POLL_S], ["/captures/7/attempts"])
    for _ in range(5):
        assert len(forwarded.attempts()) == 1
    assert forwarded.attempts()[0].ok
    assert len(bin.reads) == 2
