"""Several servers on one PostgreSQL database, behind nginx, each in a process of its own."""

import asyncio
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from tests.postgres.programs import unused_port
from tests.process import Process, serving

START_S = 60.0
_NGINX = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  {places}
  # A request is never sent again to another server: it may be stored already.
  proxy_next_upstream off;
  upstream servers {{
    {servers}
    keepalive 64;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


class Servers:
    """All with the same database. They keep their ports when they are started again."""

    def __init__(self, folder: Path, url: str, count: int) -> None:
        self._folder, self._url = folder, url
        self._ports = [unused_port() for _ in range(count)]
        self._stacks = [ExitStack() for _ in range(count)]
        self._running: list[Process | None] = [None] * count

    @property
    def ports(self) -> list[int]:
        return self._ports

    def __getitem__(self, place: int) -> Process:
        server = self._running[place]
        assert server is not None
        return server

    def running(self) -> list[Process]:
        return [server for server in self._running if server is not None]

    def start(self, place: int) -> None:
        """Again if it ends before it is ready: as the system does it for a server that cannot reach its database."""
        deadline = time.monotonic() + START_S
        while self._running[place] is None:
            folder = self._folder / f"server-{place}"
            options = ("--port", str(self._ports[place]), "--database", self._url)
            try:
                self._running[place] = self._stacks[place].enter_context(
                    serving(folder, *options, log=self._folder / f"server-{place}.log")
                )
            except ValueError:
                if time.monotonic() > deadline:
                    raise

    async def start_all(self) -> None:
        """At the same time."""
        await asyncio.gather(*(asyncio.to_thread(self.start, place) for place in range(len(self._ports))))

    def kill(self, place: int, *, alone: bool) -> None:
        """kill -9, of the server `alone` or of its processes too."""
        server = self[place]
        if alone:
            server.kill()
        else:
            server.kill_all()
        self._forget(place)

    @contextmanager
    def paused(self, place: int) -> Iterator[None]:
        """SIGSTOP for the server and its processes, then SIGCONT."""
        parent = psutil.Process(self[place].popen.pid)
        family = [parent, *parent.children(recursive=True)]
        try:
            for process in family:
                process.send_signal(signal.SIGSTOP)
            yield
        finally:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)

    def stop_all(self) -> list[int]:
        """Their exit codes."""
        codes = []
        for place, server in enumerate(self._running):
            if server is not None:
                codes.append(server.stop(60))
                self._forget(place)
        return codes

    def close(self) -> None:
        for stack in self._stacks:
            stack.close()

    def _forget(self, place: int) -> None:
        self._running[place] = None
        self._stacks[place].close()


@contextmanager
def behind_nginx(folder: Path, ports: list[int]) -> Iterator[int]:
    """The port of nginx, which gives each request to the next server."""
    port = unused_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # Without `max_fails` a server that failed would get no requests for ten seconds.
    servers = "".join(f"server 127.0.0.1:{each} max_fails=0;\n" for each in ports)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, places=places, servers=servers, port=port))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        wait_until(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "error.log").read_text()
        yield port
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds: Callable[[], bool], within_s: float = 60) -> bool:
    """Whether it holds, at the end of the time at the latest."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
