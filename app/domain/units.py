"""Times, durations and sizes as people and programs write them."""

import re
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_BYTES = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_WORDS = {"s": "second", "m": "minute", "h": "hour", "d": "day"}
MAX_DURATION = timedelta(days=36_500)


def micros(at: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (at - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """The inverse of `micros`."""
    return EPOCH + timedelta(microseconds=value)


def rfc3339(at: datetime) -> str:
    """UTC with six decimals and `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def parse_duration(text: str) -> timedelta:
    """`90s`, `15m`, `12h`, `7d`, or `0`. ValueError says what would be right."""
    match = re.fullmatch("([0-9]{1,9})([smhd])", text.strip())
    if text.strip() == "0":
        return timedelta(0)
    if not match:
        raise ValueError(f'"{text}" is not a duration; write 90s, 15m, 12h or 7d, or 0')
    value = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if value > MAX_DURATION:
        raise ValueError(f'"{text}" is longer than {MAX_DURATION.days} days; write 0 to keep forever')
    return value


def format_duration(value: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads back."""
    seconds = int(value.total_seconds())
    if not seconds:
        return "0"
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def duration_text(value: timedelta) -> str:
    """For sentences: "30 days", "1 hour"."""
    if not value:
        return "forever"
    text = format_duration(value)
    count = int(text[:-1])
    return f"{count} {_WORDS[text[-1]]}{'' if count == 1 else 's'}"


def parse_size(text: str) -> int:
    """`512KiB`, `5MiB`, or plain bytes. ValueError says what would be right."""
    match = re.fullmatch(r"(\d{1,12})(|B|KiB|MiB|GiB)", text.strip())
    if not match:
        raise ValueError(f'"{text}" is not a size; write 512KiB, 5MiB or a number of bytes')
    return int(match[1]) * _BYTES[match[2]]


def format_size(value: int) -> str:
    """The shortest exact spelling that `parse_size` reads back."""
    for unit in ("GiB", "MiB", "KiB"):
        if value and value % _BYTES[unit] == 0:
            return f"{value // _BYTES[unit]}{unit}"
    return f"{value}B"


def size_text(value: int) -> str:
    """For sentences: "214 B", "1.4 kB", "5.0 MB" (powers of 1,000)."""
    if value < 1_000:
        return f"{value} B"
    for unit, size in (("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)):
        if value < size * 1_000 or unit == "GB":
            return f"{value / size:.1f} {unit}"
    raise AssertionError("unreachable")


def share_text(share: float) -> str:
    """For sentences: "2.5 %", "100 %"."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def gap_text(gap: timedelta) -> str:
    """How long something took, for people: "4 ms", "0.49 s", "4.1 s", "16 s", "14 min", "2.5 h", "3 days"."""
    seconds = abs(gap.total_seconds())
    if seconds < 0.1:
        return f"{round(seconds * 1_000)} ms"
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 5_970:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def ms_text(ms: int) -> str:
    """`4 ms`, `0.49 s`; seconds with one decimal as long as a time-out is to be read from it."""
    return f"{ms / 1_000:.1f} s" if 9_950 <= ms < 60_000 else gap_text(timedelta(milliseconds=ms))
