"""Runs the server process: start, announce the address, wait for a signal, stop in bounded time."""

import asyncio
import gc
import json
import signal
import sys

from aiohttp import web

from . import __version__, keys
from .domain.bins import Bin
from .domain.roles import Role
from .log import get_log, set_up_log
from .main import create_server
from .port import listen
from .services.bins import first_bin
from .settings import Settings
from .tasks import new_loop
from .web.site.urls import capture_url

# The time after which a thread yields the interpreter lock to a waiting one. The event loop waits for it after each
# system call while searches run in threads. With Python's default of 5 ms captures take half as long again (`make bench
# ARGS=attack`: p99 40 to 53 ms, and 27 to 35 with this).
SWITCH_INTERVAL_S = 0.0005

_IPV4, _OWN_NAME = "http://127.0.0.1:", "http://smsbin.localhost:"

_log = get_log("serving")


def serve(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM. Raises CannotStart with the cause."""
    set_up_log(settings.log_level, settings.log_format)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    listener = listen(settings)
    server = create_server(settings)
    try:
        await server.start(listener)
        # Objects that exist now live as long as the process. A full collection would examine all of them, which delays
        # every capture for tens of milliseconds.
        gc.collect()
        gc.freeze()
        await announce(settings, server.app, listener.getsockname()[1])
        await stopped.wait()
        _log.info("server.stopping")
    finally:
        await server.stop()
        listener.close()


async def announce(settings: Settings, app: web.Application, port: int) -> None:
    """Print that the server is ready: a few lines on a terminal, one JSON line for a program."""
    bin = await first_bin(app[keys.STORE], app[keys.KEYRING])
    root = _root(settings, port)
    access = app[keys.ACCESS]
    # A token that the operator has set is known to those who need it.
    sign_in = f"{root}/sign-in#code={access.codes.make()}" if access.made_here else None
    if sys.stdout.isatty():
        text = _welcome(settings, root, sign_in, bin, app[keys.DATABASE])
    else:
        urls = {role.value: capture_url(root, bin.key, role) for role in Role}
        ready = {"event": "ready", "url": root + "/", "sign_in": sign_in, "bin": bin.id, "urls": urls}
        text = json.dumps(ready | {"database": app[keys.DATABASE]})
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _root(settings: Settings, port: int) -> str:
    if settings.public_url:
        url = settings.public_url
        return url if url.endswith(settings.base_path) else url + settings.base_path
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{port}{settings.base_path}"


def _welcome(settings: Settings, root: str, sign_in: str | None, bin: Bin, database: str) -> str:
    link = sign_in or f"{root}/sign-in   (with your access token)"
    # By a name of its own the cookie goes to no other program on this machine.
    own = [f"  or          {link.replace(_IPV4, _OWN_NAME)}"] if sign_in and root.startswith(_IPV4) else []
    data = f"database: {database}" if settings.uses_postgresql else f"data: {settings.data_dir}"
    lines = [
        f"smsbin {__version__} · {data} · {root}",
        "",
        f"  Sign in     {link}",
        *own,
        f"  Primary     {capture_url(root, bin.key, Role.PRIMARY)}            Ytel “SMS Request URL”",
        f"  Fallback    {capture_url(root, bin.key, Role.FALLBACK)}   Ytel “Fallback SMS Request URL”",
        f"  Status      {capture_url(root, bin.key, Role.STATUS)}     MessageStatusCallback of each send",
        f"  Voice       {capture_url(root, bin.key, Role.VOICE)}      Ytel “Voice Request URL”",
        "",
    ]
    if not settings.public_url:
        lines += [
            "  ! These URLs can only be reached from this machine. To receive from a provider:",
            f"      cloudflared tunnel --url {root}     then  smsbin --public-url https://….trycloudflare.com",
        ]
    lines.append(
        f"  Try it now:  curl {capture_url(root, bin.key, Role.PRIMARY)} -d 'From=%2B14155550123' -d 'Text=hi'"
    )
    return "\n".join(lines)
