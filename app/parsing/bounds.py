"""How much of a body is read. Beyond a bound the result has a sentence that says so; nothing raises.

Why these: the worst input within them takes tens of milliseconds and a few megabytes, and real webhooks are far
smaller.
"""

MAX_BYTES = 256 * 1024
"""Of the body, after unpacking."""

MAX_DEPTH = 64
"""Levels of nested JSON or XML."""

MAX_FIELDS = 1000
"""Form or query fields, multipart parts, flattened JSON values, XML elements and attributes: of each."""

MAX_VALUES = 20_000
"""Values in one JSON body: building more takes longer than a viewer, or the next capture, should wait."""

MAX_PATH = 500
"""Characters of a flattened JSON name. Without it one long key would be repeated for every value below it."""

MAX_HEADER = 8 * 1024
"""Bytes of one header value or of one part's head."""

MAX_PARAMETERS = 20
"""Of one header value; it bounds what a thousand hostile parts cost together."""

MAX_SAMPLE = 8 * 1024
"""Bytes that a guess of the charset looks at."""


class Unreadable(ValueError):
    """The body is not what a reader tried to see in it; the message is the reason, without a full stop."""


class TooMuch(Unreadable):
    """It may well be that, but a bound was hit, so it stays raw."""
