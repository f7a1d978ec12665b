"""Times of records: every form that a provider's export is known to have. What has another form is left out."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from ..domain.reconciliation.records import RecordTime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:[A-Z]{3}, )?\d{1,2} [A-Z]{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC)", re.ASCII | re.IGNORECASE
)
# As spreadsheets write it; the order of day and month depends on the country.
_LOCAL = re.compile(
    r"(\d{1,2})([/.])(\d{1,2})\2(\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP])M)?", re.ASCII | re.IGNORECASE
)
_UUID_1 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-1([0-9a-f]{3})-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
# From the begin of the Gregorian calendar to 1970, in units of 100 ns (RFC 9562, section 5.1).
_GREGORIAN = 0x01B21DD213814000
_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_LONGEST = 40


@lru_cache(maxsize=4_096)
def read_time(text: str) -> RecordTime | None:
    """ISO 8601, `YYYY-MM-DD HH:MM:SS` with or without zone, RFC 5322 ("Sat, 28 Nov 2026 20:00:05 +0000"), seconds,
    milliseconds or microseconds since 1970, and `28.11.2026 20:00`, or with slashes if only one order of day and month
    is possible. None: another form."""
    text = text.strip().lstrip("'") if len(text) <= _LONGEST else ""
    if match := _ISO.fullmatch(text):
        return _iso(*match.groups())
    if text.isascii() and text.isdigit():
        return _epoch(text)
    if _MAIL.fullmatch(text):
        try:
            return _time(parsedate_to_datetime(text), zoned=True, unit_us=_SECOND_US)
        except (ValueError, OverflowError):
            return None
    match = _LOCAL.fullmatch(text)
    return None if match is None else _local(*match.groups())


def uuid_time(text: str) -> RecordTime | None:
    """The instant in a UUID of version 1."""
    match = _UUID_1.fullmatch(text)
    if match is None:
        return None
    us = (int(match[3] + match[2] + match[1], 16) - _GREGORIAN) // 10
    return RecordTime(us, unit_us=1) if us > 0 else None


def _iso(day: str, minutes: str, seconds: str | None, fraction: str | None, zone: str | None) -> RecordTime | None:
    digits = (fraction or "")[:6]
    text = f"{day}T{minutes}{seconds or ':00'}.{digits:0<6}"
    if zone:
        text += "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    unit_us = 10 ** (6 - len(digits)) if seconds else _MINUTE_US
    return _time(moment, zoned=zone is not None, unit_us=unit_us)


def _epoch(digits: str) -> RecordTime | None:
    """By the number of digits: from 2001 to 2286."""
    unit_us = {10: _SECOND_US, 13: 1_000, 16: 1}.get(len(digits))
    return None if unit_us is None or digits[0] == "0" else RecordTime(int(digits) * unit_us, unit_us=unit_us)


def _local(
    one: str, mark: str, two: str, year: str, hour: str, minute: str, second: str | None, half: str | None
) -> RecordTime | None:
    first, then = int(one), int(two)
    if mark == "/" and first <= 12 and then <= 12 and first != then:
        return None
    day, month = (first, then) if mark == "." or first > 12 else (then, first)
    hours = int(hour) if half is None else int(hour) % 12 + 12 * (half.upper() == "P")
    try:
        moment = datetime(int(year), month, day, hours, int(minute), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None
    return _time(moment, zoned=False, unit_us=_SECOND_US if second else _MINUTE_US)


def _time(moment: datetime, *, zoned: bool, unit_us: int) -> RecordTime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        us = (moment - _EPOCH) // _MICROSECOND
    except OverflowError:
        return None
    # Zones and grace periods are added to it: it stays within what a `datetime` holds.
    return RecordTime(us, zoned=zoned, unit_us=unit_us) if 0 < us < _LATEST_US else None


_LATEST_US = (datetime(9998, 12, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
