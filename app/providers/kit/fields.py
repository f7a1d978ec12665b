"""What a request's fields become in an event: bounded, blank ones left out, counts as numbers."""

import re

from .bounds import MAX_MEDIA, MAX_TEXT, MAX_VALUE
from .glance import Glance
from .nested import within

# What may follow the name: a plural, the dot of a JSON list's item, the number.
_NUMBER = re.compile(r"s?\.?(\d{0,3})", re.ASCII)


def text_of(glance: Glance, *names: str) -> str | None:
    """The first of these fields that is there; "" is an empty SMS. JSON's null is no text. Names in lower case."""
    for name in names:
        value = glance.fields.get(name)
        if value is None or (not value and glance.json is not None and within(glance.json, name) is None):
            continue
        return value[:MAX_TEXT]
    return None


def short(value: str | None) -> str | None:
    """A value as sent, within bounds; None for a blank one."""
    return value[:MAX_VALUE] if value else None


def whole(value: str | None) -> int | None:
    """A count; None for anything that is none."""
    return int(value) if value and len(value) <= 4 and value.isascii() and value.isdigit() else None


def numbered(glance: Glance, name: str) -> tuple[str, ...]:
    """The values of `name`, `name0`, `name1` …, in the order of their numbers; `name` in lower case."""
    if name not in "\n".join(glance.fields):  # most messages have no pictures
        return ()
    found = []
    for key, value in glance.pairs:
        if value and key.lower().startswith(name) and (rest := _NUMBER.fullmatch(key.lower(), len(name))):
            found.append((int(rest[1] or 0), value))
    return tuple(value[:MAX_TEXT] for _, value in sorted(found, key=lambda item: item[0])[:MAX_MEDIA])
