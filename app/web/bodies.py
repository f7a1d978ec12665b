"""Reading a body that may be large, slow, cut short or endless: what came is kept, and it always ends."""

import asyncio
from dataclasses import dataclass

import msgspec
from aiohttp import StreamReader, web

from ..errors import StoreUnavailable

BODY_S = 30.0
# Over the limit the rest is read and dropped, so that the sender still hears the answer; but not for ever.
DROP_S = 10.0
DROP_BYTES = 64 << 20
ALL_BODIES = 64 << 20
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(slots=True)
class Room:
    """Bytes of bodies that are being read now, all together: a limit on memory, whoever sends."""

    used: int = 0

    def take(self, count: int) -> None:
        """StoreUnavailable when it does not fit."""
        if self.used + count > ALL_BODIES:
            raise StoreUnavailable("Too many large bodies are arriving at once.")
        self.used += count


class Body(msgspec.Struct, frozen=True, gc=False):
    """What came. `complete`: to the last byte, and within the limit."""

    data: bytes
    complete: bool


def invite(request: web.BaseRequest) -> None:
    """Tell a sender that asked first (`Expect: 100-continue`) to go on: said by whoever reads the body.

    aiohttp would say it before anybody looked at the credential, and would refuse every other expectation.
    """
    expect = next((value for name, value in request.raw_headers if name.lower() == b"expect"), b"")
    waits = expect.lower() == b"100-continue" and request.version >= (1, 1) and not request.content.is_eof()
    if waits and request.transport is not None:
        request.transport.write(_CONTINUE)


def read_at_once(content: StreamReader, limit: int) -> Body | None:
    """The body, when all of it has arrived with the head, as nearly always; else None."""
    if not content.is_eof() or content.exception() is not None:
        return None
    data = content.read_nowait(-1) if not content.at_eof() else b""
    return Body(data, True) if len(data) <= limit else Body(data[:limit], False)


async def read_body(content: StreamReader, limit: int, room: Room) -> Body:
    """Up to `limit` bytes, for at most `BODY_S`. Never raises for what a sender does; StoreUnavailable for memory."""
    kept = bytearray()
    complete = False
    try:
        async with asyncio.timeout(BODY_S):
            complete = await _fill(kept, content, limit, room)
    except TimeoutError:
        pass  # slow: what came is the capture, marked as incomplete
    finally:
        room.used -= len(kept)
    return Body(bytes(kept), complete)


async def _fill(kept: bytearray, content: StreamReader, limit: int, room: Room) -> bool:
    while True:
        try:
            chunk = await content.readany()
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and content.exception() is None:
                raise  # our own deadline; aiohttp puts the same class into the body when the server is told to stop
            # aiohttp has a whole family of them (connection lost, bad chunk, wrong length); all mean "cut short".
            # It raises even while bytes that came before wait in its buffer; those belong to the capture.
            rest = content._read_nowait(-1)[: limit - len(kept)]  # noqa: SLF001
            room.take(len(rest))
            kept += rest
            return False
        if not chunk:
            return True
        part = chunk[: limit - len(kept)]
        room.take(len(part))
        kept += part
        if len(chunk) > len(part):
            await _drop(content)
            return False


async def _drop(content: StreamReader) -> None:
    dropped = 0
    try:
        async with asyncio.timeout(DROP_S):
            while dropped < DROP_BYTES and (chunk := await content.readany()):
                dropped += len(chunk)
    except Exception:
        return  # gone or slow: nothing of it would have been kept
