"""A request for the data sheets: fields by name, names of headers, the JSON; computed once a capture."""

import re
from datetime import datetime

from ...domain.captures import RawRequest
from ...parsing import JsonValue, Pairs, QuickParsed, parse_quickly
from .times import read_to_minute
from .values import at, lowered

# The text of the longest SMS that a provider takes, with room for everything around it.
MAX_WORDS = 8_000
# What may follow the name of a numbered field: a plural, the dot of a JSON list's item, the number.
_NUMBER = re.compile(r"s?\.?(\d{0,3})", re.ASCII)


class Glance:
    """One request. Nothing here raises, whatever was sent. Names are given in lower case."""

    __slots__ = ("_json", "_minutes", "_names", "fields", "headers", "pairs", "quick", "raw")

    def __init__(self, raw: RawRequest) -> None:
        self.raw = raw
        self.quick: QuickParsed = parse_quickly(raw)
        self.pairs: Pairs = self.quick.pairs
        """Every name and value in order, as sent."""
        self.fields: dict[str, str] = {name.lower(): value for name, value in reversed(self.pairs)}
        """The first value of each name, names in lower case (for JSON the dotted path, "data.payload.id")."""
        self.headers: set[bytes] = {name.lower() for name, _ in raw.headers}
        """The names of the headers in lower case."""
        self._json: JsonValue = None
        self._names: dict[str, str] | None = None
        self._minutes: frozenset[datetime] | None = None

    @property
    def json(self) -> JsonValue:
        """The JSON body with names in lower case; None where it is not JSON."""
        if self._json is None and self.quick.json is not None:
            self._json = lowered(self.quick.json)
        return self._json

    def get(self, *names: str) -> str | None:
        """The first of these fields that is there and not blank."""
        for name in names:
            value = self.fields.get(name)
            if value:
                return value
        return None

    def has(self, *names: str) -> bool:
        """All of these fields are there, blank or not."""
        return all(name in self.fields for name in names)

    def has_any(self, names: tuple[str, ...]) -> bool:
        """At least one of these fields is there, blank or not."""
        return any(name in self.fields for name in names)

    def text(self, *names: str) -> str | None:
        """The first of these fields that is there; "" is an empty SMS. JSON's null is no text."""
        for name in names:
            value = self.fields.get(name)
            if value or (value is not None and (self.json is None or at(self.json, *name.split(".")) is not None)):
                return value
        return None

    def numbered(self, name: str) -> tuple[str, ...]:
        """The values of `name`, `name0`, `name1` … that are not blank, in the order of their numbers."""
        if name not in "\n".join(self.fields):  # most messages have no pictures
            return ()
        found = []
        for key, value in self.pairs:
            if value and key.lower().startswith(name) and (rest := _NUMBER.fullmatch(key.lower(), len(name))):
                found.append((int(rest[1] or 0), value))
        return tuple(value for _, value in sorted(found, key=lambda item: item[0]))

    @property
    def names(self) -> dict[str, str]:
        """The first name of each value, in lower case."""
        if self._names is None:
            self._names = {value: name.lower() for name, value in reversed(self.pairs)}
        return self._names

    @property
    def minutes(self) -> frozenset[datetime]:
        """The stamps without seconds that the request has."""
        if self._minutes is None:
            self._minutes = frozenset(filter(None, (read_to_minute(value) for _, value in self.pairs)))
        return self._minutes

    @property
    def words(self) -> str:
        """The text for the search: the values of all fields, once each, up to `MAX_WORDS` characters."""
        return "\n".join(dict.fromkeys([value for _, value in self.pairs if value]))[:MAX_WORDS]
