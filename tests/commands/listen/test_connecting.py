"""The connection to the server: it is made again for ever, and says why it was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app import clock
from app.commands.listen import connecting
from app.commands.listen.connecting import FIRST_PAUSE_S, LONGEST_PAUSE_S, ListenAddress, ServerConnection
from app.domain.listening import MAX_FRAME, PING_S, SILENCE_S, ListenAck, ListenCapture, ListenHello
from app.errors import CannotStart, Invalid
from tests.commands.listen.fake import BIN, FakeServer, a_capture, a_server, address_of, client_of, until


class _Receiver:
    def __init__(self) -> None:
        self.hellos: list[tuple[int, ListenHello]] = []
        self.numbers: list[tuple[int, int]] = []

    def begin(self, connection: int, hello: ListenHello) -> None:
        self.hellos.append((connection, hello))

    def take(self, connection: int, capture: ListenCapture) -> None:
        self.numbers.append((connection, capture.n))


class _Listening:
    def __init__(self, address: ListenAddress) -> None:
        self.received = _Receiver()
        self.lines: list[str] = []
        self.connection = ServerConnection(address, self.received, self.lines.append)


@asynccontextmanager
async def _listening(fake: FakeServer, **query: str) -> AsyncIterator[_Listening]:
    listening = _Listening(address_of(fake, **query))
    task = asyncio.ensure_future(listening.connection.run())
    try:
        yield listening
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "dice", lambda: 0.0)


async def test_each_loss_is_reported_with_its_reason_and_only_once() -> None:
    async with a_server(a_capture(1)) as fake, _listening(fake) as listening:
        await until(lambda: listening.received.numbers == [(1, 1)])
        fake.refuses = [503, 503, 502, 503]
        await fake.end(1001)
        await until(lambda: listening.received.numbers == [(1, 1), (2, 1)])
    assert listening.lines == [
        "the connection was lost: the server has closed it: it is stopping (1001). Connecting again …",
        "no connection: it answered 503. Connecting again …",
        "no connection: it answered 502. Connecting again …",
        "no connection: it answered 503. Connecting again …",
        "connected again after 0 s.",
    ]


async def test_a_server_that_is_not_there_yet_is_waited_for() -> None:
    async with a_server() as fake:
        pass
    async with _listening(fake) as listening:
        await until(lambda: listening.lines == ["no connection: the connection was refused. Connecting again …"])


@pytest.mark.parametrize("dice", [0.0, 0.5, 0.999])
async def test_the_pause_grows_and_is_random_from_zero_on(monkeypatch: pytest.MonkeyPatch, dice: float) -> None:
    async with a_server() as fake:
        pass
    monkeypatch.setattr(clock, "dice", lambda: dice)
    pauses: list[float] = []
    own = asyncio.timeout

    def timeout(seconds: float | None) -> asyncio.Timeout:
        if seconds is not None:
            pauses.append(seconds)
        return own(0 if seconds is not None else None)

    monkeypatch.setattr(connecting.asyncio, "timeout", timeout)
    listening = _Listening(address_of(fake))
    for _ in range(7):
        await listening.connection._wait()
    assert pauses == [dice * each for each in (FIRST_PAUSE_S, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0)]
    assert max(pauses) <= LONGEST_PAUSE_S


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "access token from the test"), (403, "does not allow"), (404, "no such bin, or is too old")],
)
async def test_what_will_never_be_accepted_is_an_error(status: int, words: str) -> None:
    async with a_server() as fake:
        fake.refuses = [status]
        with pytest.raises(CannotStart, match=words):
            await _Listening(address_of(fake)).connection.run()
    assert len(fake.queries) == 1


async def test_a_redirect_is_not_followed() -> None:
    """The access token would be sent along."""
    async with a_server() as fake:
        fake.refuses = [302]
        async with _listening(fake) as listening:
            await until(lambda: len(listening.received.hellos) == 1)
    assert listening.lines[0] == "no connection: it answered 302. Connecting again …"
    assert len(fake.queries) == 2


@pytest.mark.parametrize(
    ("errors", "words"),
    [([{"field": "match", "message": "is not a filter"}], "match: is not a filter"), ([], "parameters")],
)
async def test_a_wrong_parameter_is_named(errors: list, words: str) -> None:
    async with a_server() as fake:
        fake.refuses = [422, 422 if errors else 400]
        fake.problem = {"detail": "wrong", "errors": errors}
        with pytest.raises((Invalid, CannotStart), match=words if errors else "wrong"):
            await _Listening(address_of(fake, match="x:")).connection.run()
    assert fake.queries[1]["match"] == "x:"


@pytest.mark.parametrize("text", ["hello", '{"t":"body","n":1,"body":""}', '{"t":"capture","n":1}'])
async def test_a_server_with_another_protocol_is_reported(text: str) -> None:
    async with a_server() as fake, _listening(fake) as listening:
        await until(lambda: fake.socket is not None and len(listening.received.hellos) == 1)
        assert fake.socket is not None
        await fake.socket.send_str(text)
        await until(lambda: len(listening.received.hellos) == 2)
    assert "the server does not use the protocol of this version (" in listening.lines[0]


async def test_frames_are_for_the_connection_that_had_the_capture() -> None:
    async with a_server(a_capture(1)) as fake, _listening(fake) as listening:
        assert not await listening.connection.send(1, ListenAck(1))
        await until(lambda: listening.received.numbers == [(1, 1)])
        fake.cut()
        await until(lambda: listening.received.numbers == [(1, 1), (2, 1)])
        assert not await listening.connection.send(1, ListenAck(1))
        assert await listening.connection.send(2, ListenAck(1))
        await until(lambda: fake.acknowledged == [1])
    assert client_of(fake).root.startswith("http://127.0.0.1")
    assert address_of(fake).path == f"/bins/{BIN}/listen"


def test_a_silent_connection_is_noticed_in_time() -> None:
    """After a ping, half of its interval is waited for the answer."""
    assert (connecting._LIMITS.ping_s, connecting._LIMITS.max_size) == (PING_S, MAX_FRAME)
    assert PING_S * 1.5 <= SILENCE_S


async def test_a_capture_is_put_together_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "MAX_CAPTURE", 1_000)
    async with a_server(a_capture(1, b"a" * 1_000), a_capture(2, b"a" * 1_001)) as fake, _listening(fake) as listening:
        await until(lambda: len(listening.lines) > 0)
    assert {n for _, n in listening.received.numbers} == {1}
    assert "#2 has more than 1,000 bytes" in listening.lines[0]
