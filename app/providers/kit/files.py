"""The types of pictures and files: what a request states next to their addresses.

By rule for all providers: `MediaUrl0` has its type in `MediaContentType0`, the `url` of a JSON object in the object's
`content_type`; where neither is there, the object's own name or its `type` may be the word "image".
"""

import re
from collections.abc import Iterator, Sequence

from .glance import Glance

_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+*_-]{1,80}", re.ASCII)
# A name such as `mediaurl0` in what is before the word for the address, and the number after it.
_ADDRESS = re.compile(r"(.*?)(?:url|uri|link|href)?(\d{0,3})", re.ASCII)
_WORDS = ("contenttype", "content_type", "content-type", "mimetype", "mime_type", "mediatype", "media_type", "type")
_RANGES = {
    "image": "image/*", "images": "image/*", "picture": "image/*", "photo": "image/*", "sticker": "image/*",
    "video": "video/*", "audio": "audio/*", "voice": "audio/*",
}  # fmt: skip


def types_of(glance: Glance, addresses: Sequence[str]) -> tuple[str, ...]:
    """The types that the request states for these addresses, in their order, "" for none; () if it states none."""
    names = glance.names
    types = tuple(_type_next_to(glance, names[address]) if address in names else "" for address in addresses)
    return types if any(types) else ()


def _type_next_to(glance: Glance, name: str) -> str:
    path, _, last = name.rpartition(".")
    words = ""
    for value in _values_next_to(glance, f"{path}." if path else "", last):
        word = value.partition(";")[0].strip().lower()
        if _TYPE.fullmatch(word):
            return word
        words = words or _RANGES.get(word, "")
    around = (_RANGES[part] for part in reversed(path.split(".")) if part in _RANGES)
    return words or next(around, "")


def _values_next_to(glance: Glance, path: str, last: str) -> Iterator[str]:
    match = _ADDRESS.fullmatch(last)
    before, number = (match[1], match[2]) if match else ("", "")
    for beginning in dict.fromkeys((before, "")):
        for word in _WORDS:
            value = glance.fields.get(f"{path}{beginning}{word}{number}")
            if value and len(value) <= 200:
                yield value
