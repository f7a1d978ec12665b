"""Each valid answer is exactly one well-formed response, according to the parsers of two other libraries."""

import http.client
import io
from types import SimpleNamespace

import h11
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.answers.limits import check_answer
from app.domain.answers.model import EMPTY_TWIML, Answer, RoleAnswers
from app.domain.roles import Role
from app.ingress.answering import NOT_FOUND, UNAVAILABLE, Responder
from tests.conftest import Running

FIELDS = ("status", "headers", "body", "delay_ms")
OURS = {b"content-security-policy", b"x-content-type-options", b"x-robots-tag", b"cache-control", b"date"}

odd = st.text(alphabet='\r\n\0\t :;,"\\{}<>&aZ0é\x85\xa0ÿ☂\ud800', max_size=12)
names = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}", fullmatch=True) | odd
known = st.sampled_from([
    "Content-Type", "content-length", "Transfer-Encoding", "Connection", "Location", "Content-Encoding", "Trailer",
    "X-Capture", "Retry-After", "Set-Cookie", "TE", "X-Accel-Redirect", "Keep-Alive", "Upgrade", "Via", "ETag",
])  # fmt: skip
values = st.text(alphabet=st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40) | odd
answers = st.builds(
    Answer,
    status=st.integers(190, 610) | st.sampled_from([200, 204, 205, 304, 100, 101]),
    headers=st.lists(st.tuples(names | known, values), max_size=5).map(tuple),
    body=st.text(max_size=60) | odd | st.just(""),
    delay_ms=st.integers(-1, 60_001) | st.just(0),
)


def compose(answer: Answer, method: str = "POST", minor: int = 1) -> bytes:
    peer = SimpleNamespace(transport=None)
    line = Responder(peer, method=method, version=f"1.{minor}", keep_alive=True, since=0.0)
    data = line.compose(answer, n=7)
    assert line.keep_open
    return data


def read_by_h11(data: bytes, method: str) -> list[tuple[int, list[tuple[bytes, bytes]], bytes]]:
    """Every response on one connection, or the error of h11."""
    client = h11.Connection(h11.CLIENT)
    client.receive_data(data)
    found = []
    for _ in range(2):
        client.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
        client.send(h11.EndOfMessage())
        response, body = client.next_event(), b""
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            body += event.data
        found.append((response.status_code, list(response.headers), body))
        client.start_next_cycle()
    assert client.trailing_data[0] == b""
    return found


def read_by_http_client(data: bytes, method: str) -> list[tuple[int, str | None, bytes]]:
    stream = io.BytesIO(data)
    found = []
    for _ in range(2):
        response = http.client.HTTPResponse(SimpleNamespace(makefile=lambda _: Unclosed(stream)), method=method)
        response.begin()
        found.append((response.status, response.getheader("X-Capture"), response.read()))
        assert not response.will_close
    assert stream.read() == b""
    return found


class Unclosed(io.BufferedReader):
    """http.client closes its file after a response; the connection stays open."""

    def __init__(self, stream: io.BytesIO) -> None:
        self._stream = stream

    def readline(self, *sizes: int) -> bytes:
        return self._stream.readline(*sizes)

    def read(self, *sizes: int) -> bytes:
        return self._stream.read(*sizes)

    def close(self) -> None:
        pass

    def flush(self) -> None:
        pass


@settings(max_examples=600, deadline=None)
@given(answers, st.sampled_from(["POST", "GET", "HEAD"]))
@example(Answer(headers=(("X", "a" * 8_000), ("Y", "b" * 6_900))), "POST")
@example(Answer(status=599, headers=(("x", ""), ("X", " ")), body="\0"), "POST")
@example(Answer(status=204, headers=(("Content-Type", "text/xml"),)), "GET")
@example(Answer(status=205), "POST")
@example(Answer(headers=(("Content-Encoding", "gzip"), ("Via", "1.1 x")), body="no gzip"), "POST")
def test_an_answer_is_one_response_or_is_refused_with_the_field_named(answer: Answer, method: str) -> None:
    problems = check_answer(answer)
    if problems:
        assert all(field.split(".")[0] in FIELDS and text for field, text in problems)
        return
    body = b"" if method == "HEAD" else answer.body.encode()
    data = compose(answer, method) * 2
    for status, headers, read in read_by_h11(data, method):
        assert (status, read) == (answer.status, body)
        own = [(name.lower().encode(), value.strip(" ").encode("latin-1")) for name, value in answer.headers]
        assert headers[: len(own)] == own
        rest = [name for name, _ in headers[len(own) :]]
        assert len(rest) == len(set(rest))
        assert set(rest) - {b"content-length"} == OURS | {b"x-capture"}
    assert read_by_http_client(data, method) == [(answer.status, "7", body)] * 2


@pytest.mark.parametrize("answer", [NOT_FOUND, UNAVAILABLE, Answer(status=503)])
def test_refusals_of_our_own_are_well_formed_too(answer: Answer) -> None:
    (status, headers, _), _ = read_by_h11(compose(answer) * 2, "POST")
    assert status == answer.status
    assert ((b"retry-after", b"5") in headers) is (answer is UNAVAILABLE)


def test_an_old_client_gets_connection_keep_alive() -> None:
    assert b"HTTP/1.0 200 OK\r\n" in compose(Answer(), minor=0)
    assert b"Connection: keep-alive\r\n" in compose(Answer(), minor=0)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=599, headers=(("X-Odd", "ÿ \xa0"), ("x-odd", "")), body="grüß\0☂"),
        Answer(status=204, headers=(("ETag", '"a"'),)),
        Answer(status=205),
        Answer(status=304),
        Answer(status=302, headers=(("Location", "http://127.0.0.1:1/"),)),
        Answer(headers=(("Content-Type", "application/octet-stream"),), body="x" * 65_536),
        Answer(headers=tuple((f"X-{index}", "a" * 700) for index in range(20))),
    ],
)
async def test_on_the_wire_the_connection_stays_in_step(server: Running, answer: Answer) -> None:
    answered = RoleAnswers(answer=answer)
    value = {"status": answer.status, "headers": answer.headers, "body": answer.body, "delay_ms": 0}
    async with server.client.put(f"{server.bin_api}/answers/primary", json=value) as saved:
        assert saved.status == 200, await saved.text()
    for path, status, body in (("", answer.status, answered.answer.body), ("/fallback", 200, EMPTY_TWIML)) * 2:
        async with server.client.post(server.capture_url + path, data=b"x", allow_redirects=False) as got:
            assert (got.status, await got.read()) == (status, body.encode())
    store_role = (await server.settled(3)).role
    assert store_role is Role.PRIMARY
