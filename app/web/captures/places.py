"""Places in the list of requests, as users write them: a number, or a time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PLACE_HELP = "write a number like 39798, or a time like 21:04 or 2026-11-28 21:04"

_NUMBER = re.compile(r"#?([0-9]{1,18})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)?))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPlace:
    """The text of the box "Go to", and the place that it means: None where it is empty or has a `problem`."""

    text: str = ""
    place: int | datetime | None = None
    problem: str | None = None


def wanted_place(text: str, now: datetime) -> WantedPlace:
    """The place that a text means."""
    text = text.strip()
    try:
        return WantedPlace(text=text, place=read_place(text, now) if text else None)
    except ValueError as error:
        return WantedPlace(text=text, problem=str(error))


def read_place(text: str, now: datetime) -> int | datetime:
    """A number of a request, or a time, in UTC unless it has a zone. A time without a date is the last such time
    before `now`. Raises ValueError with a help text."""
    if found := _NUMBER.fullmatch(text):
        return int(found[1])
    try:
        if found := _CLOCK.fullmatch(text):
            hour, minute, second = (int(part or 0) for part in found.groups())
            at = now.astimezone(UTC).replace(hour=hour, minute=minute, second=second, microsecond=0)
            return at if at <= now else at - timedelta(days=1)
        if found := _TIME.fullmatch(text):
            at = datetime.fromisoformat(f"{found[1]}T{found[2].upper()}" if found[2] else found[1])
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"this time does not exist; {PLACE_HELP}") from None
    raise ValueError(PLACE_HELP)
