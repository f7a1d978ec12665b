"""`Expect: 100-continue`: the interim response is sent only when a handler reads the body."""

from aiohttp import web

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def delay_continue(request: web.Request) -> None:
    """Send nothing yet. aiohttp would send 100 before the credential is checked, and would refuse every other
    expectation."""


def send_100_continue(request: web.BaseRequest) -> None:
    """Send the interim response if the client waits for it; called before the body is read."""
    expect = next((value for name, value in request.raw_headers if name.lower() == b"expect"), b"")
    waits = expect.lower() == b"100-continue" and request.version >= (1, 1) and not request.content.is_eof()
    if waits and request.transport is not None:
        request.transport.write(_CONTINUE)
