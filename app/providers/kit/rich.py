"""The words and files of a rich message (RCS, WhatsApp, Viber …), whatever names a provider gives them.

What a person wrote or read on a button comes before the data that was attached to it. Names are in lower case, as a
`Glance` gives them. Shapes that are read, each from its vendor's reference (read 2026-11): WhatsApp Cloud API
(developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages), Google RCS
(developers.google.com/business-communications/rcs-business-messaging/reference/rest/v1, with `_` in names at Telnyx),
and what the providers made of both.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from ...parsing import JsonValue
from .bounds import MAX_MEDIA
from .values import at, text_at

# Deeper than any provider sends, and few enough that a hostile body costs nothing.
MAX_NESTED = 8
MAX_PARTS = 30

_WRITTEN = ("text", "body", "title", "caption", "formattedname", "formatted_name", "emoji")
_POSTED = ("postbackdata", "postback_data", "payload", "postback")
_LATITUDES, _LONGITUDES = ("latitude", "lat"), ("longitude", "long", "lng", "lon")
_PLACE = ("name", "title", "label", "address")
_ADDRESSES = frozenset({
    "url", "mediaurl", "media_url", "fileuri", "file_uri", "fileurl", "file_url", "contenturl", "content_url",
})  # fmt: skip
# What is about the message, or about the one that it answers.
_ABOUT = frozenset({
    "context", "contexts", "referral", "metadata", "meta", "profile", "sender", "recipient", "receiver", "from", "to",
    "error", "errors", "status", "price", "thumbnail", "suggestions", "action",
    "actions", "replyto", "reply_to", "replying_to", "location_request", "urls", "org",
})  # fmt: skip


def words_of(content: JsonValue) -> str | None:
    """The text of a message or of a part of one: what was written, the name of the button or of the row that was
    chosen, a caption, a place, the name of a contact, the articles of an order; else the data behind a button. None
    where there is none of these, "" where what was written is blank."""
    words = _find(content, _written, MAX_NESTED)
    return words or _find(content, _posted, MAX_NESTED) or words


def media_of(content: JsonValue) -> tuple[str, ...]:
    """The addresses of pictures and files, each once, in their order. The link to a place on a map is none."""
    return tuple(dict.fromkeys(_addresses(content, MAX_NESTED)))[:MAX_MEDIA] if content else ()


def place_of(latitude: str | None, longitude: str | None, *names: str | None) -> str | None:
    """`Town hall, 1 Main Street (41.8, -87.6)`; None without a latitude and a longitude."""
    if not latitude or not longitude:
        return None
    named = ", ".join(name for name in dict.fromkeys(names) if name)
    return f"{named} ({latitude}, {longitude})" if named else f"{latitude}, {longitude}"


def _find(content: JsonValue, own: Callable[[JsonValue], str | None], depth: int) -> str | None:
    """The first words of an object itself, else of what is inside it; blank ones only if nothing else follows."""
    if isinstance(content, str):
        return content or None if own is _posted else content
    found = own(content) if isinstance(content, dict) else None
    if found or depth <= 0:
        return found
    for part in _parts(content):
        inside = _find(part, own, depth - 1)
        if inside:
            return inside
        found = inside if found is None else found
    return found


def _parts(content: JsonValue) -> Iterator[JsonValue]:
    """What is nested in an object or a list, without what is only about the message."""
    if isinstance(content, dict):
        nested = (part for name, part in content.items() if name not in _ABOUT and isinstance(part, dict | list))
        yield from islice(nested, MAX_PARTS)
    elif isinstance(content, list):
        yield from (part for part in content[:MAX_PARTS] if isinstance(part, dict | list))


def _written(content: JsonValue) -> str | None:
    where = content if at(content, "coordinates") is None else at(content, "coordinates")
    place = place_of(_first(where, _LATITUDES), _first(where, _LONGITUDES), *_names(content))
    if place is not None:
        return place
    if isinstance(articles := at(content, "product_items") or at(content, "productitems"), list):
        return text_at(content, "text") or _order(articles)
    blank = None
    for name in _WRITTEN:
        words = at(content, name)
        if isinstance(words, str):
            if words:
                # A card has a title and a description; the answer to a list has both and an id.
                more = text_at(content, "description") if name == "title" and at(content, "id") is None else None
                return f"{words}\n{more}" if more else words
            blank = words
    return blank


def _posted(content: JsonValue) -> str | None:
    return _first(content, _POSTED)


def _order(articles: list[JsonValue]) -> str | None:
    lines = [
        f"{text_at(article, 'quantity') or 1} × {name}"
        for article in articles[:MAX_PARTS]
        if (name := _first(article, ("product_retailer_id", "productretailerid", "marketplace_product_id")))
    ]
    return "\n".join(lines) or None


def _names(content: JsonValue) -> Iterator[str | None]:
    for name in _PLACE:
        yield text_at(content, name) or text_at(content, "location", name)


def _first(content: JsonValue, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := text_at(content, name))), None)


def _addresses(content: JsonValue, depth: int) -> Iterator[str]:
    if isinstance(content, dict):
        if _first(content, _LATITUDES) is not None:
            return
        for name, value in content.items():
            if name in _ADDRESSES and isinstance(value, str) and "://" in value:
                yield value
    if depth > 0:
        for part in _parts(content):
            yield from _addresses(part, depth - 1)
