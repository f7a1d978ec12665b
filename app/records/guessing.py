"""What the columns of an unknown file probably mean: by their names, else by their values. A user confirms it."""

import re
from collections.abc import Callable, Mapping, Sequence

from ..domain.messages.model import Direction
from ..domain.reconciliation.mapping import MAX_COLUMN, RECORD_MEANINGS, RecordColumns, RecordMapping
from ..providers.kit.parties import international
from .numbers import read_party
from .times import read_time
from .words import direction_of

# In the order of preference. Names are compared without anything but letters; of a JSON path its end counts, too.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        "messageid", "messageuuid", "messagesid", "msgid", "smsid", "smssid", "sid", "uuid", "guid", "id", "reference",
    ),
    "direction": ("direction", "messagedirection", "smsdirection", "inout", "type", "messagetype"),
    "from": (
        "from", "fromnumber", "sender", "senderid", "source", "sourceaddress", "sourcetn", "originator", "cli",
        "origin", "absender",
    ),
    "to": (
        "to", "tonumber", "recipient", "destination", "destinationaddress", "destinationtn", "dest", "cld", "receiver",
        "msisdn", "phone", "phonenumber", "mobile", "number",
    ),
    "text": ("text", "body", "messagebody", "messagetext", "smstext", "content", "message", "msg"),
    "created": (
        "created", "createdat", "createdon", "datecreated", "createddate", "createdtime", "submitted", "submitdate",
        "submittime", "received", "receivedat", "datereceived", "date", "datetime", "timestamp", "time", "messagetime",
    ),
    "sent": ("sent", "sentat", "datesent", "sentdate", "senttime", "senddate", "sendtime"),
    "ended": (
        "doneat", "donedate", "donetime", "deliveredat", "deliverydate", "deliverytime", "completedat", "finalized",
        "datefinalized", "finalizedat", "statusdate", "statustime", "updated", "updatedat",
    ),
    "status": ("status", "state", "messagestatus", "messagestate", "deliverystatus", "statustext", "dlrstatus", "dlr"),
    "error": ("errorcode", "error", "errcode", "reasoncode", "statuscode"),
    "price": ("price", "totalprice", "messageprice", "cost", "totalcost", "amount", "totalamount", "charge"),
    "segments": ("segments", "numsegments", "segmentcount", "parts", "messageparts", "smscount", "units", "pdus"),
}  # fmt: skip
_NO_LETTERS = re.compile("[^a-z]+")
_ID = re.compile(r"[\w.:\-]{8,200}", re.ASCII)
_MOST = 0.8
# From 2020 to 2034.
_EARLIEST_US, _LATEST_US = 1_577_836_800_000_000, 2_019_686_400_000_000


def guess_mapping(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> RecordMapping | None:
    """The mapping that fits a file by its columns and its first rows; None if too little is found to match anything.
    Without a column for the direction all rows are taken for inbound ones."""
    found = guess_columns(columns, rows)
    names = {{"from": "sender", "to": "recipient"}.get(meaning, meaning): name for meaning, name in found.items()}
    try:
        chosen = RecordColumns(**names)
    except ValueError:
        return None
    needs_direction = "direction" not in found and "status" not in found
    return RecordMapping(columns=chosen, direction=Direction.INBOUND if needs_direction else None)


def guess_columns(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The column for each of `RECORD_MEANINGS` that one is found for; each column at most once."""
    values = {
        name: [cell for row in rows if place < len(row) and (cell := row[place].strip())]
        for place, name in enumerate(columns)
        if name and len(name) <= MAX_COLUMN
    }
    found: dict[str, str] = {}
    for meaning in RECORD_MEANINGS:
        name = _by_name(meaning, values, set(found.values()))
        if name is not None:
            found[meaning] = name
    for meaning, fits in _BY_VALUES.items():
        if meaning not in found and not (meaning == "created" and "sent" in found):
            name = next((name for name in values if name not in found.values() and _most(values[name], fits)), None)
            if name is not None:
                found[meaning] = name
    return {meaning: found[meaning] for meaning in RECORD_MEANINGS if meaning in found}


def _by_name(meaning: str, values: Mapping[str, list[str]], used: set[str]) -> str | None:
    """The first usual name of which the values are not of another kind."""
    fits = _BY_VALUES.get(meaning) if meaning in ("created", "direction") else _IS_TIME.get(meaning)
    for usual in _NAMES[meaning]:
        for name, cells in values.items():
            whole, end = (_NO_LETTERS.sub("", part.lower()) for part in (name, name.rpartition(".")[2]))
            if usual in (whole, end) and name not in used and (fits is None or not cells or _most(cells, fits)):
                return name
    return None


def _most(cells: list[str], fits: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(fits, cells)) >= _MOST * len(cells)


def _is_time(cell: str) -> bool:
    time = read_time(cell)
    # Ten digits may be seconds since 1970 or a number.
    return time is not None and (not cell.isdigit() or _EARLIEST_US <= time.us <= _LATEST_US)


def _is_direction(cell: str) -> bool:
    return direction_of(cell) is not None


def _is_number(cell: str) -> bool:
    return (read_party(cell, international) or "").startswith("+") and not _is_time(cell)


def _is_id(cell: str) -> bool:
    return _ID.fullmatch(cell) is not None and not _is_time(cell) and not _is_number(cell)


_IS_TIME = {"sent": _is_time, "ended": _is_time}
_BY_VALUES: Mapping[str, Callable[[str], bool]] = {
    "direction": _is_direction,
    "created": _is_time,
    "from": _is_number,
    "to": _is_number,
    "id": _is_id,
}
