"""The only source of time and of chance, so that a test can hold both still."""

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
    """The wall clock as seconds since 1970, where a `datetime` would only be taken apart again."""
    return time.time()


def ticks() -> float:
    """Seconds of a clock that never jumps; only differences mean something."""
    return time.monotonic()


def uptime() -> float:
    """Seconds of a clock that never jumps and goes on while the machine sleeps, where the system has one."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def started() -> datetime:
    """When this process began, or a little later: it is at least as old as the work that it has done."""
    return now() - timedelta(seconds=time.process_time())


def pause(seconds: float) -> None:
    """Do nothing for a while. For commands; whoever shares a loop awaits instead."""
    time.sleep(seconds)


def new_key() -> str:
    """A capture key: 80 bits, unguessable."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_LENGTH))


def new_id() -> str:
    """A bin's public id: short, URL-safe, and no secret."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(ID_LENGTH))


def new_secret() -> str:
    """256 bits as URL-safe text: access tokens, sessions, nonces."""
    return secrets.token_urlsafe(32)


def new_nonce() -> str:
    """A nonce for one response's Content-Security-Policy."""
    return secrets.token_urlsafe(16)


def same_secret(given: str, wanted: str) -> bool:
    """Compare in constant time."""
    return secrets.compare_digest(given.encode(), wanted.encode())


Dice = random.Random


def seeded(seed: str) -> Dice:
    """Dice that fall the same for the same seed, on every machine; never for secrets."""
    return Dice(seed)


def dice() -> float:
    """A number from 0 to below 1; for jitter and chance, never for secrets."""
    return _dice.random()
