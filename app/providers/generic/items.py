"""Which values of a request belong to one message, and which object of it is the message.

Each item of a list of messages is one; values of two items are never combined. They share what is outside of the lists:
parties, the direction and the type of the event, and a time.
"""

import re
from collections.abc import Iterator
from math import inf
from operator import itemgetter

from ...domain.statuses import Status
from ...parsing import MAX_FIELDS, JsonValue, Pairs
from ..kit.bounds import MAX_EVENTS
from ..kit.glance import Glance
from ..kit.values import at, items, text_at
from .names import (
    BARE,
    CLEAR,
    DIRECTION,
    GENERAL_ID,
    ID,
    MAX_NAME,
    OTHER,
    OURS,
    PARTIES,
    PLAIN_STATUS,
    RECIPIENT,
    SENDER,
    STAMP,
    STATUS,
    TEXT,
    TYPE,
    UNNAMED,
    Place,
    place_of,
)
from .words import word_of

MAX_LEAVES = 10_000
"""Values that are looked at in one request: a thousand messages with ten each."""

Values = dict[str, list[str]]
"""The values of one message by their meaning, the best first. `CLEAR` has none: a name is about messages only."""

# The rank of a value, the smallest first; its place; the value.
_Found = list[tuple[int, Place, str]]
_SHARED = (SENDER, RECIPIENT, OTHER, OURS, DIRECTION, TYPE, STAMP)
_CONTENT = PARTIES | {TEXT}
# The distance of a value that is not used.
_NOWHERE = inf
# A number as it is written, with a channel or a scheme before it.
_NUMBER = re.compile(r"(?:[a-z]{2,8}:/?)?\s*\+?[0-9(][0-9 ().\-]{1,38}", re.ASCII | re.IGNORECASE)
_one, _two = itemgetter(0), itemgetter(0, 1)
_NAMED_MESSAGE = frozenset({"message", "sms", "msg", "mo", "inboundmessage"})


def items_of(glance: Glance) -> list[Values]:
    """The values of each message in a request, the first `MAX_EVENTS`; those that have no text, party or id too."""
    outside: _Found = []
    groups: dict[str, _Found] = {"": outside}
    nested = False
    for path, value in _pairs(glance):
        place = place_of(path)
        if place is None or ((place.doubtful or not value) and not _counts(place, value, glance, path)):
            continue
        # Every other text is before the blank one of an empty SMS.
        found = (place.rank if value else UNNAMED, place, value)
        if place.item:
            if place.item not in groups and len(groups) > MAX_EVENTS:
                break
            groups.setdefault(place.item, []).append(found)
        else:
            outside.append(found)
            nested = nested or bool(place.parent)
    if len(groups) > 1:
        return _of_lists(groups)
    return [_chosen_of_objects(outside) if nested else _chosen(outside)]


def states_of(glance: Glance) -> frozenset[str]:
    """The different states in a request, wherever they are; codes count only where there is no word."""
    found = {
        value
        for path, value in glance.pairs
        if (place := place_of(path)) is not None and place.meaning == STATUS and _counts(place, value, glance, path)
    }
    return frozenset({value for value in found if word_of(value) is not None} or found)


def _counts(place: Place, value: str, glance: Glance, path: str) -> bool:
    """Whether a value is used. A blank text is an empty SMS; JSON's null is no text."""
    if not value:
        return place.meaning == TEXT and not _is_null(glance, path)
    if place.meaning == STATUS and place.doubtful:
        word = word_of(value)
        return word is not None and word.status is not Status.UNKNOWN
    if place.meaning == SENDER:
        return not place.doubtful or "/" not in value
    return place.meaning not in (OTHER, OURS) or _is_number(value, 5 if place.meaning == OTHER else 3)


def _of_lists(groups: dict[str, _Found]) -> list[Values]:
    """The items that are messages, else everything outside of the lists."""
    chosen = {item: _chosen_of_objects(found) for item, found in groups.items()}
    messages = [item for item, values in chosen.items() if item and _is_message(values)]
    around = {above for item in messages for above in _above(item)}
    messages = [item for item in messages if item not in around][:MAX_EVENTS]
    if not messages:
        return [chosen[""]]
    shared: dict[str, Values] = {}
    for item in messages:
        for above in _above(item):
            _share(chosen[item], shared.setdefault(above, _shared(chosen.get(above, {}))))
    if len(messages) == 1:
        only = chosen[messages[0]]
        for above in _above(messages[0]):
            _share(only, {ID: around_it[ID]} if ID in (around_it := chosen.get(above, {})) else {})
    return [chosen[item] for item in messages]


def _above(item: str) -> Iterator[str]:
    """The items around an item, the nearest first, and "" for the request."""
    while item:
        item = item.rpartition(".")[0]
        if not item or item.rpartition(".")[2].isdigit():
            yield item


def _is_message(values: Values) -> bool:
    return bool(values.get(TEXT) or not PARTIES.isdisjoint(values) or (ID in values and STATUS in values))


def _shared(values: Values) -> Values:
    return {meaning: found for meaning, found in values.items() if meaning in _SHARED}


def _share(values: Values, more: Values) -> None:
    for meaning, found in more.items():
        values.setdefault(meaning, found)


def _chosen_of_objects(found: _Found) -> Values:
    """The values by meaning: those of the message itself first, then those of the objects around it."""
    if not found:
        return {}
    message = _message_object(found) or found[0][1].parent
    weighed = [(_distance(each[1], message), each[0], each) for each in found]
    weighed.sort(key=_two)
    values = _collected([each for far, _, each in weighed if far < _NOWHERE])
    if message:
        # Names of objects can be those of events: MessageDelivered, inboundSMSMessageList.
        values.setdefault(TYPE, []).extend(message)
    return values


def _chosen(found: _Found) -> Values:
    """The values by meaning, where no object is in another."""
    found.sort(key=_one)
    return _collected(found)


def _collected(ranked: _Found) -> Values:
    values: Values = {}
    numbers: list[tuple[int, str]] = []
    for _, place, value in ranked:
        meaning = place.meaning
        if meaning == OTHER:
            numbers.append((place.rank, value))
            continue
        values.setdefault(meaning, []).append(value)
        if (meaning == ID and place.rank < GENERAL_ID) or (meaning == STATUS and place.rank < PLAIN_STATUS):
            values[CLEAR] = []
    if numbers:
        _add_numbers(values, numbers)
    return values


def _add_numbers(values: Values, numbers: list[tuple[int, str]]) -> None:
    """A contact's number is the other party's; a number next to it that is named less clearly is the own one."""
    numbers.sort(key=_one)
    rank, other = numbers[0]
    if rank == UNNAMED:
        return
    values[OTHER] = [other]
    if rank < BARE:
        own = [number for bare, number in numbers if bare >= BARE and number != other]
        if own:
            values.setdefault(OURS, []).extend(own)


def _is_number(value: str, digits: int) -> bool:
    """Whether it could be a phone number or a short code. An IP address has three dots."""
    return _NUMBER.fullmatch(value) is not None and sum(map(str.isdigit, value)) >= digits and value.count(".") < 3


def _message_object(found: _Found) -> tuple[str, ...]:
    """The object with most of a message's parties and text; the first of several. () where none has any."""
    held: dict[tuple[str, ...], set[str]] = {}
    for _, place, value in found:
        if place.meaning in _CONTENT and place.rank < UNNAMED and value and not place.loose:
            held.setdefault(place.parent, set()).add(place.meaning)
    return max(held, key=lambda parent: len(held[parent]), default=())


def _distance(place: Place, message: tuple[str, ...]) -> float:
    """How far a value is from the object of the message. Ids and states of other objects than that, those in it and
    those around it are not those of the message, unless their names are clear."""
    parent = place.parent
    if parent == message:
        return 0
    if place.loose:
        return _NOWHERE
    if message[: len(parent)] == parent:
        return 2 * (len(message) - len(parent))
    if parent[: len(message)] == message:
        if place.meaning == ID and place.rank >= GENERAL_ID:
            return -1 if parent[-1] in _NAMED_MESSAGE else _NOWHERE
        return 2 * (len(parent) - len(message)) - 1
    if place.meaning == ID and place.rank >= GENERAL_ID:
        return _NOWHERE
    # Behind all objects around the message: a path has fewer names than that.
    return 2 * MAX_NAME


def _is_null(glance: Glance, path: str) -> bool:
    """Whether a blank value is JSON's null, which is no text."""
    if glance.quick.json is None:
        return False
    steps = [int(part) if part.isdecimal() else part for part in path.lower().split(".")]
    return at(glance.json, *steps) is None


def _pairs(glance: Glance) -> Pairs:
    """Names and values. A list of messages may have more than the pages show."""
    parsed = glance.quick.parsed
    if len(glance.pairs) < MAX_FIELDS or parsed is None or parsed.json is None or parsed.form is not None:
        return glance.pairs
    return (*parsed.query, *_json_pairs(parsed.json, "", []))


def _json_pairs(value: JsonValue, path: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """As `flatten`, with more values."""
    for name, child in value.items() if isinstance(value, dict) else enumerate(items(value)):
        if len(pairs) >= MAX_LEAVES:
            break
        below = f"{path}.{name}" if path else str(name)
        if isinstance(child, dict | list):
            if len(below) <= MAX_NAME:
                _json_pairs(child, below, pairs)
        else:
            pairs.append((below, text_at(child) or ""))
    return pairs
