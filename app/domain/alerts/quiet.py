"""Quiet hours, by the clock of a time zone: they follow its daylight saving time."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .model import QuietHours

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
MAX_ZONE = 64
"""Characters of the name of a zone."""


def quiet_problems(quiet: QuietHours) -> list[tuple[str, str]]:
    """What is wrong, by field."""
    problems = [
        (name, "must be a time such as 22:00")
        for name in ("begin", "end")
        if not _CLOCK.fullmatch(getattr(quiet, name))
    ]
    if not problems and quiet.begin == quiet.end:
        problems.append(("end", "must differ from the begin"))
    try:
        if len(quiet.zone) > MAX_ZONE:
            raise ValueError(quiet.zone)
        ZoneInfo(quiet.zone)
    except (ValueError, OSError, LookupError):
        problems.append(("zone", "must be a time zone such as Europe/Berlin or UTC"))
    return problems


def is_quiet(quiet: QuietHours | None, now: datetime) -> bool:
    """Whether no one is notified now."""
    if quiet is None:
        return False
    local = now.astimezone(ZoneInfo(quiet.zone))
    minute = f"{local:%H:%M}"
    if quiet.begin < quiet.end:
        return quiet.begin <= minute < quiet.end
    return minute >= quiet.begin or minute < quiet.end


def quiet_end(quiet: QuietHours, now: datetime) -> datetime:
    """When the quiet hours that contain `now` end, in UTC. The clock may be changed in between."""
    zone = ZoneInfo(quiet.zone)
    local = now.astimezone(zone)
    end = time.fromisoformat(quiet.end)
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
