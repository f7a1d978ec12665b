"""JSON: the objects of the one list in it, one after another, or JSON Lines.

A file of 100 MB must not be held as objects. So the text around the list is read value by value, and each object with
the standard library's decoder, from a buffer that holds little more than one of them.
"""

import re
from collections.abc import Callable, Iterator
from json import JSONDecoder
from typing import TextIO

from ..parsing import JsonValue
from .bounds import MAX_NESTING, MAX_ROW
from .failures import UnreadableRecords

JsonRow = dict[str, JsonValue]
IsRow = Callable[[JsonRow], bool]
Found = tuple[str, JsonRow]

_CHUNK = 256 * 1024
_BLANKS = re.compile(r"[ \t\r\n\x1e]*+")
_DECODER = JSONDecoder()
# Lists of objects that are not the messages.
_NOT_ROWS = frozenset({"links", "errors", "warnings"})


class JsonBuffer:
    """The text from the current place on, as far as it is needed."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._data = ""
        self._at = 0
        self._line = 1

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            found = _BLANKS.match(self._data, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._data):
                return self._data[self._at]
            if not self._more():
                return ""

    def expect(self, characters: str) -> str:
        """The next character, which must be one of these, and the place after it."""
        found = self.peek()
        if not found or found not in characters:
            raise self.broken()
        self._at += 1
        return found

    def value(self) -> JsonValue:
        """The next value, and the place after it."""
        found = self.try_value()
        if found is None:
            raise self.broken()
        return found[0]

    def try_value(self) -> tuple[JsonValue] | None:
        """The next value, and the place after it; None, and the same place, if it is larger than `MAX_ROW` or no
        JSON."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._data, self._at)
            except (ValueError, RecursionError):
                if len(self._data) - self._at > MAX_ROW or not self._more():
                    return None
                continue
            # A number may continue in the next chunk.
            if end < len(self._data) or not self._more():
                self._at = end
                return (value,)

    def broken(self) -> UnreadableRecords:
        """The error for what is no JSON here."""
        line = self._line + self._data.count("\n", 0, self._at)
        return UnreadableRecords(
            f"Line {line} is not valid JSON, or has a value of more than {MAX_ROW // 1024} KiB. Check whether the file"
            " is complete, and export the list again."
        )

    def _more(self) -> bool:
        chunk = self._text.read(_CHUNK)
        self._line += self._data.count("\n", 0, self._at)
        self._data, self._at = self._data[self._at :] + chunk, 0
        return bool(chunk)


def read_objects(text: TextIO, is_row: IsRow) -> Iterator[JsonRow]:
    """The messages in a JSON text: each of its objects that `is_row`; else the objects of the first list in each.
    UnreadableRecords: it is not JSON, or has no list of objects."""
    buffer = JsonBuffer(text)
    first = buffer.try_value() if buffer.peek() == "{" else None
    chosen = None
    found = _walk(buffer, "", 0) if first is None else _of_values(buffer, first[0], is_row)
    for path, row in found:
        chosen = path if chosen is None else chosen
        if path == chosen:
            yield row
    if buffer.peek():
        raise buffer.broken()
    if chosen is None:
        raise UnreadableRecords("The JSON has no list of messages, or the list is empty. Check the time of the export.")


def _of_values(buffer: JsonBuffer, value: JsonValue, is_row: IsRow) -> Iterator[Found]:
    """Of one object after another: itself, or those in its list."""
    alone = buffer.peek() != "{"
    while isinstance(value, dict):
        found = () if is_row(value) else tuple(_lists(value, "", 0))
        # One object with an empty list is a list without messages.
        if not found and (is_row(value) or not (alone and [] in value.values())):
            found = (("", value),)
        yield from found
        if buffer.peek() != "{":
            return
        value = buffer.value()


def _lists(value: JsonRow, path: str, depth: int) -> Iterator[Found]:
    """The objects of the lists in an object, with the path of each list."""
    for name, child in value.items():
        below = f"{path}.{name}"
        if isinstance(child, list) and name not in _NOT_ROWS:
            yield from ((below, item) for item in child if isinstance(item, dict))
        elif isinstance(child, dict) and depth < MAX_NESTING:
            yield from _lists(child, below, depth + 1)


def _walk(buffer: JsonBuffer, path: str, depth: int) -> Iterator[Found]:
    """The same for the next value of a text, without holding all of it."""
    begins = buffer.peek()
    if begins == "[" and path.rpartition(".")[2] not in _NOT_ROWS:
        yield from _items(buffer, path)
    elif begins == "{" and depth <= MAX_NESTING:
        yield from _members(buffer, path, depth)
    else:
        buffer.value()


def _items(buffer: JsonBuffer, path: str) -> Iterator[Found]:
    buffer.expect("[")
    if buffer.peek() == "]":
        buffer.expect("]")
        return
    while True:
        value = buffer.value()
        if isinstance(value, dict):
            yield path, value
        if buffer.expect(",]") == "]":
            return


def _members(buffer: JsonBuffer, path: str, depth: int) -> Iterator[Found]:
    buffer.expect("{")
    if buffer.peek() == "}":
        buffer.expect("}")
        return
    while True:
        if buffer.peek() != '"':
            raise buffer.broken()
        name = buffer.value()
        buffer.expect(":")
        yield from _walk(buffer, f"{path}.{name}", depth + 1)
        if buffer.expect(",}") == "}":
            return
