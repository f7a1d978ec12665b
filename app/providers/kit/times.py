"""Providers' stamps as UTC. Each gives None for what is not in its form: a stamp is a fact or it is left out."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_PLAIN = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?", re.ASCII)
_ZONE = re.compile(r"Z|[+-]\d\d:?\d\d", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_S = 10**11


@lru_cache(maxsize=256)
def read_utc(text: str | None) -> datetime | None:
    """`2018-08-28 21:23:32`, with or without a fraction, without seconds or a zone: taken as UTC."""
    match = _PLAIN.fullmatch(text.strip()) if text and len(text) < 40 else None
    return None if match is None else _at(match, UTC)


def read_iso(text: str | None) -> datetime | None:
    """ISO 8601 with a zone: `Z`, `+00:00` or `+0000`. Without one it is taken as UTC."""
    match = _PLAIN.match(text.strip()) if text and len(text) < 40 else None
    if text is None or match is None:
        return None
    rest = text.strip()[match.end() :].strip()
    if not rest or rest in ("Z", "z"):
        return _at(match, UTC)
    if not _ZONE.fullmatch(rest):
        return None
    sign = -1 if rest[0] == "-" else 1
    offset = timedelta(hours=int(rest[1:3]), minutes=int(rest[-2:]))
    return _at(match, timezone(sign * offset)) if offset < timedelta(hours=24) else None


def read_epoch(text: str | None, *, per_second: int = 1) -> datetime | None:
    """Seconds since 1970, or with `per_second=1000` milliseconds."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 16:
        return None
    seconds, rest = divmod(int(text), per_second)
    if seconds > _LATEST_S:
        return None
    return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // per_second)


def read_minutes(text: str | None) -> datetime | None:
    """`2407110902`, year to minute in two digits each, as delivery receipts have it: taken as UTC."""
    if not text or len(text) != 10 or not text.isascii() or not text.isdigit():
        return None
    year, month, day, hour, minute = (int(text[at : at + 2]) for at in range(0, 10, 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def read_to_minute(text: str | None) -> datetime | None:
    """A stamp that has no seconds, in any of the forms above: `2407110902`, `2024-07-11 09:02`, `2024-07-11T09:02Z`;
    None for one with seconds."""
    if not text or not 10 <= len(text) < 40:
        return None
    match = _PLAIN.match(text.strip())
    return read_minutes(text) if match is None else None if match[6] else read_iso(text)


def _at(match: re.Match[str], zone: timezone) -> datetime | None:
    year, month, day, hour, minute, second, fraction = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        value = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), micro, tzinfo=zone)
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
