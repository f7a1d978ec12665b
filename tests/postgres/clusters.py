"""Private clusters and their databases.

A cluster listens on 127.0.0.1 only, without passwords. Its collation is English and its time zone is not UTC, so that a
query that depends on them fails here too.
"""

import fcntl
import hashlib
import re
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from .programs import HOST, USER, give, kept_folder, program, require, run_program, start_keeper, unused_port

# For tests that do not stop the server: nothing is synced.
QUICK = {"fsync": "off", "full_page_writes": "off"}
_ALWAYS = {
    "listen_addresses": HOST,
    # The name of a socket has at most 107 bytes, and temporary folders can have long names.
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "Asia/Kathmandu",
    "log_line_prefix": "%m %p %a ",
}
# Python warns of a child that is running when its object is deleted.
_KEEPERS: list[subprocess.Popen[bytes]] = []


def missing_programs(*more: str) -> list[str]:
    """The programs that are not installed, of those that are always needed and `more`."""
    return [name for name in ("initdb", "pg_ctl", "pgbouncer", *more) if program(name) is None]


def url_of(port: int, database: str) -> str:
    return f"postgresql://{USER}@{HOST}:{port}/{database}"


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test."""

    name: str
    url: str

    def peek(self, query: str, *parameters: Any) -> list[tuple]:
        """What a query returns, in a transaction of its own; without rows for a statement that returns none."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(query.encode(), parameters or None)
            return found.fetchall() if found.description else []


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL server. Its folder has the data and the server's log."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        return url_of(self.port, database)

    def start(self) -> None:
        """Returns when it accepts connections."""
        log = str(self.folder / "log")
        run_program(require("pg_ctl"), "start", "-w", "-t", "60", "-D", str(self.data), "-l", log)

    def stop(self, mode: str = "fast") -> None:
        """`immediate`: as in a crash, and the next start recovers from the write-ahead log."""
        run_program(require("pg_ctl"), "stop", "-w", "-t", "60", "-D", str(self.data), "-m", mode)

    @contextmanager
    def losing_unwritten(self) -> Iterator[None]:
        """In the block asynchronous commits are not written to the disk; at the end the server crashes, and starts
        again without them."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            row = connection.execute("select pid from pg_stat_activity where backend_type = 'walwriter'").fetchone()
            assert row is not None
            writer = psutil.Process(row[0])
            writer.suspend()
            try:
                yield
            finally:
                writer.kill()
            # Ends with the server.
            with suppress(psycopg.OperationalError):
                connection.execute("select pg_sleep(600)")
        run_program(
            require("pg_ctl"), "restart", "-m", "immediate", "-w", "-t", "60", "-D", str(self.data),
            "-l", str(self.folder / "log"),
        )  # fmt: skip

    def execute(self, statement: str) -> None:
        """In the database `postgres`."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def change(self, **settings: str) -> None:
        """Settings of the running server, as `commit_delay="2000"`."""
        for name, value in settings.items():
            self.execute(f"alter system set {name} = '{value}'")
        self.execute("select pg_reload_conf()")

    @contextmanager
    def database(self, prepare: Callable[[str], None] | None = None) -> Iterator[Database]:
        """A new database, dropped at the end.

        `prepare` is called with the URL of an empty database, once in a run; the new one is a copy of the result.
        """
        template = self._template(prepare) if prepare else "template0"
        # Three times as fast as by the write-ahead log, which is the default since 15.
        strategy = "strategy file_copy" if _version() >= 15 else ""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"create database {name} template {template} {strategy}")
        try:
            yield Database(name, self.url(name))
        finally:
            self.execute(f"drop database if exists {name} with (force)")

    def _template(self, prepare: Callable[[str], None]) -> str:
        name = "template_" + hashlib.sha256(f"{prepare.__module__}.{prepare.__qualname__}".encode()).hexdigest()[:12]
        with locked(self.folder / "templates"):
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                    return name
                # A preparation that was interrupted has left it.
                connection.execute("drop database if exists unfinished with (force)")
                connection.execute("create database unfinished template template0")
                prepare(self.url("unfinished"))
                rename = sql.SQL("alter database unfinished rename to {}").format(sql.Identifier(name))
                connection.execute(rename)
        return name


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process of this machine at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run_cluster(run: str, owner: int) -> Cluster:
    """The cluster that the processes of one run share. The first that asks starts it; it ends with the process
    `owner`, however that ends."""
    folder = Path(tempfile.gettempdir()) / f"smsbin-postgres-{run}"
    folder.mkdir(exist_ok=True)
    with locked(folder / "lock"):
        port = folder / "port"
        if not port.exists():
            give(folder)
            _KEEPERS.append(start_keeper(folder, owner))
            cluster = _create(folder, QUICK)
            # Renamed, so that it is never half written.
            (folder / "port.new").write_text(str(cluster.port))
            (folder / "port.new").rename(port)
        return Cluster(folder, int(port.read_text()))


@contextmanager
def own_cluster(settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A second cluster, with the server's own settings of durability, for tests that stop it."""
    with kept_folder("postgres") as folder:
        cluster = _create(folder, settings or {})
        try:
            yield cluster
        finally:
            if (cluster.data / "postmaster.pid").exists():
                cluster.stop("immediate")


def _create(folder: Path, settings: Mapping[str, str]) -> Cluster:
    """Make a cluster in an empty folder, and start it."""
    data = folder / "data"
    locale = ["--locale=C", *(["--locale-provider=icu", "--icu-locale=en-US"] if _version() >= 15 else [])]
    options = ["--no-sync", "--auth=trust", "--encoding=UTF8", f"--username={USER}", *locale]
    run_program(require("initdb"), "-D", str(data), *options)
    for _ in range(10):
        port = unused_port()
        lines = [f"{name} = '{value}'" for name, value in {**_ALWAYS, **settings, "port": str(port)}.items()]
        (data / "postgresql.auto.conf").write_text("\n".join(lines) + "\n")
        cluster = Cluster(folder, port)
        try:
            cluster.start()
        except RuntimeError:
            # Another process has taken the port since.
            if "Address already in use" not in (folder / "log").read_text():
                raise
        else:
            return cluster
    raise RuntimeError(f"no port is free: {(folder / 'log').read_text()}")


@cache
def _version() -> int:
    told = subprocess.run([require("initdb"), "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"(\d+)", told)
    assert match
    return int(match[0])
