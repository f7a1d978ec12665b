"""How much of a value an event holds: more than any provider sends, so a row stays a row; the raw keeps the rest."""

MAX_TEXT = 8_000
"""Characters of a text, or of one address of a picture."""

MAX_VALUE = 200
"""Characters of a number, sender name, id, status word, price or code."""

MAX_MEDIA = 50
"""Addresses of pictures and files in one message."""
