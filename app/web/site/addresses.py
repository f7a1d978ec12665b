"""Addresses and names for things whose ids may hold anything: messages, and pairs of parties."""

import hashlib
from urllib.parse import quote

from ...domain.messages.model import Message


def message_path(provider: str, message_id: str) -> str:
    """The end of a message's address."""
    return f"{_segment(provider)}/{_segment(message_id)}"


def pair_path(theirs: str, ours: str) -> str:
    """The end of a conversation's address."""
    return f"{_segment(theirs)}/{_segment(ours)}"


def message_anchor(message: Message) -> str:
    """A name for its row in the page, which an id would not do for."""
    return name_anchor(message.provider, message.message_id)


def name_anchor(provider: str, message_id: str) -> str:
    """The same, of a message that may be gone."""
    return _anchor(provider, message_id)


def pair_anchor(theirs: str, ours: str) -> str:
    """A name for a conversation's line in the page."""
    return _anchor(theirs, ours)


def _segment(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _anchor(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
