"""Running the programs of PostgreSQL: where they are, as whom they run, and that none outlives the tests."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
USER = "smsbin"
# initdb and pgbouncer refuse to run as root. The package of PostgreSQL creates this account.
ACCOUNT = "postgres" if os.getuid() == 0 else None


def program(name: str) -> str | None:
    """The path of a program of PostgreSQL: the one in PATH, else the newest that Debian has installed."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"):
        return str(Path(found).resolve())
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return next((str(path / name) for path in reversed(folders) if (path / name).exists()), None)


def require(name: str) -> str:
    """The path of a program. FileNotFoundError: it is not installed."""
    if path := program(name):
        return path
    raise FileNotFoundError(f"{name} is not installed: apt-get install postgresql pgbouncer")


def start_program(*command: str, log: Path) -> subprocess.Popen[bytes]:
    """In an environment without settings of the user."""
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, **_account())


def run_program(*command: str) -> None:
    """RuntimeError with the program's own words: it has failed."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **_account())
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {done.returncode}: {done.stdout}{done.stderr}")


def _account() -> dict:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    common = {"env": environment | {"LC_ALL": "C"}, "cwd": "/"}
    return common | ({"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []} if ACCOUNT else {})


def unused_port() -> int:
    """Below the range from which the kernel takes ports for outgoing connections: the server that uses it is stopped
    and started again by some tests, and its port must still be free then."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


@contextmanager
def kept_folder(name: str) -> Iterator[Path]:
    """A new folder for a server; if this process is killed, the keeper ends the server and removes the folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"smsbin-{name}-"))
    give(folder)
    keeper = start_keeper(folder, os.getpid())
    try:
        yield folder
    finally:
        keeper.kill()
        keeper.wait()
        shutil.rmtree(folder)


def give(path: Path) -> None:
    """To the account that the servers run as."""
    if ACCOUNT:
        shutil.chown(path, ACCOUNT, ACCOUNT)


def start_keeper(folder: Path, owner: int) -> subprocess.Popen[bytes]:
    """In a session of its own, so that what interrupts the tests does not interrupt it. See `keeper.py`."""
    command = [sys.executable, "-m", "tests.postgres.keeper", str(folder), str(owner)]
    null = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdin=null, stdout=null, stderr=null, start_new_session=True)
