"""The only source of time and randomness, so that tests can control both."""

import random
import secrets
import time
from datetime import UTC, datetime, timedelta

from .domain.bins import KEY_ALPHABET, KEY_LENGTH

ID_LENGTH = 8

_dice = random.Random()  # noqa: S311  # never for secrets


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def wall() -> float:
    """The wall clock as seconds since 1970, for callers that do not need a `datetime`."""
    return time.time()


def ticks() -> float:
    """Seconds of a monotonic clock; only differences are meaningful."""
    return time.monotonic()


def uptime() -> float:
    """Seconds of a monotonic clock that includes the time in which the machine sleeps, if the system has one."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def started() -> datetime:
    """When this process started, or a little later, computed from its processor time."""
    return now() - timedelta(seconds=time.process_time())


def pause(seconds: float) -> None:
    """Block for this time. For commands and the processes of the storage; code on an event loop must await instead."""
    time.sleep(seconds)


def new_key() -> str:
    """A capture key: 80 random bits."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_LENGTH))


def new_id() -> str:
    """A public id of a bin: short, URL-safe, and not a secret."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(ID_LENGTH))


def new_secret() -> str:
    """256 random bits as URL-safe text, for access tokens, sessions and nonces."""
    return secrets.token_urlsafe(32)


def new_bytes(size: int) -> bytes:
    """Random bytes for encryption."""
    return secrets.token_bytes(size)


def new_nonce() -> str:
    """A nonce for one response's Content-Security-Policy."""
    return secrets.token_urlsafe(16)


def same_secret(given: str, wanted: str) -> bool:
    """Compare two secrets in constant time."""
    return secrets.compare_digest(given.encode(), wanted.encode())


Dice = random.Random


def seeded(seed: str) -> Dice:
    """A generator with the same sequence for the same seed on every machine; never for secrets."""
    return Dice(seed)


def dice() -> float:
    """A random number from 0 to below 1, for jitter and chance; never for secrets."""
    return _dice.random()
