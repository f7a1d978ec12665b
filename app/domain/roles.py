"""Which URL a capture came to, and what it is about."""

from enum import StrEnum


class Role(StrEnum):
    """Which job a capture URL has in the provider's portal: the first path segment after the key."""

    PRIMARY = "primary"
    FALLBACK = "fallback"
    STATUS = "status"
    VOICE = "voice"
    VOICE_FALLBACK = "voice-fallback"


VOICE_ROLES = (Role.VOICE, Role.VOICE_FALLBACK)


class Kind(StrEnum):
    """What a capture is about."""

    INBOUND = "inbound"
    STATUS = "status"
    VOICE = "voice"
    OTHER = "other"
