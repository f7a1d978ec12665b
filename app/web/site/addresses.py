"""Paths and element ids for messages and conversations, whose ids may hold any characters."""

import hashlib
from urllib.parse import quote

from ...domain.messages.model import Message


def message_path(provider: str, message_id: str) -> str:
    """The last segments of a message's path."""
    return f"{_segment(provider)}/{_segment(message_id)}"


def pair_path(theirs: str, ours: str) -> str:
    """The last segments of a conversation's path."""
    return f"{_segment(theirs)}/{_segment(ours)}"


def message_anchor(message: Message) -> str:
    """The element id of a message's row."""
    return name_anchor(message.provider, message.message_id)


def name_anchor(provider: str, message_id: str) -> str:
    """The same, for a message that may be deleted."""
    return _anchor(provider, message_id)


def pair_anchor(theirs: str, ours: str, salt: str = "") -> str:
    """The element id of a conversation's row. With a secret `salt` the numbers cannot be found by trying."""
    return _anchor(theirs, ours, *([salt] if salt else []))


def _segment(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _anchor(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
