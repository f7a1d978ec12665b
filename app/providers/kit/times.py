"""Providers' stamps as UTC. Each gives None for what is not in its form: a stamp is a fact or it is left out."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

_PLAIN = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?", re.ASCII)
_ZONE = re.compile(r"Z|[+-]\d\d:?\d\d", re.ASCII)
_EPOCH_S = re.compile(r"\d{9,11}(?:\.\d{1,9})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_MAIL = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_S = 10**11
PLAUSIBLE = timedelta(days=20 * 365)
"""How far a stamp of an unknown form may be from the arrival: what is further away is another number."""


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


def read_any(text: str | None, near: datetime) -> datetime | None:
    """A stamp of an unknown form: ISO 8601, seconds, milliseconds or microseconds since 1970, `yyyyMMddHHmmss`,
    `yyMMddHHmm` (both taken as UTC), or a date of a mail (RFC 5322). Of several possible times the one that is closest
    to `near`, and none that is further away than `PLAUSIBLE`."""
    text = text.strip() if text and len(text) < 40 else ""
    found = [moment for moment in _candidates(text) if moment is not None and abs(moment - near) <= PLAUSIBLE]
    return min(found, key=lambda moment: abs(moment - near), default=None)


def _candidates(text: str) -> Iterator[datetime | None]:
    yield read_iso(text)
    yield read_minutes(text)
    if _EPOCH_S.fullmatch(text):
        whole, _, fraction = text.partition(".")
        yield read_epoch(whole + fraction[:3].ljust(3, "0"), per_second=1_000)
    for per_second in (1_000, 1_000_000):
        yield read_epoch(text, per_second=per_second) if len(text) > 11 else None
    if match := _COMPACT.fullmatch(text):
        yield _at_parts((*match.groups(), None), UTC)
    if _MAIL.fullmatch(text):
        yield _read_mail(text)


def _read_mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _at(match: re.Match[str], zone: timezone) -> datetime | None:
    return _at_parts(match.groups(), zone)


def _at_parts(parts: tuple[str | None, ...], zone: timezone) -> datetime | None:
    """Year to second, and a fraction or None."""
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    fraction = parts[6]
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        value = datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
