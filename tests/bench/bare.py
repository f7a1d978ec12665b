"""The reference: a bare aiohttp application that reads the body and answers "ok"; it stores nothing."""

import socket

from aiohttp import web


async def ok(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text="ok")


def main() -> None:
    """Listen on a free port and print it."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", ok)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    web.run_app(app, sock=listener, access_log=None, print=None)


if __name__ == "__main__":
    main()
