"""How much of a value an event holds: more than any provider sends, so a row stays a row; the raw keeps the rest."""

MAX_TEXT = 8_000
"""Characters of a text, or of one address of a picture."""

MAX_VALUE = 200
"""Characters of a number, sender name, id, status word, price or code."""

MAX_MEDIA = 50
"""Addresses of pictures and files in one message."""

MAX_PIECES = 255
"""Pieces of one long message: they are counted in one byte (3GPP TS 23.040, 9.2.3.24.1)."""

MAX_EVENTS = 1_000
"""Events in one request: ten times the largest documented batch (Infobip: 100 reports), and a whole Sinch batch."""
