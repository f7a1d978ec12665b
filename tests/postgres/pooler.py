"""PgBouncer in transaction mode, with the settings that it has when it is installed."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .clusters import Cluster, url_of
from .programs import HOST, USER, give, kept_folder, require, start_program, unused_port

_SETTINGS = """\
[databases]
* = host={host} port={server}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pidfile = {folder}/pooler.pid
pool_mode = transaction
default_pool_size = 10
max_client_conn = 300
"""


@dataclass(frozen=True, slots=True)
class Pooler:
    """All databases of the cluster, through the pooler."""

    folder: Path
    port: int

    @property
    def pid(self) -> int:
        return int((self.folder / "pooler.pid").read_text())

    def url(self, database: str) -> str:
        return url_of(self.port, database)


@contextmanager
def run_pooler(cluster: Cluster) -> Iterator[Pooler]:
    """Accepts connections from the start to the end."""
    with kept_folder("pooler") as folder:
        port = unused_port()
        _write(folder / "settings.ini", _SETTINGS.format(host=HOST, server=cluster.port, port=port, folder=folder))
        _write(folder / "users", f'"{USER}" ""\n')
        process = start_program(require("pgbouncer"), str(folder / "settings.ini"), log=folder / "log")
        try:
            _wait(process, port, folder / "log")
            yield Pooler(folder, port)
        finally:
            process.kill()
            process.wait()


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    give(path)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pgbouncer does not listen: {log.read_text()}") from None
            time.sleep(0.02)
        else:
            return
