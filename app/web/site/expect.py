"""A sender that waits with its body until it is told to go on (`Expect: 100-continue`)."""

from aiohttp import web

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def postpone(request: web.Request) -> None:
    """Say nothing yet. aiohttp would ask for the body before anybody looked at the credential, and would refuse every
    other expectation."""


def invite(request: web.BaseRequest) -> None:
    """Tell the sender to go on: called by the code that reads the body."""
    expect = next((value for name, value in request.raw_headers if name.lower() == b"expect"), b"")
    waits = expect.lower() == b"100-continue" and request.version >= (1, 1) and not request.content.is_eof()
    if waits and request.transport is not None:
        request.transport.write(_CONTINUE)
