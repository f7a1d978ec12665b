"""One appender on PostgreSQL, without a server: `python -m tests.bench.appender URL SECONDS BIN...`.

It prints a line when it is ready, begins with a line of its input, and then prints the captures/s that it has stored in
batches of 64 over these bins.
"""

import random
import sys
import time
from urllib.parse import urlencode

from app import clock
from app.domain.units import micros
from app.storage.checkpointing import NoBallast
from app.storage.log.appender import Appender
from app.storage.log.jobs import AddBin, AddCapture
from app.storage.postgres.log_database import LogDatabase

BATCH = 64
_HEAD = b"Host: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 292\r\n"
_BODY = urlencode({"MessageSid": "SM" + 32 * "0", "Body": "Your order is on its way", "Padding": 200 * "x"}).encode()


def open_appender(url: str) -> Appender:
    """As the log process opens it."""
    database = LogDatabase(url)
    database.open()
    appender = Appender(database, NoBallast(), clock.new_id(), is_shared=True)
    appender.begin()
    return appender


def add_bins(url: str, count: int) -> list[str]:
    """Their ids."""
    ids = [clock.new_id() for _ in range(count)]
    now = micros(clock.now())
    results = open_appender(url).apply([AddBin(id, clock.new_key(), None, None, None, 300, now) for id in ids]).results
    assert not any(result.error for result in results)
    return ids


def run(appender: Appender, seconds: float, bins: list[str]) -> float:
    """Captures/s."""
    began = time.perf_counter()
    count = 0
    while (took := time.perf_counter() - began) < seconds:
        at = micros(clock.now())
        batch = [
            AddCapture(
                random.choice(bins), at, "status", "POST", "/0123456789abcdef/status", "127.0.0.1", "1.1", _HEAD, _BODY,
                True, None, None, None, False,
            )
            for _ in range(BATCH)
        ]  # fmt: skip
        assert not any(result.error for result in appender.apply(batch).results)
        count += BATCH
    return count / took


if __name__ == "__main__":
    opened = open_appender(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    print(f"{run(opened, float(sys.argv[2]), sys.argv[3:]):.1f}", flush=True)
