"""A time zone as a user writes it."""

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(
    r"(?:UTC|GMT)?\s*(?P<sign>[+\-\u2212])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?", re.ASCII | re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+){0,2}", re.ASCII)
MAX_OFFSET = timedelta(hours=14)
_CURE = "is not a time zone; write UTC, +02:00 or a name such as Europe/Berlin"


def read_zone(text: str) -> tzinfo:
    """The zone. Raises ValueError with the cure."""
    text = text.strip()
    if text.upper() in ("UTC", "GMT", "Z"):
        return timezone(timedelta(0))
    found = _OFFSET.fullmatch(text)
    if found is not None:
        minutes = int(found["minutes"] or 0)
        offset = timedelta(hours=int(found["hours"]), minutes=minutes)
        if minutes > 59 or offset > MAX_OFFSET:
            raise ValueError(f"must be from -14:00 to +14:00, not {text}")
        return timezone(offset if found["sign"] == "+" else -offset)
    if not _NAME.fullmatch(text):
        raise ValueError(_CURE)
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        raise ValueError(_CURE) from None
