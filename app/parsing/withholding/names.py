"""The names of what is never stored, and how they are found in text, however it is encoded."""

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote_plus

import msgspec

from ...domain.privacy import Privacy

MAX_LAYERS = 3
"""Encodings around each other that are undone: percent escapes of percent escapes, for example."""

MAX_FORMS = 8
"""How many times its length the decoded forms of a text may have together, besides `SPARE` characters."""

SPARE = 4_096

_SEPARATORS = re.compile(r"[.\[\]\s\x00-\x1f]+")
# What may be after the name of a field, before the sign in front of its value, in any notation.
_GAP = r"[\"'\\\])\s]*"
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
# An id that is no base64 gives bytes, in which a name is still looked for.
_ASCII = re.compile(r"[ -~]{3,}")
_GZIP = b"\x1f\x8b"
_STANDARD = str.maketrans("-_", "+/")


Decoder = Callable[[str], str | None]


class Undecidable(Exception):
    """It is not certain which values a body has; the message is the reason, as the end of "because"."""


class FieldNames(msgspec.Struct, frozen=True):
    """Compiled names. `headers` and `fields` are in lower case."""

    headers: frozenset[bytes]
    fields: frozenset[str]
    mentioned: re.Pattern[str]
    carried: re.Pattern[str]

    def find(self, name: str) -> str | None:
        """The name that is not stored, if the name of a field is one, or has one as a part: `user[card]`."""
        for form in forms_of(name, _IN_NAMES):
            plain = form.strip().lower()
            if plain in self.fields:
                return plain
            for part in _SEPARATORS.split(plain):
                if part in self.fields:
                    return part
        return None

    def mention(self, text: str) -> str | None:
        """The first name that a text has, in any of its decoded forms."""
        found = (self.mentioned.search(form.lower()) for form in forms_of(text))
        return next((match[0] for match in found if match), None)

    def carry(self, text: str) -> str | None:
        """The first name in a text that is followed by the sign of a value: `card=`, `"card":`, `<card>`."""
        found = (self.carried.search(form.lower()) for form in forms_of(text))
        return next((match[1] for match in found if match), None)


@lru_cache(maxsize=64)
def names_of(privacy: Privacy) -> FieldNames:
    """The names in the settings of a bin."""
    any_name = "|".join(map(re.escape, sorted(privacy.withheld_fields, key=len, reverse=True))) or r"(?!)"
    return FieldNames(
        headers=frozenset(name.encode("latin-1") for name in privacy.withheld_headers),
        fields=frozenset(privacy.withheld_fields),
        mentioned=re.compile(any_name),
        carried=re.compile(rf"({any_name}){_GAP}[=:>]"),
    )


def forms_of(text: str, decoders: Sequence[Decoder] = ()) -> Iterator[str]:
    """A text, and everything that it is decoded; without `decoders` by all of them. Takes time that grows with its
    length. Raises Undecidable if that is too much."""
    yield text
    seen, layer, left = {text}, [text], MAX_FORMS * len(text) + SPARE
    for _ in range(MAX_LAYERS):
        found = [form for each in layer for decode in decoders or _DECODERS if (form := decode(each)) is not None]
        layer = [form for form in dict.fromkeys(found) if form not in seen]
        left -= sum(map(len, layer))
        if left < 0:
            raise Undecidable("it is encoded in too many ways")
        seen.update(layer)
        yield from layer


def _percent(text: str) -> str | None:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else None


def _escapes(text: str) -> str | None:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else None


def _entities(text: str) -> str | None:
    return html.unescape(text) if ";" in text and "&" in text else None


def _base64(text: str) -> str | None:
    """What is base64 in it, also the parts of a JSON Web Token. Line breaks may be in between."""
    joined = text.replace("\r", "").replace("\n", "")
    return "\n".join(filter(None, (_decoded(found[0]) for found in _BASE64.finditer(joined)))) or None


def _decoded(word: str) -> str | None:
    word = word[: len(word) - (len(word) % 4 == 1)]
    try:
        data = base64.b64decode(word.translate(_STANDARD) + "=" * (-len(word) % 4))
    except (binascii.Error, ValueError):
        return None
    if data.startswith(_GZIP):
        raise Undecidable("a part of it is compressed")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return " ".join(_ASCII.findall(data.decode("latin-1")))


_IN_NAMES: tuple[Decoder, ...] = (_percent, _escapes, _entities)
_DECODERS: tuple[Decoder, ...] = (*_IN_NAMES, _base64)
