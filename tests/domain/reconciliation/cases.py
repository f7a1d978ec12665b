"""Short forms of records, messages and comparisons for the tests. Times are seconds after `START_US`."""

from app.domain.messages.model import Direction
from app.domain.reconciliation.matching import Reconciler
from app.domain.reconciliation.model import ReconciliationScope, RecordResult, SeenMessage
from app.domain.reconciliation.records import ProviderNote, Record, RecordTime
from app.domain.statuses import Status

SECOND, MINUTE, HOUR = 1_000_000, 60_000_000, 3_600_000_000
START_US = 1_795_896_000_000_000
NOW_US = START_US + 10 * 24 * HOUR
THEIRS, OURS = "+14155550123", "+12125550199"
SCOPE = ReconciliationScope(made_us=START_US - 24 * HOUR, kept_us=START_US - 12 * HOUR, now_us=NOW_US)


def scope(**changed: object) -> ReconciliationScope:
    """`SCOPE` with other values."""
    values = {name: getattr(SCOPE, name) for name in SCOPE.__slots__}
    return ReconciliationScope(**(values | changed))


def at(seconds: float, *, zoned: bool = True, unit_us: int = SECOND) -> RecordTime:
    """A time of a record."""
    return RecordTime(START_US + round(seconds * SECOND), zoned, unit_us)


def inbound(row: int, seconds: float | None, id: str | None = "", **changed: object) -> Record:
    """An inbound record; its id is `m<row>` unless another one, or None, is given."""
    values: dict[str, object] = {
        "row": row, "provider": "twilio", "ids": () if id is None else (id or f"m{row}",),
        "direction": Direction.INBOUND, "sender": THEIRS, "recipient": OURS, "text": f"text {row}",
        "sent": None if seconds is None else at(seconds), "word": "received", "status": Status.RECEIVED, "final": True,
    }  # fmt: skip
    return Record(**(values | changed))  # type: ignore[arg-type]


def outbound(row: int, seconds: float | None, id: str | None = "", **changed: object) -> Record:
    """An outbound record that was delivered after two seconds."""
    values: dict[str, object] = {
        "direction": Direction.OUTBOUND, "sender": OURS, "recipient": THEIRS, "text": None, "word": "delivered",
        "status": Status.DELIVERED, "ended": None if seconds is None else at(seconds + 2),
    }  # fmt: skip
    return inbound(row, seconds, id, **(values | changed))


def seen(number: int, seconds: float, id: str | None = "", **changed: object) -> SeenMessage:
    """An inbound message that arrived on the primary URL; its id is `m<number>`, or made for None."""
    values: dict[str, object] = {
        "message": number, "provider": "twilio",
        "message_id": f"made-{number:016x}" if id is None else id or f"m{number}", "direction": Direction.INBOUND,
        "sender": THEIRS, "recipient": OURS, "text": f"text {number}",
        "received_us": START_US + round(seconds * SECOND), "ended_us": None, "status": Status.RECEIVED, "final": True,
        "captures": (number * 10,), "primary": True,
    }  # fmt: skip
    return SeenMessage(**(values | changed))  # type: ignore[arg-type]


def called_back(number: int, seconds: float, id: str | None = "", **changed: object) -> SeenMessage:
    """An outbound message with its final callback two seconds after the first one."""
    values: dict[str, object] = {
        "direction": Direction.OUTBOUND, "sender": OURS, "recipient": THEIRS, "text": None, "status": Status.DELIVERED,
        "ended_us": START_US + round((seconds + 2) * SECOND), "captures": (number * 10, number * 10 + 1),
        "primary": False,
    }  # fmt: skip
    return seen(number, seconds, id, **(values | changed))


def compare(
    messages: list[SeenMessage], entries: list[Record | ProviderNote], within: ReconciliationScope = SCOPE
) -> Reconciler:
    """The finished comparison."""
    join = Reconciler(within, b"key")
    for message in messages:
        join.add_message(message)
    for entry in entries:
        join.add(entry)
    join.finish()
    return join


def results(
    messages: list[SeenMessage], entries: list[Record | ProviderNote], within: ReconciliationScope = SCOPE
) -> list[RecordResult]:
    """The results of it."""
    return list(compare(messages, entries, within).results())


def verdicts(*args: object, **named: object) -> list[str]:
    """The verdicts of `results`."""
    return [result.verdict.value for result in results(*args, **named)]  # type: ignore[arg-type]
