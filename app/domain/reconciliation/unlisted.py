"""Messages of the bin that the file should list and does not."""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .columns import FREE, M_NOT_GENUINE, M_SIMULATED, MATCHED, MessageTable, Names
from .counting import Spans
from .joining import PIECES_WITHIN_US
from .judging import GRACE_US
from .model import UnlistedMessage
from .verdicts import RecordReason

EDGE_US = 120_000_000
"""So close to the first or last time of a file a message may be missing in it."""

TELNYX_GRACE_US = 4 * 3_600_000_000
"""Telnyx's reports may lack the last four hours."""


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file covers: the times and providers of its records, and the numbers of the bin's owner in them; None for
    numbers that are only known in part."""

    spans: Spans
    numbers: Collection[int] | None
    providers: Collection[int]
    names: Names
    now_us: int


def find_unlisted(messages: MessageTable, file: FileContents) -> Iterator[UnlistedMessage]:
    """Those in the span of the file, of its providers, that no record was matched with."""
    any_provider = file.names.code(None) in file.providers
    telnyx = file.names.code("telnyx")
    missing = []
    for place in range(len(messages)):
        span = file.spans.of(inbound=messages.is_inbound(place))
        received, provider = messages.received[place], messages.provider[place]
        grace_us = TELNYX_GRACE_US if provider == telnyx else GRACE_US
        if (
            messages.state[place] == FREE
            and span is not None
            and span[0] <= received <= span[1]
            and received <= file.now_us - grace_us
            and (any_provider or provider in file.providers)
        ):
            missing.append(place)
    pieces = _arrivals_of_parties(messages, missing, file.names.code("vonage"))
    for place in missing:
        if not _is_piece(messages, place, pieces):
            yield UnlistedMessage(
                message=messages.row[place],
                captures=messages.captures(place),
                reason=_reason(messages, place, file),
                at_us=messages.received[place],
            )


def _reason(messages: MessageTable, place: int, file: FileContents) -> RecordReason:
    flags, inbound = messages.flags[place], messages.is_inbound(place)
    ours = messages.recipient[place] if inbound else messages.sender[place]
    span, received = file.spans.of(inbound=inbound), messages.received[place]
    if flags & M_SIMULATED:
        return RecordReason.SIMULATED
    if flags & M_NOT_GENUINE:
        return RecordReason.NOT_GENUINE
    if file.numbers is not None and ours not in file.numbers:
        return RecordReason.NUMBER_NOT_IN_FILE
    if span is not None and (received - span[0] <= EDGE_US or span[1] - received <= EDGE_US):
        return RecordReason.EDGE_OF_FILE
    return RecordReason.NOT_IN_FILE


Parties = tuple[int, int]


def _arrivals_of_parties(messages: MessageTable, missing: list[int], vonage: int) -> dict[Parties, list[int]]:
    """When messages arrived that were matched, for the parties of the missing ones of Vonage, which delivers the pieces
    of a long message with ids of their own: a list has one row for all of them."""
    found: dict[Parties, list[int]] = {
        (messages.sender[place], messages.recipient[place]): []
        for place in missing
        if messages.provider[place] == vonage and messages.is_inbound(place)
    }
    if found:
        for place in range(len(messages)):
            arrivals = found.get((messages.sender[place], messages.recipient[place]))
            if arrivals is not None and messages.state[place] == MATCHED:
                arrivals.append(messages.received[place])
    for arrivals in found.values():
        arrivals.sort()
    return found


def _is_piece(messages: MessageTable, place: int, arrivals: dict[Parties, list[int]]) -> bool:
    """Whether a matched message of the same parties arrived within seconds."""
    times = arrivals.get((messages.sender[place], messages.recipient[place]), [])
    at = bisect_left(times, messages.received[place] - PIECES_WITHIN_US)
    return at < len(times) and times[at] <= messages.received[place] + PIECES_WITHIN_US
